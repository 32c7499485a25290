//! Servers inside nodes, tried with bash and the resolver of the C library.

use std::net::IpAddr;

use netdiag_lab::{CLOSED_PORT, Lab, Outcome, Server, Zone};

use crate::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(tcp_servers),
    case!(closed_ports),
    case!(udp_echo_of_both_families),
    case!(names_by_the_system_resolver),
];

fn shell(lab: &Lab, script: &str) -> Result<netdiag_lab::Output, netdiag_lab::Error> {
    lab.node("client")?.command("bash").args(["-c", script]).output()
}

fn tcp_servers() -> Tested {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    let echo = server.serve(Server::tcp_echo(7))?;
    let close = server.serve(Server::tcp_close(8))?;
    let hold = server.serve(Server::tcp_hold(10).on(server.v4()?))?;
    for address in [IpAddr::from(server.v4()?), server.v6()?.into()] {
        let said = shell(&lab, &format!("exec 3<>/dev/tcp/{address}/7; echo hello >&3; head -n 1 <&3"))?;
        check(said.stdout == "hello\n", || format!("{said:?}"))?;
    }
    let address = server.v4()?;
    let said = shell(&lab, &format!("exec 3<>/dev/tcp/{address}/8; cat <&3; echo end"))?;
    check(said.stdout == "end\n", || format!("{said:?}"))?;
    let said = shell(&lab, &format!("exec 3<>/dev/tcp/{address}/10; read -t 0.2 <&3; echo $?"))?;
    check(said.stdout == "142\n", || format!("{said:?}"))?;
    let visits = echo.log()?;
    let expected = [IpAddr::from(lab.node("client")?.v4()?), lab.node("client")?.v6()?.into()];
    check(visits.iter().map(|visit| visit.from).eq(expected), || format!("{visits:?}"))?;
    check((close.log()?.len(), hold.log()?.len()) == (1, 1), || "visits are missing".into())
}

fn closed_ports() -> Tested {
    let lab = Lab::pair()?;
    let said = shell(&lab, &format!("exec 3<>/dev/tcp/{}/{CLOSED_PORT}", lab.node("server")?.v4()?))?;
    check(said.stderr.contains("Connection refused"), || format!("{said:?}"))
}

fn udp_echo_of_both_families() -> Tested {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    let echo = server.serve(Server::udp_echo(7))?;
    for address in [IpAddr::from(server.v4()?), server.v6()?.into()] {
        let said = shell(&lab, &format!("exec 3<>/dev/udp/{address}/7; echo hello >&3; head -n 1 <&3"))?;
        check(said.stdout == "hello\n", || format!("{said:?}"))?;
    }
    check(echo.log()?.len() == 2, || "datagrams are missing from the log".into())
}

fn names_by_the_system_resolver() -> Tested {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    let (v4, v6) = (server.v4()?, server.v6()?);
    let zone = Zone::new()
        .address("host.lab", v4)
        .address("host.lab", v6)
        .pointer(v4, "host.lab")
        .outcome("failing.lab", Outcome::ServFail);
    let names = server.serve(Server::dns(zone))?;
    lab.resolv_conf(&format!("nameserver {v4}\noptions timeout:1 attempts:1\n"))?;
    lab.nsswitch_conf("hosts: files dns\n")?;
    let known = shell(&lab, "getent ahosts host.lab")?;
    check(known.stdout.contains(&v4.to_string()) && known.stdout.contains(&v6.to_string()), || {
        format!("{known:?}")
    })?;
    let reverse = shell(&lab, &format!("getent hosts {v4}"))?;
    check(reverse.stdout.contains("host.lab"), || format!("{reverse:?}"))?;
    for name in ["nobody.lab", "failing.lab"] {
        let unknown = shell(&lab, &format!("getent ahosts {name}"))?;
        check(unknown.code() == Some(2), || format!("{unknown:?}"))?;
    }
    let questions: Vec<String> = names.log()?.into_iter().map(|visit| visit.question).collect();
    check(questions.contains(&"host.lab AAAA".to_owned()), || format!("{questions:?}"))
}

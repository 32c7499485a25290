//! ICMP errors of RFC 792 and RFC 4443, from the target, from routers, and from this host.

use libtest_mimic::Failed;
use netdiag_lab::{Answer, Hook, IcmpError, Lab, Output, Reject, Ruleset, Script, Traffic};

use crate::harness::{Case, Tested, case, check};
use crate::scene::{Both, Scene, Sockets};

pub(crate) const CASES: &[Case] = &[
    case!(every_error_of_v4, "ping"),
    case!(every_error_of_v6, "ping"),
    case!(unknown_codes, "ping"),
    case!(advice_from_routers, "ping"),
    case!(errors_between_answers, "ping"),
    case!(errors_when_quiet, "ping"),
    case!(errors_with_time_stamps, "ping"),
    case!(time_exceeded_at_a_router, "ping"),
    case!(fragmentation_needed_at_a_router, "ping"),
    case!(too_large_for_this_host, "ping"),
    case!(refusals_by_nftables, "ping", "nft"),
    case!(a_neighbour_that_is_not_there, "ping"),
    case!(a_short_quote, "ping"),
    case!(no_route_at_all, "ping"),
    case!(a_local_firewall, "ping", "nft"),
];

/// All these errors in turn, one for each probe.
fn all(errors: Vec<IcmpError>, args: &[&str]) -> Tested {
    let count = errors.len().to_string();
    let is_v6 = args.contains(&"-6");
    let script = Script::new(Answer::Silent).in_turn(errors.into_iter().map(Answer::from));
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?.script(script.clone());
        let address = if is_v6 { scene.v6()? } else { scene.v4()? };
        let both = scene.run(&[args, &["-c", &count, "-i", "0.02", "-W", "1", &address]].concat())?;
        both.same()?;
        both.both_say("From ")?;
    }
    Ok(())
}

fn every_error_of_v4() -> Tested {
    let mut errors: Vec<_> = (0..=15).filter(|&code| code != 4).map(IcmpError::unreachable).collect();
    errors.extend([
        IcmpError::time_exceeded(0),
        IcmpError::parameter_problem(0, 8),
        IcmpError::parameter_problem(1, 0),
        IcmpError::fragmentation_needed(1400),
    ]);
    all(errors, &[])
}

fn every_error_of_v6() -> Tested {
    let mut errors: Vec<_> = (0..=4).map(IcmpError::unreachable_v6).collect();
    errors.extend([
        IcmpError::time_exceeded_v6(0),
        IcmpError::time_exceeded_v6(1),
        IcmpError::parameter_problem_v6(0, 6),
        IcmpError::parameter_problem_v6(1, 6),
        IcmpError::parameter_problem_v6(2, 40),
        IcmpError::packet_too_big(1300),
    ]);
    all(errors, &["-6"])
}

fn unknown_codes() -> Tested {
    let errors = vec![
        IcmpError::unreachable_v6(99),
        IcmpError::time_exceeded_v6(7),
        IcmpError::parameter_problem_v6(9, 4),
    ];
    all(errors, &["-6"])
}

/// Redirects and source quench are no errors: the probe goes on. Kernels hand them to raw sockets only.
fn advice_from_routers() -> Tested {
    let scene = Scene::pair(Sockets::Raw)?;
    let gateway = scene.server()?.v4()?;
    let advice = (0..4).map(|code| IcmpError::redirect(code, gateway)).chain([IcmpError::source_quench()]);
    let script = Script::new(Answer::Echo).in_turn(advice.map(Answer::from).chain([Answer::Echo]));
    scene.script(script).same(&["-c", "6", "-i", "0.02", "-W", "1", &gateway.to_string()])
}

fn errors_between_answers() -> Tested {
    let script = Script::new(Answer::Echo)
        .on(2, IcmpError::unreachable(1))
        .on(3, IcmpError::unreachable(13))
        .on(5, Answer::Silent);
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?.script(script.clone());
        scene.same(&["-c", "6", "-i", "0.05", &scene.v4()?])?;
        scene.same(&["-c", "6", "-i", "0.05", "-O", &scene.v4()?])?;
    }
    Ok(())
}

fn errors_when_quiet() -> Tested {
    let script = Script::new(Answer::Echo).on(2, IcmpError::unreachable(1)).on(3, Answer::Twice);
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?.script(script.clone());
        scene.same(&["-q", "-c", "5", "-i", "0.05", &scene.v4()?])?;
    }
    Ok(())
}

fn errors_with_time_stamps() -> Tested {
    let script = Script::new(Answer::Echo).on(2, IcmpError::unreachable(1)).on(3, Answer::Silent);
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?.script(script.clone());
        scene.same(&["-D", "-O", "-c", "5", "-i", "0.05", &scene.v4()?])?;
    }
    Ok(())
}

fn time_exceeded_at_a_router() -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::new(Lab::chain(2)?, sockets)?;
        for address in [scene.v4()?, scene.v6()?] {
            let both = scene.run(&["-t", "1", "-c", "2", "-i", "0.05", &address])?;
            both.same()?;
            both.both_end(1)?;
            both.both_say("icmp_seq=2 Time ")?;
            scene.same(&["-t", "3", "-c", "2", "-i", "0.05", &address])?;
        }
    }
    Ok(())
}

/// The second link of a chain is narrow. What a path takes is remembered: each program gets a network of its own.
fn fragmentation_needed_at_a_router() -> Tested {
    let play = |sockets, family: &str, turn| -> Result<Output, Failed> {
        let scene = Scene::new(Lab::chain(1)?, sockets)?;
        for (node, interface) in [("r1", "to-server"), ("server", "to-r1")] {
            scene.lab.node(node)?.ip(&[format!("link set {interface} mtu 1300")])?;
        }
        let address = if family == "-6" { scene.v6()? } else { scene.v4()? };
        let args = [family, "-M", "do", "-s", "1400", "-c", "2", "-i", "0.05", "-W", "1", &address];
        scene.run_one(turn, &args)
    };
    for sockets in Sockets::BOTH {
        for (family, words) in
            [("-4", "Frag needed and DF set (mtu = 1300)"), ("-6", "Packet too big: mtu=1300")]
        {
            let both = Both::of([play(sockets, family, 0)?, play(sockets, family, 1)?], "a narrow link");
            both.same()?;
            both.both_say(words)?;
        }
    }
    Ok(())
}

fn too_large_for_this_host() -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        let both =
            scene.run(&["-M", "do", "-s", "3000", "-c", "2", "-i", "0.05", "-W", "1", &scene.v4()?])?;
        both.same()?;
        check(both.theirs.stderr.contains("mtu=1500") && both.ours.stderr.contains("mtu=1500"), || {
            both.to_string()
        })?;
    }
    Ok(())
}

fn refusals_by_nftables() -> Tested {
    for sockets in Sockets::BOTH {
        for (reject, _) in Reject::V4 {
            let scene = Scene::pair(sockets)?;
            scene.server()?.filter(&Ruleset::reject(Hook::Input, &Traffic::EchoRequests, reject))?;
            scene.same(&["-c", "1", "-W", "1", &scene.v4()?])?;
        }
        for (reject, _) in Reject::V6.into_iter().filter(|(_, code)| *code < 5) {
            let scene = Scene::pair(sockets)?;
            scene.server()?.filter(&Ruleset::reject(Hook::Input, &Traffic::EchoRequests, reject))?;
            scene.same(&["-c", "1", "-W", "1", &scene.v6()?])?;
        }
    }
    Ok(())
}

/// The kernel itself says after three tries that nobody answers.
fn a_neighbour_that_is_not_there() -> Tested {
    let scene = Scene::pair(Sockets::Datagram)?;
    let neighbour = scene.server()?.v4()?.to_bits() ^ 0x80;
    let address = std::net::Ipv4Addr::from_bits(neighbour).to_string();
    // One probe for each: what is asked of the neighbour is remembered for a while.
    let both = scene.run(&["-c", "1", "-W", "10", &address])?;
    both.same()?;
    both.both_say("Destination Host Unreachable")
}

fn a_short_quote() -> Tested {
    all(vec![IcmpError::unreachable(1).quote(8), IcmpError::unreachable(1).quote(64)], &[])
}

fn no_route_at_all() -> Tested {
    let scene = Scene::pair(Sockets::Datagram)?;
    for address in ["192.0.2.1", "2001:db8::1"] {
        let both = scene.run(&["-c", "2", "-i", "0.05", "-W", "1", address])?;
        let words = "Network is unreachable";
        check(both.theirs.stderr.contains(words) && both.ours.stderr.contains(words), || both.to_string())?;
        check(both.theirs.code() == Some(2), || both.to_string())?;
        check(both.ours.code() == Some(2), || both.to_string())?;
        check(both.ours.stdout.contains("2 packets transmitted, 0 received, 100% packet loss"), || {
            both.to_string()
        })?;
    }
    Ok(())
}

fn a_local_firewall() -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        scene.lab.node("client")?.filter(&Ruleset::drop(Hook::Output, &Traffic::EchoRequests))?;
        let both = scene.run(&["-c", "2", "-i", "0.05", "-W", "1", &scene.v4()?])?;
        let ours = &both.ours;
        check(ours.stdout.contains("2 packets transmitted, 0 received, 100% packet loss"), || {
            both.to_string()
        })?;
        check(ours.stderr.contains("a firewall of this host"), || both.to_string())?;
        both.both_end(1)?;
    }
    Ok(())
}

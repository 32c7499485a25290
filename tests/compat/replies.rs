//! Answers: plain ones of both families, and every kind of strange ones.

use std::time::Duration;

use libtest_mimic::Failed;
use netdiag_lab::{Answer, Script};

use crate::harness::{Case, Tested, case, check};
use crate::scene::{Scene, Sockets};

pub(crate) const CASES: &[Case] = &[
    case!(plain_v4, "ping"),
    case!(plain_v6, "ping"),
    case!(loopback, "ping"),
    case!(link_local, "ping"),
    case!(names_from_the_hosts_file, "ping"),
    case!(reverse_names_from_the_hosts_file, "ping"),
    case!(long_round_trips, "ping"),
    case!(duplicates, "ping"),
    case!(truncated, "ping"),
    case!(overlong, "ping"),
    case!(wrong_data, "ping"),
    case!(another_address, "ping"),
    case!(wrong_checksums, "ping"),
    case!(silence_between, "ping"),
    case!(out_of_order, "ping"),
];

/// The same on both kinds of sockets and in both families, with the server playing a script.
fn scripted(script: &Script, args: &[&str]) -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?.script(script.clone());
        for address in [scene.v4()?, scene.v6()?] {
            scene.same(&[args, &[&address]].concat())?;
        }
    }
    Ok(())
}

fn plain_v4() -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        scene.same(&["-c", "3", "-i", "0.02", &scene.v4()?])?;
        scene.same(&["-c", "1", &scene.v4()?])?;
        scene.same(&["-4", "-c", "1", &scene.v4()?])?;
    }
    Ok(())
}

fn plain_v6() -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        scene.same(&["-c", "3", "-i", "0.02", &scene.v6()?])?;
        scene.same(&["-6", "-c", "1", &scene.v6()?])?;
    }
    Ok(())
}

fn loopback() -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        for target in ["127.0.0.1", "::1", "0", "127.1"] {
            scene.same(&["-c", "2", "-i", "0.02", target])?;
        }
    }
    Ok(())
}

fn link_local() -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        let address = scene.server()?.link_local("to-client")?;
        scene.same(&["-c", "2", "-i", "0.02", &format!("{address}%to-server")])?;
        // Table: "scope".
        let both = scene.run(&["-c", "2", "-i", "0.02", "-I", "to-server", &address.to_string()])?;
        both.same_but(&[1])?;
        let header = both.ours.stdout.lines().next().unwrap_or_default();
        let source = scene.lab.node("client")?.link_local("to-server")?;
        let expected = format!("PING {address}({address}%to-server) from {source} to-server: 56 data bytes");
        check(header == expected, || both.to_string())?;
    }
    Ok(())
}

/// A scene whose server has the name `far.lab`, and `alias.lab` besides.
fn named(sockets: Sockets) -> Result<Scene, Failed> {
    let scene = Scene::pair(sockets)?;
    let hosts = format!("{} far.lab alias.lab\n{} far6.lab alias6.lab\n", scene.v4()?, scene.v6()?);
    scene.lab.hosts_file(&hosts)?;
    scene.lab.nsswitch_conf("hosts: files\n")?;
    Ok(scene)
}

fn names_from_the_hosts_file() -> Tested {
    for sockets in Sockets::BOTH {
        let scene = named(sockets)?;
        for name in ["far.lab", "alias.lab", "far6.lab", "alias6.lab", "FAR.lab"] {
            scene.same(&["-n", "-c", "2", "-i", "0.02", name])?;
        }
    }
    Ok(())
}

fn reverse_names_from_the_hosts_file() -> Tested {
    let scene = named(Sockets::Datagram)?;
    for name in ["far.lab", "far6.lab"] {
        // Table: "names". The second answer is a second later.
        let both = scene.run(&["-c", "2", name])?;
        both.same_but(&[1, 2])?;
        let header = both.ours.stdout.lines().next().unwrap_or_default();
        let v4 = format!("PING far.lab ({}) 56(84) bytes of data.", scene.v4()?);
        let v6 = format!("PING far6.lab({}) 56 data bytes", scene.v6()?);
        check([v4, v6].iter().any(|expected| header == expected), || both.to_string())?;
    }
    Ok(())
}

fn long_round_trips() -> Tested {
    let ms = Duration::from_millis;
    let script = Script::new(Answer::Echo)
        .on(1, Answer::Delayed(ms(12)))
        .on(2, Answer::Delayed(ms(150)))
        .on(3, Answer::Delayed(ms(3)));
    scripted(&script, &["-c", "3", "-i", "0.3"])
}

fn duplicates() -> Tested {
    // An answer more behind the second copy, so that neither program ends before it.
    scripted(&Script::new(Answer::Echo).on(1, Answer::Twice).on(2, Answer::Twice), &["-c", "3", "-i", "0.05"])
}

fn truncated() -> Tested {
    let cut = [20, 16, 40].map(Answer::Truncated);
    scripted(&Script::new(Answer::Echo).in_turn(cut), &["-c", "3", "-i", "0.02"])
}

fn overlong() -> Tested {
    scripted(&Script::new(Answer::Overlong(9)), &["-c", "2", "-i", "0.02"])
}

fn wrong_data() -> Tested {
    let script = Script::new(Answer::Echo)
        .on(1, Answer::WrongPayload { offset: 30 })
        .on(2, Answer::WrongPayload { offset: 55 });
    scripted(&script, &["-c", "3", "-i", "0.02"])?;
    scripted(&script, &["-c", "3", "-i", "0.02", "-s", "100"])
}

fn another_address() -> Tested {
    for sockets in Sockets::BOTH {
        for (family, strange) in [("-4", "10.77.0.200"), ("-6", "fd77::200")] {
            let script = Script::new(Answer::Echo).on(1, Answer::FromAddress(strange.parse()?));
            let scene = Scene::pair(sockets)?.script(script);
            let address = if family == "-4" { scene.v4()? } else { scene.v6()? };
            let both = scene.run(&["-c", "2", "-i", "0.02", "-W", "1", &address])?;
            // Table: "another address".
            both.same_but(&[6])?;
            both.both_say("(DIFFERENT ADDRESS!)")?;
            check(both.ours.stdout.contains("2 packets transmitted, 1 received, 50% packet loss"), || {
                both.to_string()
            })?;
        }
    }
    Ok(())
}

fn wrong_checksums() -> Tested {
    let script = Script::new(Answer::Echo).on(1, Answer::BadChecksum);
    let args = ["-c", "2", "-i", "0.05", "-W", "1"];
    // The kernel drops them before a datagram socket or a v6 socket sees them; a raw v4 socket does see them.
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?.script(script.clone());
        scene.same(&[&args[..], &[&scene.v6()?]].concat())?;
        let both = scene.run(&[&args[..], &[&scene.v4()?]].concat())?;
        if sockets == Sockets::Datagram {
            both.same()?;
            continue;
        }
        // Table: "wrong checksums".
        both.same_but(&[2, 6])?;
        let ours = &both.ours.stdout;
        check(
            ours.contains("ms (BAD CHECKSUM!)\n") && ours.contains("1 received, +1 corrupted, 50%"),
            || both.to_string(),
        )?;
    }
    Ok(())
}

fn silence_between() -> Tested {
    let script = Script::new(Answer::Echo).on(2, Answer::Silent).on(3, Answer::Silent);
    scripted(&script, &["-c", "5", "-i", "0.05"])?;
    scripted(&script, &["-c", "5", "-i", "0.05", "-O"])
}

fn out_of_order() -> Tested {
    let script = Script::new(Answer::Echo).on(1, Answer::Delayed(Duration::from_millis(700)));
    scripted(&script, &["-c", "3", "-i", "0.5"])?;
    Ok(())
}

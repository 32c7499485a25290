//! Options that change what is sent, from where, how fast, or what is shown.

use libtest_mimic::Failed;
use netdiag_lab::{Answer, Output, Script};

use crate::harness::{Case, Tested, case, check};
use crate::scene::{Both, Scene, Sockets};
use crate::text::classic;

pub(crate) const CASES: &[Case] = &[
    case!(sizes, "ping"),
    case!(patterns, "ping"),
    case!(tos_and_ttl, "ping"),
    case!(source_address, "ping"),
    case!(interface, "ping"),
    case!(quiet, "ping"),
    case!(time_stamps, "ping"),
    case!(three_decimals, "ping"),
    case!(audible, "ping"),
    case!(identifier, "ping"),
    case!(flow_label, "ping"),
    case!(preload, "ping"),
    case!(flood, "ping", "root"),
    case!(flood_with_loss, "ping", "root"),
    case!(flood_at_the_pace_of_users, "ping"),
    case!(adaptive, "ping"),
    case!(direct_only, "ping"),
    case!(fragments, "ping"),
];

/// The same on both kinds of sockets and in both families.
fn everywhere(args: &[&str]) -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        for address in [scene.v4()?, scene.v6()?] {
            scene.same(&[&["-c", "2", "-i", "0.02"], args, &[&address]].concat())?;
        }
    }
    Ok(())
}

fn sizes() -> Tested {
    for size in ["16", "24", "1000"] {
        everywhere(&["-s", size])?;
    }
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        for (size, address) in [("0", scene.v4()?), ("8", scene.v4()?), ("15", scene.v6()?)] {
            // Table: "times of small packets".
            let both = scene.run(&["-c", "2", "-i", "0.02", "-s", size, &address])?;
            let bare = |text: &str| {
                let lines = classic(text).into_iter().map(|line| line.replace(" time=T ms", ""));
                lines.filter(|line| !line.starts_with("rtt ") && !line.is_empty()).collect::<Vec<_>>()
            };
            let (theirs, ours) = (bare(&both.theirs.stdout), bare(&both.ours.stdout));
            check(theirs == ours, || both.to_string())?;
            check(both.ours.stdout.matches(" time=").count() == 2, || both.to_string())?;
            both.both_end(0)?;
        }
    }
    Ok(())
}

fn patterns() -> Tested {
    everywhere(&["-p", "ff"])?;
    everywhere(&["-p", "00112233445566778899aabbccddeeff"])
}

fn tos_and_ttl() -> Tested {
    everywhere(&["-Q", "0x20"])?;
    everywhere(&["-Q", "16", "-t", "5"])
}

fn source_address() -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        let client = scene.lab.node("client")?;
        scene.same(&["-c", "1", "-I", &client.v4()?.to_string(), &scene.v4()?])?;
        scene.same(&["-c", "1", "-I", &client.v6()?.to_string(), &scene.v6()?])?;
    }
    Ok(())
}

fn interface() -> Tested {
    everywhere(&["-I", "to-server"])
}

fn quiet() -> Tested {
    everywhere(&["-q"])
}

fn time_stamps() -> Tested {
    everywhere(&["-D"])
}

fn three_decimals() -> Tested {
    // The installed iputils may be older than this option.
    let scene = Scene::pair(Sockets::Datagram)?;
    let both = scene.run(&["-3", "-c", "2", "-i", "0.02", &scene.v4()?])?;
    if both.theirs.stderr.contains("invalid option") {
        return both.ours.stdout.contains("time=").then_some(()).ok_or_else(|| both.to_string().into());
    }
    both.same()
}

fn audible() -> Tested {
    everywhere(&["-a"])
}

fn identifier() -> Tested {
    everywhere(&["-e", "4711"])
}

fn flow_label() -> Tested {
    // A label is leased for seconds beyond the program's end, and iputils' lease is exclusive: a network for each.
    let play = |sockets, turn| -> Result<Output, Failed> {
        let scene = Scene::pair(sockets)?;
        scene.run_one(turn, &["-6", "-F", "0x12345", "-c", "2", "-i", "0.02", &scene.v6()?])
    };
    for sockets in Sockets::BOTH {
        Both::of([play(sockets, 0)?, play(sockets, 1)?], "a flow label").same()?;
    }
    Ok(())
}

fn preload() -> Tested {
    everywhere(&["-l", "3", "-c", "3"])
}

fn flood() -> Tested {
    flooded(Sockets::Raw, &["-f", "-c", "50"])
}

fn flood_at_the_pace_of_users() -> Tested {
    flooded(Sockets::Datagram, &["-f", "-i", "0.002", "-c", "50"])
}

fn flooded(sockets: Sockets, args: &[&str]) -> Tested {
    let scene = Scene::pair(sockets)?;
    let both = scene.run(&[args, &[&scene.v4()?]].concat())?;
    // Between dots and backspaces the order is chance; header and summary are not.
    let edges = |text: &str| {
        let lines = classic(text);
        let last = lines.len().saturating_sub(3);
        (lines.first().cloned(), lines[last..].to_vec())
    };
    let (theirs, ours) = (edges(&both.theirs.stdout), edges(&both.ours.stdout));
    check(theirs == ours, || format!("{theirs:?}\n{ours:?}\n{both}"))?;
    both.both_end(0)?;
    let dots = |text: &str| text.lines().nth(1).map(|line| line.matches('.').count());
    check(dots(&both.theirs.stdout) == Some(50) && dots(&both.ours.stdout) == Some(50), || both.to_string())?;
    scene.same(&[args, &["-q", &scene.v4()?]].concat())
}

fn flood_with_loss() -> Tested {
    // Each lost one costs one more probe or a wait: neither ends before it has sent its count.
    let script = Script::new(Answer::Echo).on(3, Answer::Silent).on(7, Answer::Silent);
    let scene = Scene::pair(Sockets::Raw)?.script(script);
    let both = scene.run(&["-f", "-q", "-c", "20", &scene.v4()?])?;
    both.same()
}

fn adaptive() -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        scene.same(&["-A", "-q", "-c", "5", &scene.v4()?])?;
    }
    Ok(())
}

fn direct_only() -> Tested {
    everywhere(&["-r"])
}

fn fragments() -> Tested {
    everywhere(&["-s", "4000"])
}

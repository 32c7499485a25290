//! What comes after the handshake: greetings, and peers that vanish without a word.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use libtest_mimic::Failed;
use netdiag_lab::fault::{Family, PORT, Scene};
use netdiag_lab::{Hook, Ruleset, Server, Traffic};

use super::stage::{Records, changing, connect, place, records, says, texts};
use crate::harness::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(a_server_that_greets),
    case!(keepalive_notices_a_peer_that_vanished, "nft"),
    case!(a_heartbeat_notices_a_peer_that_vanished, "nft"),
    case!(a_heartbeat_that_is_answered),
    case!(a_tls_server_whose_certificate_nobody_vouches_for, "openssl"),
    case!(a_server_that_speaks_no_tls),
];

fn a_server_that_greets() -> Tested {
    for family in Family::ALL {
        let scene =
            Scene::new(family)?.serve(Server::tcp_greet(PORT, "220 lab.example ready \x1b[31m\r\n"))?;
        let target = place(scene.target()?, PORT);
        let json = connect(&scene.client, &["--json", "--banner", &target]).output()?;
        let text = connect(&scene.client, &["--banner", &target]).output()?;
        for output in [&json, &text] {
            let is_so = output.stdout.contains("220 lab.example ready") && output.code() == Some(0);
            check(is_so, || format!("{output:#?}"))?;
        }
        // What came from the network cannot colour a terminal.
        check(!text.stdout.contains("\x1b[31m"), || format!("{text:?}"))?;
    }
    Ok(())
}

/// Runs until the connection is open, lets the peer vanish, and runs to the end.
fn vanishing(family: Family, server: Server, args: &[&str]) -> Result<Records, Failed> {
    let scene = Scene::new(family)?.serve(server)?;
    let target = place(scene.target()?, PORT);
    let vanish = || Ok(scene.router.filter(&Ruleset::drop(Hook::Forward, &Traffic::Tcp(None)))?);
    changing(&scene.client, &[args, &[&target]].concat(), vanish)
}

fn keepalive_notices_a_peer_that_vanished() -> Tested {
    for family in Family::ALL {
        let records = vanishing(family, Server::tcp_hold(PORT), &["--keepalive", "1,1,2"])?;
        let record = *records.of_type("keepalive").first().ok_or_else(|| format!("{records:#?}"))?;
        let after = record["noticed_after_ms"].as_f64().unwrap_or_default();
        // One second of idling, two probes a second apart; the system's own defaults take two hours and more.
        let is_so = after >= 1_900.0
            && says(&[record["how"].to_string().to_lowercase()], "ETIMEDOUT|timed out|keepalive")
            && record["system_default_ms"].as_f64() >= Some(7_000_000.0);
        check(is_so, || format!("{records:#?}"))?;
    }
    Ok(())
}

fn a_heartbeat_notices_a_peer_that_vanished() -> Tested {
    for family in Family::ALL {
        let args = ["--heartbeat", "ping,ping", "-i", "0.3", "-W", "1", "-w", "10"];
        let records = vanishing(family, Server::tcp_echo(PORT), &args)?;
        let beats = records.of_type("heartbeat");
        let is_alarmed = beats.last().is_some_and(|beat| beat["problem"].is_string());
        check(is_alarmed, || format!("{records:#?}"))?;
    }
    Ok(())
}

fn a_heartbeat_that_is_answered() -> Tested {
    let scene = Scene::new(Family::V4)?.serve(Server::tcp_echo(PORT))?;
    let target = place(scene.target()?, PORT);
    let args = ["--heartbeat", "ping,ping", "-c", "3", "-i", "0.1", "-w", "5", &target];
    let records = records(&scene.client, &args)?;
    let beats = records.of_type("heartbeat");
    let is_so =
        !beats.is_empty() && beats.iter().all(|beat| beat["rtt_ms"].is_f64() && beat["problem"].is_null());
    check(is_so && records.code == Some(0), || format!("{records:#?}"))
}

/// A folder that is gone with this.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Failed> {
        let folder = std::env::temp_dir().join(format!("netdiag-tls-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to whoever cleans the folder of temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn a_tls_server_whose_certificate_nobody_vouches_for() -> Tested {
    let (scene, folder) = (Scene::new(Family::V4)?, Folder::new()?);
    let address = scene.target()?;
    let (key, certificate) = (folder.file("key.pem"), folder.file("certificate.pem"));
    let names = format!("subjectAltName=IP:{address},DNS:lab.example");
    let request =
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj /CN=lab.example";
    let made = scene
        .server
        .command("openssl")
        .args(request.split(' '))
        .args(["-addext", &names, "-keyout", &key, "-out", &certificate])
        .output()?;
    check(made.status.success(), || format!("{made:?}"))?;
    let port = PORT.to_string();
    let serve = ["s_server", "-accept", &port, "-alpn", "h2", "-cert", &certificate, "-key", &key];
    let mut server = scene.server.command("openssl").args(serve).spawn()?;
    let mut said = BufReader::new(server.stdout().ok_or("no standard output")?).lines();
    let is_ready = said.by_ref().map_while(Result::ok).any(|line| line == "ACCEPT");
    check(is_ready, || "openssl s_server does not accept".into())?;
    let records = records(&scene.client, &["--tls", &place(address, PORT)])?;
    let tls = *records.of_type("tls").first().ok_or_else(|| format!("{records:#?}"))?;
    let is_so = tls["version"] == "TLS 1.3"
        && tls["alpn"] == "h2"
        && tls["certificate"]["valid"] == false
        && tls["certificate"]["names"].to_string().contains("lab.example")
        && says(&texts(tls, "statements"), "signed by itself|nobody vouches");
    // The port is open, and a program would not trust what it finds there.
    check(is_so && records.attempt()?["verdict"] == "open" && records.code == Some(1), || {
        format!("{records:#?}")
    })
}

fn a_server_that_speaks_no_tls() -> Tested {
    let scene = Scene::new(Family::V6)?.serve(Server::tcp_greet(PORT, "220 lab.example ESMTP\r\n"))?;
    let records = records(&scene.client, &["--tls", &place(scene.target()?, PORT)])?;
    let tls = *records.of_type("tls").first().ok_or_else(|| format!("{records:#?}"))?;
    let is_so = says(&[tls["failure"].to_string().to_lowercase()], "does not speak TLS");
    check(is_so && records.code == Some(1), || format!("{records:#?}"))
}

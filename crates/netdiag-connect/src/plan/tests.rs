use clap::{Args, FromArgMatches};

use super::*;

fn plan(line: &str) -> Result<Plan, ToolError> {
    let command = ConnectOptions::augment_args(clap::Command::new("netdiag-connect"));
    let words = std::iter::once("netdiag-connect").chain(line.split(' '));
    let matches = command.try_get_matches_from(words).map_err(|error| ToolError::new(error.to_string()))?;
    let options = ConnectOptions::from_arg_matches(&matches).expect("options");
    Plan::new(&options)
}

fn error(line: &str) -> String {
    plan(line).expect_err(line).message
}

#[test]
fn one_service_is_watched_and_many_are_paced() {
    let one = plan("example.com:443").expect("a plan");
    assert_eq!((one.dwell, one.count, one.rate), (DWELL, Some(1), Rate::Unlimited));
    assert_eq!(one.timeout, Duration::from_millis(3500));
    let many = plan("example.com:1-100").expect("a plan");
    assert!(many.dwell.is_zero() && matches!(many.rate, Rate::PerSecond(_)) && many.single().is_none());
    assert_eq!(plan("--until open example.com:443").expect("a plan").count, None);
    assert_eq!(plan("--until open -c 5 example.com:443").expect("a plan").count, Some(5));
    assert_eq!(plan("--rate max example.com:1-100").expect("a plan").rate, Rate::Max);
}

#[test]
fn closer_looks_are_for_one_service() {
    for option in ["--tls", "--who", "--locate", "--banner", "--keepalive 5,1,3", "--until open", "-c 3"] {
        for target in ["192.0.2.0/24:443", "a:1-2", "a:1 b:1", "-"] {
            let said = error(&format!("{option} {target}"));
            assert!(said.contains("one host") || said.contains("one service"), "{option} {target}: {said}");
        }
    }
    assert!(error("--tls udp://a:53").contains("is for TCP"));
    assert!(error("--payload x a:53").contains("UDP ports only"));
    assert!(plan("--payload x udp://a:53").is_ok_and(|plan| plan.payload == b"x"));
}

#[test]
fn wrong_numbers_and_families_are_named() {
    assert!(error("-W 0 a:1").contains("too short"));
    assert!(error("-4 --source ::1 a:1").contains("is not an IPv4 address"));
    assert!(error("--only shut a:1").contains("is no verdict: write one of open, refused"));
    assert!(error("a").contains("names no port"));
}

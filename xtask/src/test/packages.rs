//! The few programs from outside that some tests call, and how to get them.
//!
//! On Debian and its kin, root gets what is missing installed; everybody else gets the one command to run.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::programs;

/// A program, the Debian package that holds it, and the parts that call it.
struct Need {
    program: &'static str,
    package: &'static str,
    parts: &'static [&'static str],
}

const NEEDS: &[Need] = &[
    Need { program: "ip", package: "iproute2", parts: &["lab", "compat"] },
    Need { program: "nft", package: "nftables", parts: &["lab", "compat"] },
    Need { program: "ping", package: "iputils-ping", parts: &["compat"] },
    Need { program: "fping", package: "fping", parts: &["compat"] },
    Need { program: "openssl", package: "openssl", parts: &["lab"] },
    Need { program: "traceroute", package: "traceroute", parts: &["lab"] },
    Need { program: "tracepath", package: "iputils-tracepath", parts: &["lab"] },
    // Not called by any test, but by `cargo xtask compare trace`, which is to find it where tests are run.
    Need { program: "scamper", package: "scamper", parts: &["lab"] },
    Need { program: "tcpdump", package: "tcpdump", parts: &["lab", "compat"] },
    Need { program: "python3", package: "python3", parts: &["unit", "lab", "compat"] },
    Need { program: "unshare", package: "util-linux", parts: &["lab", "compat"] },
];

/// Makes sure that the programs of these parts are there.
pub(super) fn provide(parts: &[&str]) -> Result<()> {
    let missing = missing(parts, |program| programs::find(program).is_some());
    if missing.is_empty() {
        return Ok(());
    }
    ensure!(
        Path::new("/usr/bin/apt-get").exists(),
        "the tests need programs that are not installed, by their Debian names: {}",
        missing.join(" ")
    );
    if !is_root()? {
        bail!("the tests need a few packages; run\n\n    sudo apt-get install -y {}\n", missing.join(" "));
    }
    println!("=== packages: installing {}", missing.join(" "));
    let install: Vec<&str> =
        ["install", "-y", "--no-install-recommends"].into_iter().chain(missing).collect();
    // The lists of a fresh image are empty, and those of an old one name files that are gone.
    if !apt_get(&install)? {
        ensure!(apt_get(&["update"])?, "apt-get update failed");
        ensure!(apt_get(&install)?, "apt-get {} failed", install.join(" "));
    }
    Ok(())
}

fn missing(parts: &[&str], is_there: impl Fn(&str) -> bool) -> Vec<&'static str> {
    NEEDS
        .iter()
        .filter(|need| need.parts.iter().any(|part| parts.contains(part)) && !is_there(need.program))
        .map(|need| need.package)
        .collect()
}

fn is_root() -> Result<bool> {
    use std::os::unix::fs::MetadataExt;
    // A process's folder in /proc belongs to its effective user.
    Ok(std::fs::metadata("/proc/self").context("/proc/self")?.uid() == 0)
}

fn apt_get(args: &[&str]) -> Result<bool> {
    let status = Command::new("apt-get")
        .args(args)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()
        .context("apt-get")?;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn only_what_the_chosen_parts_call_is_asked_for() {
        assert_eq!(missing(&["compat"], |program| program != "fping"), ["fping"]);
        assert_eq!(missing(&["doc"], |_| false), Vec::<&str>::new());
        let lab = ["iproute2", "nftables", "openssl"];
        let paths = ["traceroute", "iputils-tracepath", "scamper", "tcpdump", "util-linux"];
        let lab = [&lab[..], &paths].concat();
        assert_eq!(missing(&["lab"], |program| program == "python3"), lab);
    }
}

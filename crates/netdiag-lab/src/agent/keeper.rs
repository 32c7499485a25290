//! The keeper: one process per laboratory that holds its namespaces and does its administration.
//!
//! Namespaces have no names; they are descriptors of the keeper and vanish with it. Requests come as
//! one JSON line each and are answered with one. Programs for set-up (ip, nft) are run from here,
//! which saves the detour through an agent. When its input ends, the keeper kills whatever
//! still runs in its namespaces and ends.

use std::fs::{self, File};
use std::io::{self, BufRead, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::process::{Command, Stdio};

use netdiag_sys::namespace::{self, Namespaces};
use rustix::mount::{MountPropagationFlags, mount_bind, mount_change};
use serde::{Deserialize, Serialize};

use super::control::all_of;
use super::{Rights, doing, privilege, settle, sweep};

/// The role of the keeper.
pub(crate) const ROLE: &str = "keeper";

/// Something the keeper can do; `net` is the descriptor that [`Request::Namespace`] returned, or
/// `None` for the keeper's own network namespace, in which links are made.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Makes a network namespace.
    Namespace,
    /// Runs a program to its end.
    Run { net: Option<i32>, run: Run },
    /// Writes settings under /proc/sys.
    Sysctl { net: i32, settings: Vec<(String, String)> },
    /// Waits until interfaces carry and their link-local addresses are usable.
    Settle { net: i32, interfaces: Vec<String> },
    /// Switches offloads of an interface off.
    PlainFrames { net: i32, interface: String },
    /// Lays a file of this content over another, for everything inside the laboratory.
    Cover { path: String, content: String },
}

/// A program to run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) words: Vec<String>,
    pub(crate) input: String,
}

/// The keeper's answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// Said once at the start.
    Hello(Rights),
    Done,
    Namespace(i32),
    Failed(String),
}

/// Keeps a laboratory until the test ends.
pub(crate) fn run() -> io::Result<()> {
    let mut keeper = match Keeper::start() {
        Ok(keeper) => keeper,
        Err(error) => return tell(&Reply::Failed(error.to_string())),
    };
    tell(&Reply::Hello(keeper.rights))?;
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let reply = serde_json::from_str(&line)
            .map_err(io::Error::from)
            .and_then(|request| keeper.serve(request))
            .unwrap_or_else(|error| Reply::Failed(error.to_string()));
        if tell(&reply).is_err() {
            break;
        }
    }
    sweep::sweep(keeper.nodes.iter().map(AsFd::as_fd))
}

fn tell(reply: &Reply) -> io::Result<()> {
    let mut output = io::stdout().lock();
    serde_json::to_writer(&mut output, reply)?;
    output.write_all(b"\n")?;
    output.flush()
}

struct Keeper {
    rights: Rights,
    /// Where links are made before their ends move to the nodes.
    workshop: OwnedFd,
    nodes: Vec<OwnedFd>,
}

impl Keeper {
    fn start() -> io::Result<Self> {
        let rights = settle_in()?;
        let private = MountPropagationFlags::REC | MountPropagationFlags::PRIVATE;
        mount_change("/", private).map_err(io::Error::from).map_err(doing("making mounts private"))?;
        Ok(Self { rights, workshop: own_net()?, nodes: Vec::new() })
    }

    fn serve(&mut self, request: Request) -> io::Result<Reply> {
        match request {
            Request::Namespace => {
                namespace::unshare(Namespaces::NET).map_err(doing("making a network namespace"))?;
                let node = own_net()?;
                let number = node.as_raw_fd();
                self.nodes.push(node);
                return Ok(Reply::Namespace(number));
            }
            Request::Run { net, run } => {
                self.go(net)?;
                program(&run)?;
            }
            Request::Sysctl { net, settings } => {
                self.go(Some(net))?;
                for (key, value) in settings {
                    let path = format!("/proc/sys/{}", key.replace('.', "/"));
                    fs::write(path, &value).map_err(doing(format!("setting {key} = {value}")))?;
                }
            }
            Request::Settle { net, interfaces } => {
                self.go(Some(net))?;
                settle::settle(&interfaces).map_err(doing("waiting for links"))?;
            }
            Request::PlainFrames { net, interface } => {
                self.go(Some(net))?;
                netdiag_sys::packet::plain_frames(&interface)
                    .map_err(doing(format!("switching offloads of {interface} off")))?;
            }
            Request::Cover { path, content } => cover(&path, &content)?,
        }
        Ok(Reply::Done)
    }

    fn go(&self, net: Option<i32>) -> io::Result<()> {
        let fd = match net {
            None => &self.workshop,
            Some(number) => self
                .nodes
                .iter()
                .find(|node| node.as_raw_fd() == number)
                .ok_or_else(|| io::Error::other("no such namespace in this laboratory"))?,
        };
        namespace::enter(fd.as_fd(), Namespaces::NET).map_err(doing("entering a network namespace"))
    }
}

/// Leaves the caller's namespaces: directly where that is allowed, else through a user namespace.
fn settle_in() -> io::Result<Rights> {
    let kinds = Namespaces::MOUNT.and(Namespaces::NET);
    if privilege::can_become_nobody() {
        match namespace::unshare(kinds) {
            Ok(()) => return Ok(Rights::Root),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            Err(error) => return Err(doing("making namespaces")(error)),
        }
    }
    let (uid, gid) = (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw());
    namespace::unshare(Namespaces::USER.and(kinds)).map_err(doing(
        "making a user namespace (see sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, \
         kernel.apparmor_restrict_unprivileged_userns; or run as root)",
    ))?;
    // A group map may be written only once setgroups is given up.
    fs::write("/proc/self/setgroups", "deny").map_err(doing("giving up setgroups"))?;
    fs::write("/proc/self/uid_map", format!("{} {uid} 1", privilege::inside(uid)))
        .map_err(doing("mapping the uid"))?;
    fs::write("/proc/self/gid_map", format!("{} {gid} 1", privilege::inside(gid)))
        .map_err(doing("mapping the gid"))?;
    privilege::keep_across_exec()?;
    Ok(Rights::UserNamespace)
}

fn own_net() -> io::Result<OwnedFd> {
    File::open("/proc/thread-self/ns/net").map(Into::into).map_err(doing("opening a network namespace"))
}

fn program(run: &Run) -> io::Result<()> {
    let (name, arguments) =
        run.words.split_first().ok_or_else(|| io::Error::other("no program given to run"))?;
    let mut child = Command::new(name)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(doing(format!("running {name} (see netdiag_lab::support() for its package)")))?;
    if let Some(mut input) = child.stdin.take() {
        // A program that stops reading early says why on its standard error.
        let _ = input.write_all(run.input.as_bytes());
    }
    let said = child.stderr.take().map(all_of).transpose()?.unwrap_or_default();
    let status = child.wait()?;
    if status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("{} gave {status} for\n{}\n{said}", run.words.join(" "), run.input)))
}

/// Binds a fresh file over `path`. The file loses its name at once and lives on in the mount only.
fn cover(path: &str, content: &str) -> io::Result<()> {
    let what = || doing(format!("covering {path} (it must exist as a file)"));
    let source = std::env::temp_dir().join(format!("netdiag-lab-{}", std::process::id()));
    fs::write(&source, content).map_err(what())?;
    let bound = mount_bind(&source, path).map_err(io::Error::from).map_err(what());
    fs::remove_file(&source)?;
    bound
}

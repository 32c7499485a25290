//! Waiting until links are usable, by the kernel's own messages (`rtnetlink(7)`).
//!
//! A veth is usable when its device runs (until then its queue drops everything) and, for IPv6, when
//! its link-local address has left the tentative state. Both happen in kernel work queues a moment
//! after `ip link set up` returns. Only the few fields needed are read from the messages.

use std::io;
use std::os::fd::OwnedFd;

use netdiag_sys::packet::InterfaceIndex;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, recv, send, socket_with,
};

const RTM_NEWLINK: u16 = 16;
const RTM_GETLINK: u16 = 18;
const RTM_NEWADDR: u16 = 20;
const RTM_GETADDR: u16 = 22;
const NLMSG_DONE: u16 = 3;
/// `NLM_F_REQUEST | NLM_F_DUMP`
const DUMP: u16 = 0x301;
/// `RTMGRP_LINK | RTMGRP_IPV6_IFADDR`
const GROUPS: u32 = 0x1 | 0x100;
const IFF_RUNNING: u32 = 0x40;
const IFA_F_TENTATIVE: u8 = 0x40;
const SCOPE_LINK: u8 = 253;
const AF_INET6: u8 = 10;

/// One interface and what is known of it.
struct Waiting {
    index: i32,
    is_running: bool,
    has_address: bool,
}

/// Returns when each of `interfaces` runs and has a usable link-local address.
pub(super) fn settle(interfaces: &[String]) -> io::Result<()> {
    let mut waiting = Vec::new();
    for name in interfaces {
        let index = InterfaceIndex::of(name)?.number();
        waiting.push(Waiting { index, is_running: false, has_address: false });
    }
    // Join the groups before asking, so that nothing happens unseen in between.
    let socket = open()?;
    ask(&socket, RTM_GETLINK)?;
    let mut is_addresses_asked = false;
    let mut buffer = vec![0_u8; 1 << 16];
    while !waiting.iter().all(|one| one.is_running && one.has_address) {
        let (_, len) = recv(&socket, &mut buffer[..], RecvFlags::empty())?;
        let is_done = read(&buffer[..len.min(buffer.len())], &mut waiting);
        if is_done && !is_addresses_asked {
            is_addresses_asked = true;
            ask(&socket, RTM_GETADDR)?;
        }
    }
    Ok(())
}

fn open() -> io::Result<OwnedFd> {
    // No protocol means protocol 0, which is NETLINK_ROUTE.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
    Ok(socket)
}

fn ask(socket: &OwnedFd, kind: u16) -> io::Result<()> {
    let mut message = Vec::with_capacity(32);
    message.extend_from_slice(&32_u32.to_ne_bytes());
    message.extend_from_slice(&kind.to_ne_bytes());
    message.extend_from_slice(&DUMP.to_ne_bytes());
    // Sequence number, port and the ifinfomsg or ifaddrmsg: zeroes, which mean "all of any family".
    message.resize(32, 0);
    send(socket, &message, SendFlags::empty())?;
    Ok(())
}

/// Takes in the messages of one datagram; says whether they ended a dump.
fn read(mut bytes: &[u8], waiting: &mut [Waiting]) -> bool {
    let mut is_done = false;
    while let Some((kind, body, rest)) = split(bytes) {
        bytes = rest;
        match kind {
            NLMSG_DONE => is_done = true,
            RTM_NEWLINK if body.len() >= 16 => {
                let flags = word(&body[8..12]);
                if let Some(one) = find(waiting, &body[4..8]) {
                    one.is_running = flags & IFF_RUNNING != 0;
                }
            }
            RTM_NEWADDR if body.len() >= 8 && body[0] == AF_INET6 && body[3] == SCOPE_LINK => {
                let is_tentative = body[2] & IFA_F_TENTATIVE != 0;
                if let Some(one) = find(waiting, &body[4..8]) {
                    one.has_address = !is_tentative;
                }
            }
            _ => {}
        }
    }
    is_done
}

fn split(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let header = bytes.get(..16)?;
    let len = word(&header[..4]) as usize;
    let body = bytes.get(16..len)?;
    let rest = bytes.get(len.next_multiple_of(4)..).unwrap_or_default();
    Some((u16::from_ne_bytes([header[4], header[5]]), body, rest))
}

fn find<'a>(waiting: &'a mut [Waiting], index: &[u8]) -> Option<&'a mut Waiting> {
    let index = word(index) as i32;
    waiting.iter_mut().find(|one| one.index == index)
}

/// Four bytes in host order, as netlink has them.
fn word(bytes: &[u8]) -> u32 {
    bytes.try_into().map_or(0, u32::from_ne_bytes)
}

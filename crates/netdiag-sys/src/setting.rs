//! Socket options, one table for both families: a setting is a word, the table knows level, number and value.
//!
//! See socket(7), ip(7), ipv6(7), tcp(7) and the kernel's `Documentation/networking/timestamping.rst`.

use std::io;
use std::os::fd::AsFd;

use crate::address::Family;
use crate::socket::{Socket, set};

/// What to do with packets that are larger than the path takes (`IP_MTU_DISCOVER`, `IPV6_MTU_DISCOVER`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathMtu {
    /// `IP_PMTUDISC_DONT`: no DF, fragment anywhere.
    Dont,
    /// `IP_PMTUDISC_WANT`: discover, fragment locally.
    Want,
    /// `IP_PMTUDISC_DO`: DF, EMSGSIZE for what is larger than the known path MTU.
    Do,
    /// `IP_PMTUDISC_PROBE`: DF, the known path MTU is ignored.
    Probe,
}

/// Which packets the kernel is to stamp (`SO_TIMESTAMPING`, software stamps on CLOCK_REALTIME).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamps {
    /// None.
    Off,
    /// Those that arrive.
    Receive,
    /// Those that arrive and those that leave; the latter come on the error queue with the number of the send only
    /// (`OPT_ID`, `OPT_TSONLY`). Going to this setting from another one starts the numbers at 0.
    Both,
}

/// A socket option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// ICMP errors on the error queue (`IP_RECVERR`, `IPV6_RECVERR`).
    ReceiveErrors,
    /// With these, where their extensions begin (`IP_RECVERR_RFC4884`, `IPV6_RECVERR_RFC4884`, Linux 5.9).
    ReceiveExtensions,
    /// No ICMP errors on the error queue any more.
    IgnoreErrors,
    /// What arrives with a smaller TTL or hop limit is not taken (`IP_MINTTL`, `IPV6_MINHOPCOUNT`); TCP only.
    MinTtl(u8),
    /// The acknowledgement that completes the handshake is held back for a while (`TCP_DEFER_ACCEPT` on the end that
    /// connects), or until [`Setting::Acknowledge`].
    HoldAcknowledgement,
    /// What is to be acknowledged is acknowledged now (`TCP_QUICKACK`).
    Acknowledge,
    /// The kernel asks whether the other end of an idle TCP connection is still there (`SO_KEEPALIVE`).
    Keepalive,
    /// Seconds of idleness before it asks (`TCP_KEEPIDLE`, 1 to 32767).
    KeepaliveIdle(u32),
    /// Seconds between askings (`TCP_KEEPINTVL`, 1 to 32767).
    KeepaliveInterval(u32),
    /// How many unanswered askings end the connection (`TCP_KEEPCNT`, 1 to 127).
    KeepaliveCount(u32),
    /// The TTL or hop limit of what arrives, as a control message.
    ReceiveTtl,
    /// The TOS or traffic class of what arrives, as a control message.
    ReceiveTos,
    /// TTL or hop limit of unicast packets.
    Ttl(u8),
    /// TTL or hop limit of multicast packets.
    MulticastTtl(u8),
    /// TOS or traffic class.
    Tos(u8),
    /// Path MTU discovery.
    PathMtu(PathMtu),
    /// No multicasts back to this host.
    MulticastLoopOff,
    /// Interface index that multicasts leave by.
    MulticastInterface(u32),
    /// Interface index that unicasts leave by (`IP_UNICAST_IF`). Weaker than binding to a device; needs no right.
    UnicastInterface(u32),
    /// Firewall mark; needs CAP_NET_ADMIN.
    Mark(u32),
    /// Bypass the routing tables.
    DontRoute,
    /// Broadcast destinations are allowed.
    Broadcast,
    /// Send buffer in octets; the kernel doubles it and caps it at `net.core.wmem_max`.
    SendBuffer(u32),
    /// Receive buffer in octets; the kernel doubles it and caps it at `net.core.rmem_max`.
    ReceiveBuffer(u32),
    /// The same without the cap; needs CAP_NET_ADMIN.
    ReceiveBufferForce(u32),
    /// Which packets are stamped.
    Stamps(Stamps),
    /// An IPv6 socket leaves IPv4 alone.
    V6Only,
    /// The flow label of the destination address is sent (`IPV6_FLOWINFO_SEND`).
    SendFlowInfo,
    /// A bind to an address takes no port until connect(2) (`IP_BIND_ADDRESS_NO_PORT`).
    BindWithoutPort,
    /// Other sockets may be bound to the same port, as long as none of them listens (`SO_REUSEADDR`).
    ReuseAddress,
}

// Of linux/in.h and linux/in6.h.
const IP_RECVERR_RFC4884: i32 = 26;
const IPV6_RECVERR_RFC4884: i32 = 31;
const IP_BIND_ADDRESS_NO_PORT: i32 = 24;
const IP_UNICAST_IF: i32 = 50;
const IPV6_UNICAST_IF: i32 = 76;
const IPV6_FLOWINFO_SEND: i32 = 33;
const IPV6_MINHOPCOUNT: i32 = 73;

const V4: i32 = libc::SOL_IP;
const V6: i32 = libc::SOL_IPV6;
const ANY: i32 = libc::SOL_SOCKET;
const TCP: i32 = libc::SOL_TCP;

impl Setting {
    /// Level, number and value of the option on a socket of `family`; `None` where the family has no such option.
    fn numbers(self, family: Family) -> Option<(i32, i32, i32)> {
        let by_family = |v4: i32, v6: i32, value: i32| {
            Some(match family {
                Family::V4 => (V4, v4, value),
                Family::V6 => (V6, v6, value),
            })
        };
        match self {
            Self::ReceiveErrors => by_family(libc::IP_RECVERR, libc::IPV6_RECVERR, 1),
            Self::ReceiveExtensions => by_family(IP_RECVERR_RFC4884, IPV6_RECVERR_RFC4884, 1),
            Self::IgnoreErrors => by_family(libc::IP_RECVERR, libc::IPV6_RECVERR, 0),
            Self::MinTtl(ttl) => by_family(libc::IP_MINTTL, IPV6_MINHOPCOUNT, ttl.into()),
            Self::HoldAcknowledgement => Some((TCP, libc::TCP_DEFER_ACCEPT, 1)),
            Self::Acknowledge => Some((TCP, libc::TCP_QUICKACK, 1)),
            Self::Keepalive => Some((ANY, libc::SO_KEEPALIVE, 1)),
            Self::KeepaliveIdle(seconds) => Some((TCP, libc::TCP_KEEPIDLE, seconds as i32)),
            Self::KeepaliveInterval(seconds) => Some((TCP, libc::TCP_KEEPINTVL, seconds as i32)),
            Self::KeepaliveCount(count) => Some((TCP, libc::TCP_KEEPCNT, count as i32)),
            Self::ReceiveTtl => by_family(libc::IP_RECVTTL, libc::IPV6_RECVHOPLIMIT, 1),
            Self::ReceiveTos => by_family(libc::IP_RECVTOS, libc::IPV6_RECVTCLASS, 1),
            Self::Ttl(ttl) => by_family(libc::IP_TTL, libc::IPV6_UNICAST_HOPS, ttl.into()),
            Self::MulticastTtl(ttl) => {
                by_family(libc::IP_MULTICAST_TTL, libc::IPV6_MULTICAST_HOPS, ttl.into())
            }
            Self::Tos(tos) => by_family(libc::IP_TOS, libc::IPV6_TCLASS, tos.into()),
            Self::PathMtu(how) => by_family(libc::IP_MTU_DISCOVER, libc::IPV6_MTU_DISCOVER, how.number()),
            Self::MulticastLoopOff => by_family(libc::IP_MULTICAST_LOOP, libc::IPV6_MULTICAST_LOOP, 0),
            // IP_MULTICAST_IF takes a record instead, see `Socket::apply`.
            Self::MulticastInterface(index) => Some((V6, libc::IPV6_MULTICAST_IF, index as i32)),
            // These two take the index in network byte order.
            Self::UnicastInterface(index) => by_family(IP_UNICAST_IF, IPV6_UNICAST_IF, index.to_be() as i32),
            Self::V6Only => (family == Family::V6).then_some((V6, libc::IPV6_V6ONLY, 1)),
            Self::SendFlowInfo => (family == Family::V6).then_some((V6, IPV6_FLOWINFO_SEND, 1)),
            Self::BindWithoutPort => Some((V4, IP_BIND_ADDRESS_NO_PORT, 1)),
            Self::ReuseAddress => Some((ANY, libc::SO_REUSEADDR, 1)),
            Self::Mark(mark) => Some((ANY, libc::SO_MARK, mark as i32)),
            Self::DontRoute => Some((ANY, libc::SO_DONTROUTE, 1)),
            Self::Broadcast => Some((ANY, libc::SO_BROADCAST, 1)),
            Self::SendBuffer(octets) => Some((ANY, libc::SO_SNDBUF, size(octets))),
            Self::ReceiveBuffer(octets) => Some((ANY, libc::SO_RCVBUF, size(octets))),
            Self::ReceiveBufferForce(octets) => Some((ANY, libc::SO_RCVBUFFORCE, size(octets))),
            Self::Stamps(stamps) => Some((ANY, libc::SO_TIMESTAMPING, stamps.number())),
        }
    }
}

/// The kernel doubles sizes in a signed number.
fn size(octets: u32) -> i32 {
    i32::try_from(octets).unwrap_or(i32::MAX).min(i32::MAX / 2)
}

impl PathMtu {
    const fn number(self) -> i32 {
        match self {
            Self::Dont => libc::IP_PMTUDISC_DONT,
            Self::Want => libc::IP_PMTUDISC_WANT,
            Self::Do => libc::IP_PMTUDISC_DO,
            Self::Probe => libc::IP_PMTUDISC_PROBE,
        }
    }
}

impl Stamps {
    fn number(self) -> i32 {
        let receive = libc::SOF_TIMESTAMPING_RX_SOFTWARE | libc::SOF_TIMESTAMPING_SOFTWARE;
        let send = libc::SOF_TIMESTAMPING_TX_SOFTWARE
            | libc::SOF_TIMESTAMPING_OPT_ID
            | libc::SOF_TIMESTAMPING_OPT_TSONLY
            | libc::SOF_TIMESTAMPING_OPT_CMSG;
        let flags = match self {
            Self::Off => 0,
            Self::Receive => receive,
            Self::Both => receive | send,
        };
        flags as i32
    }
}

impl Socket {
    /// Sets an option.
    ///
    /// # Errors
    /// EPERM without the right that the option needs, ENOPROTOOPT where the kernel or the family does not know it,
    /// EINVAL for a value out of range.
    pub fn apply(&self, setting: Setting) -> io::Result<()> {
        if let (Setting::MulticastInterface(index), Family::V4) = (setting, self.family()) {
            // struct ip_mreqn: group, local address, interface index.
            return set(self.as_fd(), (V4, libc::IP_MULTICAST_IF), &[0, 0, index as i32]);
        }
        match setting.numbers(self.family()) {
            Some((level, name, value)) => set(self.as_fd(), (level, name), &value),
            None => Err(io::Error::from_raw_os_error(libc::ENOPROTOOPT)),
        }
    }

    /// Binds to an interface or VRF (`SO_BINDTODEVICE`). Needs no right since Linux 5.7.
    ///
    /// # Errors
    /// ENODEV when there is none of this name, EPERM on an older kernel without CAP_NET_RAW.
    pub fn bind_to_device(&self, name: &str) -> io::Result<()> {
        let mut device = [0u8; libc::IFNAMSIZ];
        let room = device.len() - 1;
        let Some(place) = device[..room].get_mut(..name.len()) else {
            return Err(io::Error::from_raw_os_error(libc::ENODEV));
        };
        place.copy_from_slice(name.as_bytes());
        set(self.as_fd(), (ANY, libc::SO_BINDTODEVICE), &device)
    }

    /// Closing resets the connection at once and leaves no TIME-WAIT (`SO_LINGER` of 0 seconds).
    ///
    /// # Errors
    /// Those of setsockopt(2).
    pub fn reset_on_close(&self) -> io::Result<()> {
        // struct linger: on, seconds.
        set(self.as_fd(), (ANY, libc::SO_LINGER), &[1, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socket::Kind;

    #[test]
    fn every_unprivileged_setting_is_taken_by_both_families() {
        for family in [Family::V4, Family::V6] {
            let Ok(socket) = Socket::open(family, Kind::Udp) else { continue };
            for setting in [
                Setting::ReceiveErrors,
                Setting::ReceiveExtensions,
                Setting::ReceiveTtl,
                Setting::ReceiveTos,
                Setting::Ttl(3),
                Setting::MulticastTtl(4),
                Setting::Tos(0x10),
                Setting::PathMtu(PathMtu::Probe),
                Setting::MulticastLoopOff,
                Setting::MulticastInterface(1),
                Setting::UnicastInterface(1),
                Setting::DontRoute,
                Setting::Broadcast,
                Setting::SendBuffer(u32::MAX),
                Setting::ReceiveBuffer(1 << 16),
                Setting::Stamps(Stamps::Both),
            ] {
                socket.apply(setting).unwrap_or_else(|error| panic!("{family:?} {setting:?}: {error}"));
            }
        }
    }

    #[test]
    fn every_setting_of_a_connection_is_taken_by_both_families() {
        for family in [Family::V4, Family::V6] {
            let Ok(socket) = Socket::open(family, Kind::Tcp) else { continue };
            for setting in [
                Setting::ReceiveErrors,
                Setting::IgnoreErrors,
                Setting::MinTtl(64),
                Setting::HoldAcknowledgement,
                Setting::Acknowledge,
                Setting::KeepaliveIdle(5),
                Setting::KeepaliveInterval(1),
                Setting::KeepaliveCount(3),
                Setting::Keepalive,
            ] {
                socket.apply(setting).unwrap_or_else(|error| panic!("{family:?} {setting:?}: {error}"));
            }
        }
    }

    #[test]
    fn a_device_that_is_not_there() {
        let socket = Socket::open(Family::V4, Kind::Udp).expect("udp");
        for name in ["no-such-device", "a-name-longer-than-any-interface"] {
            let error = socket.bind_to_device(name).expect_err("no device");
            assert_eq!(error.raw_os_error(), Some(libc::ENODEV));
        }
        socket.bind_to_device("lo").expect("loopback");
    }
}

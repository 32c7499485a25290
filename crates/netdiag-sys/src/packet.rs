//! Whole frames of an interface: the `AF_PACKET` socket with kernel stamps (`packet(7)`).
//!
//! Frames go in and out with their link-layer header. Stamps are the kernel's, on CLOCK_REALTIME,
//! taken at the device for frames in both directions. Knows nothing of what is inside a frame;
//! the memory-mapped ring is another matter. Also here, as they concern the device below the
//! socket: interface numbers and switching offloads off (`SIOCETHTOOL`).

use std::ffi::CString;
use std::io;
use std::mem::{MaybeUninit, size_of};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;

/// An interface by its number, in the network namespace of the calling thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InterfaceIndex(libc::c_int);

impl InterfaceIndex {
    /// Binding to this number means every interface.
    pub const ANY: Self = Self(0);

    /// The number of the interface called `name`.
    ///
    /// # Errors
    /// ENODEV when there is none, EINVAL for a name with a zero byte.
    pub fn of(name: &str) -> io::Result<Self> {
        let name = CString::new(name)?;
        // SAFETY: `name` is a string ended by a zero byte that outlives the call.
        let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
        if index == 0 { Err(io::Error::last_os_error()) } else { Ok(Self(index as libc::c_int)) }
    }

    /// The plain number, as `ip link` shows it.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }
}

/// To whom a frame was addressed, as the kernel sorted it (`sll_pkttype`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressed {
    /// To this host.
    Host,
    /// To every station on the link.
    Broadcast,
    /// To a link-layer group.
    Multicast,
    /// To another station; seen because the socket is bound to the device.
    OtherHost,
    /// Sent by this host.
    Outgoing,
    /// Any other sort.
    Unknown(u8),
}

impl From<u8> for Addressed {
    fn from(kind: u8) -> Self {
        match kind {
            libc::PACKET_HOST => Self::Host,
            libc::PACKET_BROADCAST => Self::Broadcast,
            libc::PACKET_MULTICAST => Self::Multicast,
            libc::PACKET_OTHERHOST => Self::OtherHost,
            libc::PACKET_OUTGOING => Self::Outgoing,
            other => Self::Unknown(other),
        }
    }
}

/// What the kernel told about one received frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameInfo {
    /// Bytes written to the buffer.
    pub len: usize,
    /// Whether the frame was longer than the buffer.
    pub truncated: bool,
    /// The device it was seen on.
    pub interface: InterfaceIndex,
    /// Its direction and addressee.
    pub addressed: Addressed,
    /// The kernel's stamp in nanoseconds since 1970 (CLOCK_REALTIME), where it gave one.
    pub stamp_ns: Option<u64>,
}

/// Frames and drops counted by the kernel since the last question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PacketCounts {
    /// Frames that reached the socket, dropped ones included.
    pub seen: u32,
    /// Frames lost because the receive buffer was full.
    pub dropped: u32,
}

/// A non-blocking `AF_PACKET` socket that carries whole frames and stamps them.
#[derive(Debug)]
pub struct PacketSocket {
    fd: OwnedFd,
}

impl PacketSocket {
    /// Opens a socket for all protocols of one interface, or of [`InterfaceIndex::ANY`].
    ///
    /// # Errors
    /// EPERM without CAP_NET_RAW, ENODEV or ENXIO for an interface that is gone.
    pub fn open(interface: InterfaceIndex) -> io::Result<Self> {
        let kind = libc::SOCK_RAW | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
        // Protocol 0 keeps the socket deaf until it is bound, so no frame of another device slips in.
        // SAFETY: socket takes numbers only.
        let raw = unsafe { libc::socket(libc::AF_PACKET, kind, 0) };
        if raw < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `raw` was just opened and nobody else owns it.
        let socket = Self { fd: unsafe { OwnedFd::from_raw_fd(raw) } };
        socket.set(libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1)?;
        socket.bind(interface)?;
        Ok(socket)
    }

    /// Leaves out the frames that this host sends, so that a forwarder does not hear itself.
    ///
    /// # Errors
    /// ENOPROTOOPT before Linux 4.20.
    pub fn ignore_outgoing(&self) -> io::Result<()> {
        self.set(libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING, 1)
    }

    /// Asks for a receive buffer of `bytes`. Without `CAP_NET_ADMIN` the kernel caps it at `net.core.rmem_max`.
    ///
    /// # Errors
    /// Those of `setsockopt(2)`.
    pub fn set_receive_buffer(&self, bytes: i32) -> io::Result<()> {
        self.set(libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, bytes)
            .or_else(|_| self.set(libc::SOL_SOCKET, libc::SO_RCVBUF, bytes))
    }

    /// Takes the next frame, or `None` when none is waiting.
    ///
    /// # Errors
    /// ENETDOWN when the interface went down (the socket goes on afterwards); others as `recvmsg(2)`.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<Option<FrameInfo>> {
        let mut from = MaybeUninit::<libc::sockaddr_ll>::zeroed();
        let mut part = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
        let mut control = Control([0; 16]);
        // SAFETY: msghdr is a plain C record for which all zeroes is a valid value.
        let mut message: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
        message.msg_name = from.as_mut_ptr().cast();
        message.msg_namelen = size_of::<libc::sockaddr_ll>() as libc::socklen_t;
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = control.0.as_mut_ptr().cast();
        message.msg_controllen = size_of::<Control>() as _;
        // SAFETY: every pointer in `message` leads to memory that lives until the end of this function,
        // with its true length beside it.
        let got = unsafe { libc::recvmsg(self.fd.as_raw_fd(), &raw mut message, 0) };
        let Ok(len) = usize::try_from(got) else {
            let error = io::Error::last_os_error();
            return if error.kind() == io::ErrorKind::WouldBlock { Ok(None) } else { Err(error) };
        };
        // SAFETY: the record was zeroed, which is a valid value, and then filled by the kernel.
        let from = unsafe { from.assume_init() };
        Ok(Some(FrameInfo {
            len,
            truncated: message.msg_flags & libc::MSG_TRUNC != 0,
            interface: InterfaceIndex(from.sll_ifindex),
            addressed: from.sll_pkttype.into(),
            stamp_ns: stamp(&message),
        }))
    }

    /// Sends one frame, link-layer header included, out of `interface`.
    ///
    /// # Errors
    /// ENETDOWN or ENXIO when the interface is down or gone, EMSGSIZE above its MTU, ENOBUFS.
    pub fn send(&self, interface: InterfaceIndex, frame: &[u8]) -> io::Result<()> {
        let to = address(interface, 0);
        // SAFETY: `frame` and `to` are valid for reading over the lengths given beside them.
        let sent = unsafe {
            libc::sendto(
                self.fd.as_raw_fd(),
                frame.as_ptr().cast(),
                frame.len(),
                0,
                ptr::from_ref(&to).cast(),
                size_of::<libc::sockaddr_ll>() as libc::socklen_t,
            )
        };
        if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Frames seen and dropped since this was last asked.
    ///
    /// # Errors
    /// Those of `getsockopt(2)`.
    pub fn counts(&self) -> io::Result<PacketCounts> {
        let mut counts = libc::tpacket_stats { tp_packets: 0, tp_drops: 0 };
        let mut len = size_of::<libc::tpacket_stats>() as libc::socklen_t;
        // SAFETY: `counts` is valid for writing over `len` bytes.
        let answer = unsafe {
            libc::getsockopt(
                self.fd.as_raw_fd(),
                libc::SOL_PACKET,
                libc::PACKET_STATISTICS,
                (&raw mut counts).cast(),
                &raw mut len,
            )
        };
        if answer < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(PacketCounts { seen: counts.tp_packets, dropped: counts.tp_drops })
    }

    fn bind(&self, interface: InterfaceIndex) -> io::Result<()> {
        let to = address(interface, (libc::ETH_P_ALL as u16).to_be());
        // SAFETY: `to` is valid for reading over the length given beside it.
        let answer = unsafe {
            libc::bind(
                self.fd.as_raw_fd(),
                ptr::from_ref(&to).cast(),
                size_of::<libc::sockaddr_ll>() as libc::socklen_t,
            )
        };
        if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    fn set(&self, level: libc::c_int, option: libc::c_int, value: libc::c_int) -> io::Result<()> {
        // SAFETY: `value` is valid for reading over the length given beside it.
        let answer = unsafe {
            libc::setsockopt(
                self.fd.as_raw_fd(),
                level,
                option,
                ptr::from_ref(&value).cast(),
                size_of::<libc::c_int>() as libc::socklen_t,
            )
        };
        if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}

impl AsFd for PacketSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Room for control messages, aligned as `cmsghdr` asks.
#[repr(C, align(8))]
struct Control([u64; 16]);

fn address(interface: InterfaceIndex, protocol: u16) -> libc::sockaddr_ll {
    // SAFETY: sockaddr_ll is a plain C record for which all zeroes is a valid value.
    let mut to: libc::sockaddr_ll = unsafe { MaybeUninit::zeroed().assume_init() };
    to.sll_family = libc::AF_PACKET as u16;
    to.sll_protocol = protocol;
    to.sll_ifindex = interface.0;
    to
}

fn stamp(message: &libc::msghdr) -> Option<u64> {
    // SAFETY: `message` was filled by recvmsg and its control buffer is still alive.
    let mut header = unsafe { libc::CMSG_FIRSTHDR(message) };
    while !header.is_null() {
        // SAFETY: the CMSG functions return either null or a header inside the control buffer.
        let found = unsafe { header.read_unaligned() };
        if found.cmsg_level == libc::SOL_SOCKET && found.cmsg_type == libc::SCM_TIMESTAMPNS {
            // SAFETY: a message of this kind carries one timespec.
            let time: libc::timespec =
                unsafe { libc::CMSG_DATA(header).cast::<libc::timespec>().read_unaligned() };
            return Some(time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64);
        }
        // SAFETY: as above, `header` lies inside the control buffer of `message`.
        header = unsafe { libc::CMSG_NXTHDR(message, header) };
    }
    None
}

/// `struct ethtool_value` of `linux/ethtool.h`.
#[repr(C)]
struct EthtoolValue {
    command: u32,
    data: u32,
}

/// `ETHTOOL_STSO`, `SGSO`, `SGRO`, `SRXCSUM`, `STXCSUM`, `SSG` of `linux/ethtool.h`, dependants first.
const OFFLOADS: [u32; 6] = [0x1f, 0x24, 0x2c, 0x15, 0x17, 0x19];

/// Switches segmentation, merging and checksum offloads of an interface off, so that frames on it
/// are complete and have their final size and checksums, as they would be on a cable.
///
/// # Errors
/// ENODEV for an unknown interface, EPERM without CAP_NET_ADMIN. Offloads that the driver does not
/// know are passed over.
pub fn plain_frames(interface: &str) -> io::Result<()> {
    // SAFETY: socket takes numbers only.
    let raw = unsafe { libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) };
    if raw < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `raw` was just opened and nobody else owns it.
    let socket = unsafe { OwnedFd::from_raw_fd(raw) };
    for command in OFFLOADS {
        let mut value = EthtoolValue { command, data: 0 };
        // SAFETY: ifreq is a plain C record for which all zeroes is a valid value.
        let mut request: libc::ifreq = unsafe { MaybeUninit::zeroed().assume_init() };
        if interface.len() >= request.ifr_name.len() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        for (to, from) in request.ifr_name.iter_mut().zip(interface.bytes()) {
            *to = from as libc::c_char;
        }
        request.ifr_ifru.ifru_data = (&raw mut value).cast();
        // SAFETY: the request names the interface and points to an ethtool_value, which is what this
        // command reads; both live until the call returns.
        let answer = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCETHTOOL as _, &raw mut request) };
        if answer < 0 {
            let error = io::Error::last_os_error();
            if error.raw_os_error() != Some(libc::EOPNOTSUPP) {
                return Err(error);
            }
        }
    }
    Ok(())
}

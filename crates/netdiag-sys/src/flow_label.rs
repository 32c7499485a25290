//! IPv6 flow labels: leasing one from the kernel's flow label manager (RFC 6437, linux/in6.h `in6_flowlabel_req`).

use std::io;
use std::net::Ipv6Addr;
use std::os::fd::{AsFd, AsRawFd};

use crate::address::array;
use crate::socket::{Socket, checked};

const IPV6_FLOWLABEL_MGR: i32 = 32;
const ACTION_GET: u8 = 0;
const FLAG_CREATE: u16 = 1;
/// `IPV6_FL_S_USER`: an exclusive lease would outlive its socket by seconds, in the way of the next run.
const SHARE_USER: u8 = 3;
/// Octets of `struct in6_flowlabel_req`, and offsets of its fields.
const LEN: usize = 32;
const LABEL: usize = 16;

impl Socket {
    /// Leases the flow label `label` (20 bits; 0 lets the kernel choose) and returns it. It is sent where it stands in
    /// the flow information of the destination, once [`crate::setting::Setting::SendFlowInfo`] is set.
    ///
    /// # Errors
    /// EINVAL for more than 20 bits, EEXIST or EPERM when another process holds it, ENOBUFS above the limits.
    pub fn lease_flow_label(&self, label: u32) -> io::Result<u32> {
        let mut request = [0u8; LEN];
        // The kernel asks for a destination and makes no use of it.
        request[..16].copy_from_slice(&Ipv6Addr::LOCALHOST.octets());
        request[LABEL..LABEL + 4].copy_from_slice(&label.to_be_bytes());
        request[20] = ACTION_GET;
        request[21] = SHARE_USER;
        request[22..24].copy_from_slice(&FLAG_CREATE.to_ne_bytes());
        let place = request.as_mut_ptr().cast();
        // SAFETY: `request` is valid for reading over LEN octets, and for writing too: the kernel puts a label that it
        // chose back into it.
        checked(unsafe {
            let fd = self.as_fd().as_raw_fd();
            libc::setsockopt(fd, libc::SOL_IPV6, IPV6_FLOWLABEL_MGR, place, LEN as libc::socklen_t)
        })?;
        let chosen = array(&request, LABEL).map_or(label, u32::from_be_bytes);
        Ok(if label == 0 { chosen } else { label })
    }
}

//! The system's own name look-ups: getaddrinfo(3) and getnameinfo(3), with the error code and text that they give.
//!
//! Both block for as long as the resolver set-up allows, so they belong on a thread of their own. The hints are those
//! of iputils ping, so that the same name gives the same addresses in the same order (RFC 6724, gai.conf(5)).

use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::{io, ptr};

use crate::address::{self, SocketName};

pub use crate::address::Family;

/// What a name resolved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddrInfo {
    /// The addresses, port 0, in the order in which a program would try them. A scope stands in the IPv6 ones.
    pub addresses: Vec<SocketAddr>,
    /// The canonical name, where the resolver gave one.
    pub canonical: Option<String>,
}

/// Why getaddrinfo(3) failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct GaiError {
    /// The `EAI_…` code, see the constants in [`eai`].
    pub code: i32,
    /// errno(3), of meaning with [`eai::SYSTEM`] only; 0 otherwise.
    pub errno: i32,
    /// The system's own text (gai_strerror(3)), such as `Name or service not known`.
    pub text: String,
}

/// The codes of [`GaiError::code`] (netdb.h).
pub mod eai {
    /// The name server answered with a temporary failure, or not at all.
    pub const AGAIN: i32 = libc::EAI_AGAIN;
    /// The name server answered with a permanent failure.
    pub const FAIL: i32 = libc::EAI_FAIL;
    /// Address family not supported.
    pub const FAMILY: i32 = libc::EAI_FAMILY;
    /// Out of memory.
    pub const MEMORY: i32 = libc::EAI_MEMORY;
    /// The name does not exist.
    pub const NONAME: i32 = libc::EAI_NONAME;
    /// The name exists, and has no addresses.
    pub const NODATA: i32 = libc::EAI_NODATA;
    /// The name has no address of the family asked for (glibc).
    pub const ADDRFAMILY: i32 = -9;
    /// A system error; errno tells.
    pub const SYSTEM: i32 = libc::EAI_SYSTEM;
    /// An international name that cannot be encoded (glibc).
    pub const IDN_ENCODE: i32 = -105;
}

/// `AI_IDN | AI_CANONIDN` of glibc's netdb.h, which iputils sets too; other C libraries refuse flags they do not know.
const IDN_FLAGS: i32 = if cfg!(target_env = "gnu") { 0x40 | 0x80 } else { 0 };

/// The addresses of `name`, which may also be an address in text form with a scope (`fe80::1%eth0`).
///
/// # Errors
/// [`GaiError`], with [`eai::NONAME`] also for a name that holds a zero byte.
pub fn getaddrinfo(name: &str, family: Option<Family>) -> Result<AddrInfo, GaiError> {
    let Ok(node) = CString::new(name) else { return Err(gai_error(libc::EAI_NONAME)) };
    // SAFETY: addrinfo is a plain C record for which all zeroes (and null pointers) is a valid value.
    let mut hints: libc::addrinfo = unsafe { MaybeUninit::zeroed().assume_init() };
    hints.ai_family = family.map_or(libc::AF_UNSPEC, Family::number);
    hints.ai_socktype = libc::SOCK_DGRAM;
    hints.ai_protocol = libc::IPPROTO_UDP;
    hints.ai_flags = libc::AI_CANONNAME | IDN_FLAGS;
    let mut list: *mut libc::addrinfo = ptr::null_mut();
    // SAFETY: `node` is a string ended by a zero byte, a null service is allowed, and `hints` and `list` outlive the call.
    let code = unsafe { libc::getaddrinfo(node.as_ptr(), ptr::null(), &raw const hints, &raw mut list) };
    if code != 0 {
        return Err(gai_error(code));
    }
    let answer = collect(list);
    // SAFETY: `list` came from a getaddrinfo that succeeded, and nothing of it is used hereafter.
    unsafe { libc::freeaddrinfo(list) };
    Ok(answer)
}

fn collect(list: *const libc::addrinfo) -> AddrInfo {
    let mut answer = AddrInfo { addresses: Vec::new(), canonical: None };
    let mut next = list;
    while !next.is_null() {
        // SAFETY: `next` is an element of the list that getaddrinfo gave, which the caller has not freed yet.
        let entry = unsafe { &*next };
        if !entry.ai_addr.is_null() {
            // SAFETY: getaddrinfo points `ai_addr` at `ai_addrlen` bytes of socket address.
            let bytes =
                unsafe { std::slice::from_raw_parts(entry.ai_addr.cast::<u8>(), entry.ai_addrlen as usize) };
            if let Some(address) = address::parse(bytes)
                && !answer.addresses.contains(&address)
            {
                answer.addresses.push(address);
            }
        }
        if answer.canonical.is_none() && !entry.ai_canonname.is_null() {
            // SAFETY: a canonical name that is not null is a string ended by a zero byte.
            let name = unsafe { CStr::from_ptr(entry.ai_canonname) };
            answer.canonical = Some(name.to_string_lossy().into_owned());
        }
        next = entry.ai_next;
    }
    answer
}

fn gai_error(code: i32) -> GaiError {
    let errno =
        if code == libc::EAI_SYSTEM { io::Error::last_os_error().raw_os_error().unwrap_or(0) } else { 0 };
    // SAFETY: gai_strerror returns a static string ended by a zero byte for every code.
    let text = unsafe { CStr::from_ptr(libc::gai_strerror(code)) }.to_string_lossy().into_owned();
    GaiError { code, errno, text }
}

/// The name of an address; `None` when it has none or the look-up fails (`NI_NAMEREQD`).
pub fn getnameinfo(address: SocketAddr) -> Option<String> {
    let name = SocketName::from(address);
    let mut host = [0u8; libc::NI_MAXHOST as usize];
    // SAFETY: the name is valid for reading and `host` for writing over the lengths given beside them; a null service
    // of length 0 is allowed.
    let code = unsafe {
        libc::getnameinfo(
            name.as_ptr(),
            name.len() as libc::socklen_t,
            host.as_mut_ptr().cast(),
            libc::NI_MAXHOST,
            ptr::null_mut(),
            0,
            libc::NI_NAMEREQD,
        )
    };
    let text = CStr::from_bytes_until_nul(&host).ok()?;
    (code == 0).then(|| text.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_text_form_is_its_own_answer() {
        let answer = getaddrinfo("192.0.2.7", None).expect("numeric");
        assert_eq!(answer.addresses, ["192.0.2.7:0".parse().expect("address")]);
        let scoped = getaddrinfo("fe80::1%lo", Some(Family::V6)).expect("numeric");
        assert!(matches!(scoped.addresses[..], [SocketAddr::V6(v6)] if v6.scope_id() > 0));
    }

    #[test]
    fn what_is_no_name_has_a_code_and_a_text() {
        let error = getaddrinfo("a\0b", None).expect_err("no name");
        assert_eq!((error.code, error.errno), (eai::NONAME, 0));
        assert!(!error.text.is_empty());
        let family = getaddrinfo("192.0.2.7", Some(Family::V6)).expect_err("wrong family");
        assert!(matches!(family.code, eai::ADDRFAMILY | eai::NONAME | eai::NODATA));
    }

    #[test]
    fn loopback_has_a_name_or_none() {
        if let Some(name) = getnameinfo("127.0.0.1:0".parse().expect("address")) {
            assert!(!name.is_empty());
        }
    }
}

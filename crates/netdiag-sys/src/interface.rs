//! Interface names and numbers, in the network namespace of the calling thread: if_nametoindex(3).

use std::ffi::{CStr, CString};

/// The index of the interface called `name`; `None` when there is none.
pub fn index(name: &str) -> Option<u32> {
    let name = CString::new(name).ok()?;
    // SAFETY: `name` is a string ended by a zero byte that outlives the call.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    (index != 0).then_some(index)
}

/// The name of the interface with number `index`; `None` when there is none.
pub fn name(index: u32) -> Option<String> {
    let mut buffer = [0u8; libc::IF_NAMESIZE];
    // SAFETY: `buffer` has the IF_NAMESIZE octets that the call may write.
    let answer = unsafe { libc::if_indextoname(index, buffer.as_mut_ptr().cast()) };
    if answer.is_null() {
        return None;
    }
    Some(CStr::from_bytes_until_nul(&buffer).ok()?.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn loopback_has_a_number_and_a_name() {
        let index = super::index("lo").expect("loopback");
        assert_eq!(super::name(index).as_deref(), Some("lo"));
        assert_eq!((super::index("no such"), super::index("a\0b"), super::name(0)), (None, None, None));
    }
}

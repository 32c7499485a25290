//! Facts about this process and about program files: who runs it, and whether a file brings rights of its own.
//!
//! See getuid(2), xattr(7) and the section "File capabilities" of capabilities(7).

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The real user id.
#[must_use]
pub fn real_user() -> u32 {
    // SAFETY: getuid takes nothing and cannot fail.
    unsafe { libc::getuid() }
}

/// Whether the program file has file capabilities (the extended attribute `security.capability`).
#[must_use]
pub fn has_file_capabilities(program: &Path) -> bool {
    let Ok(path) = CString::new(program.as_os_str().as_bytes()) else { return false };
    // SAFETY: both strings end in NUL, and with a size of 0 nothing is written.
    let len =
        unsafe { libc::getxattr(path.as_ptr(), c"security.capability".as_ptr(), std::ptr::null_mut(), 0) };
    len > 0
}

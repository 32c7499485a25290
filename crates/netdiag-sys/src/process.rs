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

/// Raises the limit of open files as far as it goes without a right, and returns it: 0 where it cannot be read. See
/// getrlimit(2), `RLIMIT_NOFILE`.
#[must_use]
pub fn raise_open_files() -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is valid for writing.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } != 0 {
        return 0;
    }
    let wished = libc::rlimit { rlim_cur: limit.rlim_max, ..limit };
    // SAFETY: `wished` is valid for reading.
    let is_raised = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const wished) } == 0;
    if is_raised { limit.rlim_max } else { limit.rlim_cur }
}

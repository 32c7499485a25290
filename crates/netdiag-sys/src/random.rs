//! Random numbers from the kernel: getrandom(2).

/// 16 random bits. Before the kernel has any (at early boot), bits of the clock.
pub fn bits16() -> u16 {
    let mut bytes = [0u8; 2];
    // SAFETY: `bytes` is valid for writing over its length.
    let got = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), libc::GRND_NONBLOCK) };
    if got == 2 { u16::from_ne_bytes(bytes) } else { crate::clock::monotonic() as u16 }
}

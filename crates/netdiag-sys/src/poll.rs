//! Whether a descriptor can be written now, and waiting until it can: poll(2).

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Whether a write of up to `PIPE_BUF` (4096) octets returns at once: there is room (pipe(7)), or an error to be told.
/// Not for terminals, where any room at all counts as room.
#[must_use]
pub fn has_room(fd: BorrowedFd<'_>) -> bool {
    // Milliseconds: it does not wait.
    poll(fd, 0).is_ok_and(|events| events & (libc::POLLOUT | libc::POLLERR) != 0)
}

/// Waits until a write would do something: there is room, or an error to be told. For descriptors that do not wait by
/// themselves (`O_NONBLOCK`).
///
/// # Errors
/// Those of poll(2); EINTR is not one of them.
pub fn wait_for_room(fd: BorrowedFd<'_>) -> io::Result<()> {
    // Without a timeout.
    poll(fd, -1).map(drop)
}

fn poll(fd: BorrowedFd<'_>, timeout: i32) -> io::Result<i16> {
    let mut asked = libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLOUT, revents: 0 };
    loop {
        // SAFETY: `asked` is one record, valid for reading and writing.
        if unsafe { libc::poll(&raw mut asked, 1, timeout) } >= 0 {
            return Ok(asked.revents);
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read, Write};
    use std::os::fd::AsFd;

    use super::has_room;

    #[test]
    fn a_pipe_has_room_until_it_is_full_and_again_when_it_is_read() {
        let (mut reader, mut writer) = io::pipe().expect("pipe");
        let mut written = 0;
        while has_room(writer.as_fd()) {
            writer.write_all(&[0; 4096]).expect("room");
            written += 4096;
        }
        assert!(written > 0);
        reader.read_exact(&mut vec![0; written]).expect("what was written");
        assert!(has_room(writer.as_fd()));
    }

    #[test]
    fn a_pipe_without_reader_tells_at_once() {
        let (reader, mut writer) = io::pipe().expect("pipe");
        drop(reader);
        assert!(has_room(writer.as_fd()));
        assert_eq!(writer.write(&[0]).expect_err("no reader").kind(), io::ErrorKind::BrokenPipe);
    }
}

//! The table of error numbers is this system's.

use std::collections::BTreeMap;
use std::io;

use netdiag_model::knowledge::errno;

macro_rules! numbers {
    ($($name:ident)*) => { [$((stringify!($name), libc::$name)),*] };
}

#[test]
fn error_numbers_are_those_of_the_system() {
    let system: BTreeMap<&str, i32> = numbers! {
        EPERM ENOENT EINTR EIO EBADF EAGAIN ENOMEM EACCES ENODEV EINVAL ENFILE EMFILE ENOSPC EPIPE ENONET EPROTO
        ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT
        EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN
        ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS EREMOTEIO
    }
    .into();
    let ours: BTreeMap<&str, i32> = errno::all().map(|facts| (facts.name, facts.errno.0)).collect();
    assert_eq!(ours, system);
}

#[test]
fn error_texts_are_those_of_the_system() {
    for facts in errno::all() {
        let text = io::Error::from_raw_os_error(facts.errno.0).to_string();
        assert_eq!(text, format!("{} (os error {})", facts.lesson.title, facts.errno.0));
    }
}

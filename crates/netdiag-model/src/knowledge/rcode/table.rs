//! Each response code with what it means to somebody whose name does not resolve.

use super::RcodeFacts;
use crate::knowledge::lesson::step;
use crate::knowledge::{Lesson, Step};

const ASK: Step = step("dig NAME", "what does the usual resolver say, and with which EDE?");
const TRACE: Step = step("dig +trace NAME", "where on the way from the root does it stop?");
const OTHER: Step = step("dig NAME @SERVER", "does another server say the same?");
const KEY: Step = step("dig -k KEYFILE NAME @SERVER", "does the signature hold with this key?");
const TIME: Step = step("timedatectl", "is this host's clock right?");

const fn code(number: u16, name: &'static str, lesson: Lesson) -> RcodeFacts {
    RcodeFacts { number, name, alias: None, lesson }
}

pub(super) const FACTS: &[RcodeFacts] = &[
    code(
        0,
        "NOERROR",
        Lesson {
            title: "no error",
            what: &[
                "The question was answered. The answer may still be empty: the name exists and has no record of that type \
             (NODATA).",
            ],
            usually: &[
                "Success.",
                "Empty: ask for another type; often there is an A and no AAAA, or the other way round.",
            ],
            next: &[step("dig NAME AAAA", "is there a record of the other type?"), ASK],
            see: &["RFC 1035 section 4.1.1", "RFC 2308"],
        },
    ),
    code(
        1,
        "FORMERR",
        Lesson {
            title: "format error",
            what: &["The server could not read the question."],
            usually: &[
                "A very old server, or a box on the way, that does not understand EDNS.",
                "A damaged packet.",
            ],
            next: &[step("dig +noedns NAME @SERVER", "does it answer without EDNS?"), OTHER],
            see: &["RFC 1035 section 4.1.1", "RFC 6891"],
        },
    ),
    code(
        2,
        "SERVFAIL",
        Lesson {
            title: "server failure",
            what: &[
                "The server tried and did not get an answer that it may give. It says nothing about whether the name exists. \
             An extended error (EDE, RFC 8914) often says why.",
            ],
            usually: &[
                "DNSSEC validation failed: signatures expired, keys and DS do not fit, or the resolver's clock is wrong.",
                "The domain's own servers do not answer, or are not set up for it (lame delegation).",
            ],
            next: &[
                step("dig +cd NAME", "does it answer without validation? Then DNSSEC is the cause"),
                TRACE,
                OTHER,
            ],
            see: &["RFC 1035 section 4.1.1", "RFC 8914"],
        },
    ),
    code(
        3,
        "NXDOMAIN",
        Lesson {
            title: "no such name",
            what: &[
                "The name does not exist, with any type, nor does anything below it (RFC 8020). The answer is kept for as long \
             as the zone's SOA says.",
            ],
            usually: &[
                "A misspelt name, or one that the search list completed in an unexpected way.",
                "A name that exists only inside (split DNS), asked of a public resolver, or a VPN that is not up.",
                "A domain that has expired, or a new name that was asked for too early.",
            ],
            next: &[ASK, step("cat /etc/resolv.conf", "which resolver, and which search list?"), TRACE],
            see: &["RFC 1035 section 4.1.1", "RFC 2308", "RFC 8020"],
        },
    ),
    code(
        4,
        "NOTIMP",
        Lesson {
            title: "not implemented",
            what: &["The server does not know this kind of request."],
            usually: &["An update or a special type, asked of a simple forwarder."],
            next: &[OTHER],
            see: &["RFC 1035 section 4.1.1"],
        },
    ),
    code(
        5,
        "REFUSED",
        Lesson {
            title: "refused by policy",
            what: &[
                "The server understood, and will not answer this client. Nothing is said about the name.",
            ],
            usually: &[
                "A server that answers for its own zones only was asked for another name.",
                "A resolver that does not serve this network.",
                "A zone transfer that is not allowed.",
            ],
            next: &[OTHER, step("cat /etc/resolv.conf", "is the right server asked?")],
            see: &["RFC 1035 section 4.1.1"],
        },
    ),
    code(
        6,
        "YXDOMAIN",
        Lesson {
            title: "a name exists that should not",
            what: &["An update's condition is not met; or a DNAME would make the name too long."],
            usually: &["A dynamic update that somebody else was faster with."],
            next: &[ASK],
            see: &["RFC 2136", "RFC 6672"],
        },
    ),
    code(
        7,
        "YXRRSET",
        Lesson {
            title: "records exist that should not",
            what: &["An update's condition is not met."],
            usually: &["A dynamic update of a name that has such records already."],
            next: &[ASK],
            see: &["RFC 2136"],
        },
    ),
    code(
        8,
        "NXRRSET",
        Lesson {
            title: "records do not exist that should",
            what: &["An update's condition is not met."],
            usually: &["A dynamic update that expects records which are gone."],
            next: &[ASK],
            see: &["RFC 2136"],
        },
    ),
    code(
        9,
        "NOTAUTH",
        Lesson {
            title: "not authoritative, or not authorised",
            what: &[
                "The server does not hold the zone (updates, transfers), or the request's signature did not satisfy it (TSIG).",
            ],
            usually: &[
                "An update sent to the wrong server.",
                "A TSIG key that the server does not know or accept.",
            ],
            next: &[step("dig SOA NAME", "which server is the primary one?"), KEY],
            see: &["RFC 2136", "RFC 8945"],
        },
    ),
    code(
        10,
        "NOTZONE",
        Lesson {
            title: "the name is not in the zone",
            what: &["An update names something outside the zone that it is for."],
            usually: &["A wrong zone in the client's configuration."],
            next: &[step("dig SOA NAME", "which zone is the name in?")],
            see: &["RFC 2136"],
        },
    ),
    code(
        11,
        "DSOTYPENI",
        Lesson {
            title: "this kind of stateful operation is not implemented",
            what: &["The server knows DNS stateful operations, and not this one."],
            usually: &["A client that expects more of the server than it has."],
            next: &[OTHER],
            see: &["RFC 8490"],
        },
    ),
    RcodeFacts {
        number: 16,
        name: "BADVERS",
        alias: Some("BADSIG"),
        lesson: Lesson {
            title: "bad EDNS version, or bad signature",
            what: &[
                "In a response: the server does not speak this version of EDNS (BADVERS). In a TSIG record: the signature \
                 does not hold (BADSIG).",
            ],
            usually: &[
                "A TSIG secret that differs between the two ends.",
                "A client that tries a newer EDNS.",
            ],
            next: &[step("dig +edns=0 NAME @SERVER", "does it speak version 0?"), KEY],
            see: &["RFC 6891", "RFC 8945"],
        },
    },
    code(
        17,
        "BADKEY",
        Lesson {
            title: "key not recognised",
            what: &["The server does not know the key that signed the request (TSIG)."],
            usually: &["The key's name or algorithm differs between the two ends."],
            next: &[KEY],
            see: &["RFC 8945"],
        },
    ),
    code(
        18,
        "BADTIME",
        Lesson {
            title: "signature out of time",
            what: &[
                "The request was signed at a time that is too far from the server's (TSIG: 5 minutes is usual).",
            ],
            usually: &["A clock that is wrong on either end."],
            next: &[TIME, KEY],
            see: &["RFC 8945"],
        },
    ),
    code(
        19,
        "BADMODE",
        Lesson {
            title: "bad TKEY mode",
            what: &["The server does not do this way of agreeing on a key."],
            usually: &["A client and a server that were not made for each other (GSS-TSIG)."],
            next: &[OTHER],
            see: &["RFC 2930"],
        },
    ),
    code(
        20,
        "BADNAME",
        Lesson {
            title: "duplicate key name",
            what: &["A key of that name is there already (TKEY)."],
            usually: &["A client that starts over without removing its key."],
            next: &[OTHER],
            see: &["RFC 2930"],
        },
    ),
    code(
        21,
        "BADALG",
        Lesson {
            title: "algorithm not supported",
            what: &["The server does not do the algorithm that was asked for (TKEY)."],
            usually: &["An old algorithm that was switched off."],
            next: &[OTHER],
            see: &["RFC 2930"],
        },
    ),
    code(
        22,
        "BADTRUNC",
        Lesson {
            title: "signature cut too short",
            what: &["The request's signature was truncated more than the server allows (TSIG)."],
            usually: &["A policy on the server that the client does not keep to."],
            next: &[KEY],
            see: &["RFC 8945"],
        },
    ),
    code(
        23,
        "BADCOOKIE",
        Lesson {
            title: "bad or missing server cookie",
            what: &[
                "The client should ask again with the cookie of this answer, which clients do by themselves.",
            ],
            usually: &[
                "Normal once. If it goes on: several servers behind one address that do not share their secret.",
            ],
            next: &[step("dig +cookie NAME @SERVER", "does the second try succeed?")],
            see: &["RFC 7873", "RFC 9018"],
        },
    ),
];

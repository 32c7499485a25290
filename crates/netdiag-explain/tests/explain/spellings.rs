//! Terms are found however they are spelt, and nothing that is typed makes the look-up panic.

use std::collections::BTreeMap;

use netdiag_explain::{Fact, find, nearest};
use proptest::prelude::*;

#[test]
fn everything_is_found_by_each_of_its_names() {
    for fact in Fact::all() {
        for name in std::iter::once(fact.name()).chain(fact.also()) {
            // A word before it (`errno`, `icmp6`) keeps its space.
            let spellings = [name.clone(), name.to_uppercase(), name.to_lowercase(), format!(" {name} ")];
            for spelling in spellings {
                assert!(find(&spelling).contains(&fact), "{spelling}: {:?}", find(&spelling));
            }
        }
        let name = fact.name();
        for spelling in [name.replace('-', "_"), name.replace('_', "-"), name.replace('-', "")] {
            assert!(find(&spelling).contains(&fact), "{spelling}");
        }
    }
}

#[test]
fn no_name_means_two_things_but_for_two_words_of_which_both_are_told() {
    let mut meanings: BTreeMap<String, usize> = BTreeMap::new();
    for fact in Fact::all() {
        *meanings.entry(fact.name().to_lowercase()).or_default() += 1;
        let is_shared = ["open", "refused"].contains(&fact.name().to_lowercase().as_str());
        if !is_shared {
            assert_eq!(find(&fact.name()), [fact], "{}", fact.name());
        }
    }
    let shared: Vec<(String, usize)> = meanings.into_iter().filter(|(_, count)| *count > 1).collect();
    assert_eq!(shared, [("refused".to_owned(), 2)]);
    // A verdict and a response code of the DNS; a verdict and another name of a drawing.
    assert_found("refused", &["refused", "REFUSED"]);
    assert_found("REFUSED", &["refused", "REFUSED"]);
    assert_found("open", &["open", "handshake"]);
}

#[track_caller]
fn assert_found(term: &str, names: &[&str]) {
    let found: Vec<String> = find(term).into_iter().map(Fact::name).collect();
    assert_eq!(found, names, "{term}");
}

#[test]
fn terms_are_found_generously() {
    for term in ["111", "ECONNREFUSED", "econnrefused", "Connection refused", "errno 111", "errno:111"] {
        assert_found(term, &["ECONNREFUSED"]);
    }
    for term in ["SYN-SENT", "SYN_SENT", "syn_sent", "SYNSENT", "state syn-sent"] {
        assert_found(term, &["SYN-SENT"]);
    }
    for term in ["3/13", "icmp 3/13", "icmp6 1/1", "ICMPv6 1/1", "admin-prohibited", "1/1"] {
        assert_found(term, &["admin-prohibited"]);
    }
    for term in
        ["net.ipv4.tcp_syn_retries", "tcp_syn_retries", "net/ipv4/tcp_syn_retries", "sysctl tcp-syn-retries"]
    {
        assert_found(term, &["net.ipv4.tcp_syn_retries"]);
    }
    for term in ["NXDOMAIN", "nxdomain", "rcode 3"] {
        assert_found(term, &["NXDOMAIN"]);
    }
    assert_found("SYN,FIN", &["SYN+FIN"]);
    assert_found("[R.]", &["RST+ACK"]);
    for term in ["blocked-locally", "BLOCKED_LOCALLY", "blocked locally", "verdict blocked-locally"] {
        assert_found(term, &["blocked-locally"]);
    }
    assert_found("unreachable", &["unreachable"]);
    assert_found("so_keepalive", &["keepalive"]);
}

#[test]
fn a_number_that_is_several_things_has_all_its_meanings_told() {
    assert_found("3", &["NXDOMAIN", "destination-unreachable", "time-exceeded"]);
    assert_found("5", &["REFUSED", "EIO", "redirect"]);
    assert_found("11", &["EAGAIN", "DSOTYPENI", "time-exceeded"]);
    assert_found("22", &["EINVAL", "BADTRUNC"]);
    assert_found("101", &["ENETUNREACH"]);
    // Type 3 is "unreachable" in ICMP and "time exceeded" in ICMPv6.
    assert_found("3/0", &["net-unreachable", "ttl-exceeded"]);
}

#[test]
fn a_word_before_a_term_leaves_one_meaning() {
    assert_found("icmp 3", &["destination-unreachable"]);
    assert_found("icmp6 3", &["time-exceeded"]);
    assert_found("errno 22", &["EINVAL"]);
    assert_found("verdict refused", &["refused"]);
    assert_found("rcode refused", &["REFUSED"]);
    assert_found("verdict closed", &[]);
    assert_found("icmp 1/4", &[]);
    assert_found("rcode SYN", &[]);
}

#[test]
fn what_is_not_known_is_not_found() {
    for term in [
        "",
        " ",
        "-",
        "4095",
        "-1",
        "256",
        "99999999999999999999",
        "3/",
        "/13",
        "3/13/1",
        "300/1",
        "icmp",
        "ö",
        "[S",
    ] {
        assert_found(term, &[]);
    }
}

#[test]
fn whatever_is_referred_to_is_there() {
    for fact in Fact::all() {
        for see in fact.lesson().see {
            let is_elsewhere = see.starts_with("RFC ") || see.ends_with(')');
            assert!(is_elsewhere || !find(see).is_empty(), "{}: {see}", fact.name());
        }
        for step in fact.lesson().next {
            let Some(term) = step.run.strip_prefix("netdiag explain ") else { continue };
            assert!(!find(term).is_empty(), "{}: {term}", fact.name());
        }
    }
}

proptest! {
    #[test]
    fn nothing_that_is_typed_makes_it_panic(term in ".{0,40}") {
        let _ = find(&term);
        prop_assert!(nearest(&term).len() <= 3);
    }

    #[test]
    fn nothing_that_looks_like_a_term_makes_it_panic(term in "(icmp6? |errno |rcode |flag )?[-+0-9/a-zA-Z\\[\\]. _]{0,12}") {
        let _ = find(&term);
    }

    #[test]
    fn a_name_with_one_letter_too_many_is_guessed(index in 0..400_usize, at in 0..40_usize) {
        let names: Vec<String> = Fact::all().map(Fact::name).filter(|name| name.len() > 6).collect();
        let name = &names[index % names.len()];
        let mut wrong = name.clone();
        wrong.insert(at % name.len(), 'q');
        prop_assert!(find(&wrong).is_empty());
        // REFUSED and refused are one word here.
        prop_assert_eq!(nearest(&wrong).first().map(|name| name.to_lowercase()), Some(name.to_lowercase()));
    }
}

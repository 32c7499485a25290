//! The table of error numbers: complete, without doubles, and in agreement with the numbers' own names.

use std::collections::BTreeSet;

use super::*;

#[test]
fn every_number_with_a_name_is_explained() {
    for number in 0..4096 {
        let errno = Errno(number);
        let Some(name) = errno.name() else { continue };
        let facts = of(errno).unwrap_or_else(|| panic!("{name} is not explained"));
        assert_eq!((facts.name, Some(facts.lesson.title)), (name, errno.text()));
    }
}

#[test]
fn no_number_and_no_name_stands_twice() {
    let numbers: BTreeSet<i32> = all().map(|facts| facts.errno.0).collect();
    let names: BTreeSet<&str> = all().map(|facts| facts.name).collect();
    assert_eq!((numbers.len(), names.len()), (all().count(), all().count()));
}

#[test]
fn a_number_is_found_by_name_text_and_second_name() {
    for facts in all() {
        assert_eq!(find(facts.name), Some(facts));
        assert_eq!(find(&facts.name.to_lowercase()), Some(facts));
        assert_eq!(find(facts.lesson.title), Some(facts));
    }
    assert_eq!(find("EWOULDBLOCK"), of(Errno::EAGAIN));
    assert_eq!(find("EWOULDNOT"), None);
}

#[test]
fn each_phase_stands_once_and_names_somebody() {
    for facts in all() {
        let phases: BTreeSet<&str> = facts.senses.iter().map(|sense| sense.phase.words()).collect();
        assert_eq!(phases.len(), facts.senses.len(), "{}", facts.name);
        for sense in facts.senses {
            assert!(sense.meaning.ends_with('.') && !sense.said_by.is_empty(), "{}", facts.name);
        }
    }
}

#[test]
fn the_phase_tells_the_routing_table_from_a_router() {
    assert_eq!(said_by(Errno::ENETUNREACH, Phase::AtOnce), [Speaker::Routes]);
    assert_eq!(said_by(Errno::ENETUNREACH, Phase::Later), [Speaker::Router]);
    assert_ne!(meaning(Errno::ENETUNREACH, Phase::AtOnce), meaning(Errno::ENETUNREACH, Phase::Later));
    assert_eq!(meaning(Errno(4095), Phase::Later), None);
    assert_eq!(said_by(Errno(4095), Phase::Later), []);
}

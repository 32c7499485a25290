//! Forged answers reach the socket whose identifier they name.

use std::time::Duration;

use crate::harness::{ping, sim, volley};

#[test]
fn forged_replies_come_beside_the_true_ones() {
    let log = ping(&sim("someone-forges-replies"), &volley("203.0.113.7", 10, Duration::from_secs(1)));
    let expected: Vec<u8> = (0..56).collect();
    let (genuine, forged): (Vec<_>, Vec<_>) =
        log.replies().into_iter().partition(|got| got.bytes[8..] == expected);
    assert_eq!((genuine.len(), forged.len()), (10, 80), "twenty a second for four seconds");
    assert!(forged.iter().all(|got| got.incoming.from.to_string() == "203.0.113.7"));
    let errors: Vec<_> = log.got.iter().filter(|got| got.error().is_some()).collect();
    assert_eq!(errors.len(), 8);
    assert!(errors.iter().all(|got| (0..=4).contains(&got.seq())), "the forger knows the last number");
    assert!(errors.iter().all(|got| got.bytes[8..] != expected), "and not the data");
    let v6 = ping(&sim("someone-forges-replies"), &volley("2001:db8:2::7", 3, Duration::from_secs(1)));
    assert_eq!(v6.replies().len(), 3 + 20);
}

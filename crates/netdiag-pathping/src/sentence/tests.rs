//! Findings made by hand, and what is said of them.

use netdiag_model::stats::attribution::{ByKind, HopLoss, LinkLoss};

use super::*;

const LOSS: Interval = Interval { estimate: 5.12, low: 3.44, high: 7.58 };

fn attribution(causes: &[LossCause], finding: Finding) -> Attribution {
    let hop = |(ttl, &cause)| HopLoss { ttl, node_percent: ByKind::default(), cause };
    let hops: Vec<HopLoss> = (1..).zip(causes).map(hop).collect();
    let mut before = 0;
    let links = hops.iter().filter(|hop| hop.cause != LossCause::Silent).map(|hop| {
        let stretch = Stretch { from_ttl: std::mem::replace(&mut before, hop.ttl), to_ttl: hop.ttl };
        LinkLoss { stretch, loss_percent: LOSS, certainty: 0.5 }
    });
    let links = links.collect();
    Attribution { hops, links, end_to_end_percent: None, finding }
}

fn said(causes: &[LossCause], end: End, finding: Finding) -> String {
    let is_heard = |ttl: u8| causes.get(usize::from(ttl) - 1) != Some(&LossCause::Silent);
    let who = |ttl: u8| (ttl > 0 && is_heard(ttl)).then(|| format!("10.0.{ttl}.1"));
    Speaker { attribution: &attribution(causes, finding), end, sent: 600, who: &who }.say()
}

const FINE: [LossCause; 4] = [LossCause::None; 4];
const LIMITED: [LossCause; 4] =
    [LossCause::RateLimited, LossCause::RateLimited, LossCause::None, LossCause::RateLimited];

fn loses(from_ttl: u8, to_ttl: u8, suspect: Suspect) -> Finding {
    Finding::Loses { stretch: Stretch { from_ttl, to_ttl }, loss_percent: LOSS, suspect }
}

#[test]
fn a_path_without_loss_has_a_bound_that_is_not_rounded_down() {
    let finding = Finding::NoLoss { at_most_percent: 0.31 };
    assert_eq!(
        said(&FINE, End::Target, finding),
        "No link loses: with 95 % confidence at most 0.4 % there and back."
    );
    assert_eq!(
        said(&FINE, End::Router, finding),
        "No link loses up to hop 4 (10.0.4.1): with 95 % confidence at most 0.4 % there and back."
    );
}

#[test]
fn a_target_that_never_answers_is_not_what_the_path_is_known_to() {
    let mut causes = FINE;
    causes[3] = LossCause::Silent;
    let said = said(&causes, End::Target, Finding::NoLoss { at_most_percent: 2.0 });
    assert!(said.starts_with("No link loses up to hop 3 (10.0.3.1): "), "{said}");
}

#[test]
fn limits_are_named_and_said_to_be_no_loss() {
    let finding = Finding::OnlyLimits { at_most_percent: 1.9 };
    assert_eq!(
        said(&LIMITED, End::Target, finding),
        "No link loses: with 95 % confidence at most 1.9 % there and back; hops 1, 2 and 4 only limit how often they answer."
    );
    let one = [LossCause::None, LossCause::RateLimited, LossCause::None];
    let said = said(&one, End::Target, finding);
    assert!(said.ends_with("; hop 2 only limits how often it answers."), "{said}");
}

#[test]
fn a_last_hop_that_limits_everything_hides_what_the_path_loses() {
    assert_eq!(
        said(&LIMITED, End::Target, Finding::OnlyLimits { at_most_percent: 76.31 }),
        "No link is seen to lose, but hop 4 (10.0.4.1) limits how often it answers: loss of up to 76.4 % on the way to it \
         would not show."
    );
}

#[test]
fn a_link_that_loses_is_named_with_its_interval() {
    assert_eq!(
        said(&FINE, End::Target, loses(2, 3, Suspect::Link)),
        "The link from hop 2 (10.0.2.1) to hop 3 (10.0.3.1) loses 5.1 % there and back (3.4 to 7.6 % with 95 % confidence)."
    );
    let said = said(&FINE, End::Target, loses(0, 1, Suspect::Link));
    assert!(said.starts_with("The link from this host to hop 1 (10.0.1.1) loses"), "{said}");
}

#[test]
fn a_stretch_is_no_link_and_the_end_may_be_to_blame_itself() {
    assert_eq!(
        said(&FINE, End::Target, loses(1, 3, Suspect::Link)),
        "Between hop 1 (10.0.1.1) and hop 3 (10.0.3.1) 5.1 % is lost there and back (3.4 to 7.6 % with 95 % confidence); the \
         hops in between answer too seldom to say on which link."
    );
    let at_target = said(&FINE, End::Target, loses(3, 4, Suspect::LinkOrEnd));
    assert!(
        at_target.ends_with(
            "confidence), or the target does not answer every probe: no hop beyond it could tell."
        ),
        "{at_target}"
    );
    let at_router = said(&FINE, End::Router, loses(3, 4, Suspect::LinkOrEnd));
    assert!(at_router.contains("or that hop does not answer every probe"), "{at_router}");
}

#[test]
fn too_little_is_said_to_be_too_little() {
    assert!(said(&FINE, End::Target, Finding::TooFew).starts_with("Too few answers"));
    assert!(said(&[LossCause::Silent], End::Router, Finding::TooFew).contains("no hop answers"));
    let nothing = attribution(&[], Finding::TooFew);
    let said = Speaker { attribution: &nothing, end: End::Router, sent: 0, who: &|_| None }.say();
    assert!(said.contains("no hop was asked"), "{said}");
}

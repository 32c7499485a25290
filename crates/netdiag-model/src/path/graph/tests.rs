use super::*;

fn router(last: u8) -> Address {
    Address::new([192, 0, 2, last].into())
}

fn place(ttl: u8, last: u8) -> Place {
    Place { ttl, who: Some(router(last)) }
}

/// Each word is a flow's path: a letter for a router, `T` for the target, a dot for silence.
fn graph(flows: &[&str]) -> Graph {
    let mut graph = Graph::new(router(b'T'));
    for (number, flow) in flows.iter().enumerate() {
        for (ttl, letter) in (1..).zip(flow.bytes()) {
            graph.observe(ttl, Flow(number as u16), (letter != b'.').then(|| router(letter)));
        }
    }
    graph
}

#[test]
fn a_diamond_has_two_paths_and_four_links_within() {
    let graph = graph(&["abdT", "acdT", "abdT"]);
    assert_eq!(graph.paths(), 2);
    assert_eq!(graph.links().len(), 6);
    assert_eq!(graph.spread(place(1, b'a')), (3, 2));
    assert_eq!(graph.balance(place(1, b'a')), Balance::ByFlow);
    assert_eq!(graph.balance(place(2, b'b')), Balance::None);
    let from_a = graph.links_from(place(1, b'a'));
    assert_eq!(from_a[0].flows, [Flow(0), Flow(2)]);
    assert_eq!(from_a[1].to, place(2, b'c'));
}

#[test]
fn packets_of_one_flow_that_go_two_ways_are_balanced_one_by_one() {
    let mut graph = graph(&["abdT"]);
    graph.observe(2, Flow(0), Some(router(b'c')));
    assert_eq!(graph.balance(place(1, b'a')), Balance::ByPacket);
    assert_eq!(graph.answers(2, Flow(0)), 2);
    // What comes after it is not what balances.
    graph.observe(3, Flow(0), Some(router(b'e')));
    assert_eq!(graph.balance(place(2, b'b')), Balance::None);
}

#[test]
fn branches_may_differ_in_length_and_end_at_the_target() {
    let graph = graph(&["abT", "acdT"]);
    assert_eq!(graph.paths(), 2);
    assert!(graph.has_ended(4, Flow(0)));
    assert!(!graph.has_ended(4, Flow(1)));
    assert!(graph.links_from(place(3, b'T')).is_empty());
}

#[test]
fn behind_a_refusal_there_is_no_link() {
    let mut graph = graph(&["abbb", "abcT"]);
    graph.refuse(2, Flow(0));
    assert_eq!(graph.links_from(place(2, b'b')).len(), 1);
    assert!(graph.links_from(place(3, b'b')).is_empty());
    assert_eq!((graph.paths(), graph.spread(place(2, b'b'))), (1, (1, 1)));
}

#[test]
fn a_silent_router_is_a_place_of_its_own() {
    let graph = graph(&["a.d", "a.e"]);
    let silent = Place { ttl: 2, who: None };
    assert_eq!(graph.places(2), [silent]);
    assert_eq!(graph.spread(silent), (2, 2));
    assert!(!graph.has_answered(2) && graph.has_answered(3));
    assert_eq!(graph.paths(), 2);
}

#[test]
fn what_was_not_asked_is_no_evidence() {
    let mut graph = graph(&["ab", "x"]);
    graph.observe(2, Flow(2), Some(router(b'c')));
    assert_eq!(graph.spread(place(1, b'a')), (1, 1));
    assert_eq!(graph.flows_at(Place::HERE), [Flow(0), Flow(1)]);
    assert_eq!(graph.place_of(1, Flow(2)), None);
}

#[test]
fn the_only_place_of_a_ttl_is_passed_by_all_that_go_on() {
    let mut graph = graph(&["ab"]);
    graph.observe(2, Flow(1), Some(router(b'c')));
    assert_eq!(graph.spread(place(1, b'a')), (2, 2));
    // That it is passed by them is no evidence for the place itself.
    assert_eq!(graph.spread(Place::HERE), (1, 1));
}

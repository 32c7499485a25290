//! The text, octet by octet.

use super::*;
use netdiag_model::event::{Arrival, Subject};
use netdiag_model::{Clock, Event, Moment, Mono, ProbeId, Reading, TargetId};
use netdiag_tool::ColorChoice;

const LOOK: Look = Look {
    is_quiet: false,
    is_verbose: false,
    has_timestamps: false,
    has_outstanding: false,
    is_audible: false,
    is_flood: false,
    has_three_decimals: false,
    has_gap: false,
    color: ColorChoice::Never,
};

fn moment(nanos: u64) -> Moment {
    Moment::user(Reading { mono: Mono::from_nanos(nanos), wall: Wall::from_nanos(nanos as i64) })
}

/// An ICMP error came at once.
fn transit() -> netdiag_model::event::Transit {
    netdiag_model::event::Transit {
        rtt: Rtt::from_nanos(1),
        clock: Clock::User,
        ttl: None,
        arrival: Arrival::InTime,
        extensions: Box::default(),
    }
}

fn subject(seq: u64) -> Subject {
    Subject {
        probe: ProbeId::new(1, 0, seq as u16),
        target: TargetId(0),
        seq,
        aim: netdiag_model::Aim::default(),
    }
}

fn answer(seq: u64, nanos: u64) -> Reply {
    Reply {
        subject: subject(seq),
        answer: netdiag_model::event::Answer::Datagram,
        from: "192.0.2.1".parse::<std::net::IpAddr>().expect("an address").into(),
        len: 64,
        ttl: Some(57),
        tos: None,
        rtt: Rtt::from_nanos(nanos),
        clock: Clock::Kernel,
        at: moment(nanos),
        arrival: Arrival::InTime,
        damage: None,
    }
}

fn line(answer: &Reply) -> String {
    reply(answer, "192.0.2.1", Remark::None, &LOOK)
}

#[test]
fn times_lose_decimals_as_they_grow() {
    for (nanos, shown) in [
        (0, "0.000"),
        (999, "0.000"),
        (42_000, "0.042"),
        (999_600, "0.999"),
        (999_999, "0.999"),
        (1_000_000, "1.00"),
        (1_004_999, "1.00"),
        (1_005_000, "1.01"),
        (9_994_999, "9.99"),
        (9_995_000, "10.0"),
        (10_000_000, "10.0"),
        (10_049_000, "10.0"),
        (10_050_000, "10.1"),
        (99_949_999, "99.9"),
        (99_950_000, "100"),
        (100_499_999, "100"),
        (100_500_000, "101"),
        (12_345_678_900, "12346"),
    ] {
        assert_eq!(round_trip(Rtt::from_nanos(nanos), &LOOK), shown, "{nanos} ns");
    }
    let exact = Look { has_three_decimals: true, ..LOOK };
    assert_eq!(round_trip(Rtt::from_nanos(123_456_789), &exact), "123.456");
}

#[test]
fn percentages_are_printed_as_c_prints_them_with_g() {
    for (value, shown) in [
        (0.0, "0"),
        (100.0, "100"),
        (50.0, "50"),
        (100.0 / 3.0, "33.3333"),
        (200.0 / 3.0, "66.6667"),
        (12.5, "12.5"),
        (0.001, "0.001"),
        (0.0001, "0.0001"),
        (0.012_345_678, "0.0123457"),
        (99.999_99, "100"),
        (99.999_9, "99.9999"),
        (9.999_999, "10"),
        (1.0 / 864.0, "0.00115741"),
    ] {
        assert_eq!(general(value), shown);
    }
}

#[test]
fn headers_are_those_of_ping() {
    let heading = |family, from: Option<(&str, &str)>, content| Heading {
        host: "host.example".to_owned(),
        address: if family == Family::V4 { "192.0.2.1" } else { "2001:db8::1" }.to_owned(),
        family,
        from: from.map(|(source, interface)| (source.to_owned(), interface.to_owned())),
        content,
        flow_label: None,
    };
    let data = Content::Data(56);
    assert_eq!(
        heading(Family::V4, None, data).line(),
        "PING host.example (192.0.2.1) 56(84) bytes of data.\n"
    );
    assert_eq!(heading(Family::V6, None, data).line(), "PING host.example(2001:db8::1) 56 data bytes\n");
    assert_eq!(
        heading(Family::V4, Some(("192.0.2.10", "eth0")), data).line(),
        "PING host.example (192.0.2.1) from 192.0.2.10 eth0: 56(84) bytes of data.\n"
    );
    assert_eq!(
        heading(Family::V4, None, Content::Connections(443)).line(),
        "PING host.example (192.0.2.1) TCP port 443.\n"
    );
    assert_eq!(pattern(&[0xff, 0]), "PATTERN: 0xff00\n");
}

#[test]
fn answers_are_those_of_ping() {
    assert_eq!(line(&answer(1, 1_230_000)), "64 bytes from 192.0.2.1: icmp_seq=1 ttl=57 time=1.23 ms\n");
    let unknown = Reply { ttl: None, ..answer(2, 1_230_000) };
    assert_eq!(line(&unknown), "64 bytes from 192.0.2.1: icmp_seq=2 time=1.23 ms\n");
    let wrapped = answer(65_537, 1_230_000);
    assert_eq!(line(&wrapped), "64 bytes from 192.0.2.1: icmp_seq=1 ttl=57 time=1.23 ms\n");
    let duplicate = reply(&answer(1, 20_000_000), "h (192.0.2.1)", Remark::Duplicate, &LOOK);
    assert_eq!(duplicate, "64 bytes from h (192.0.2.1): icmp_seq=1 ttl=57 time=20.0 ms (DUP!)\n");
    let other = reply(&answer(1, 20_000_000), "192.0.2.2", Remark::OtherAddress, &LOOK);
    assert_eq!(other, "64 bytes from 192.0.2.2: icmp_seq=1 ttl=57 time=20.0 ms (DIFFERENT ADDRESS!)\n");
    let cut = Reply { len: 24, damage: Some(Damage::Truncated), ..answer(1, 1) };
    assert_eq!(line(&cut), "24 bytes from 192.0.2.1: icmp_seq=1 ttl=57 (truncated)\n");
    let broken = Reply { damage: Some(Damage::Checksum), ..answer(1, 1_000_000) };
    assert_eq!(line(&broken), "64 bytes from 192.0.2.1: icmp_seq=1 ttl=57 time=1.00 ms (BAD CHECKSUM!)\n");
    let bell = reply(&answer(1, 1_000_000), "192.0.2.1", Remark::None, &Look { is_audible: true, ..LOOK });
    assert_eq!(bell, "64 bytes from 192.0.2.1: icmp_seq=1 ttl=57 time=1.00 ms\x07\n");
}

#[test]
fn wrong_data_is_dumped_from_the_sixteenth_octet_on() {
    let mut data: Vec<u8> = (0..56).collect();
    data[20] = 0;
    let damage = Some(Damage::Data { offset: 20, expected: 20, found: 0, data: data.into() });
    assert_eq!(
        line(&Reply { damage, ..answer(1, 1_000_000) }),
        "64 bytes from 192.0.2.1: icmp_seq=1 ttl=57 time=1.00 ms\n\
         wrong data byte #20 should be 0x14 but was 0x0\n\
         #16\t10 11 12 13 0 15 16 17 18 19 1a 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f \n\
         #48\t30 31 32 33 34 35 36 37 \n"
    );
}

#[test]
fn lines_about_trouble() {
    assert_eq!(outstanding(65_540), "no answer yet for icmp_seq=4\n");
    assert_eq!(send_error(Errno::EMSGSIZE, Some(1_400)), "local error: message too long, mtu=1400");
    assert_eq!(send_error(Errno::ENETUNREACH, None), "sendmsg: Network is unreachable");
    assert!(send_error(Errno::EPERM, None).starts_with("sendmsg: Operation not permitted (a firewall"));
    let icmp = |kind, code, info| Icmp { family: Family::V4, kind, code, info };
    assert_eq!(
        icmp_error("192.0.2.254", 3, icmp(3, 1, 0)),
        "From 192.0.2.254 icmp_seq=3 Destination Host Unreachable\n"
    );
    assert_eq!(
        icmp_error("192.0.2.254", 3, icmp(3, 4, 1_400)),
        "From 192.0.2.254 icmp_seq=3 Frag needed and DF set (mtu = 1400)\n"
    );
    assert_eq!(
        icmp_error("192.0.2.254", 3, icmp(5, 1, 0xc000_0202)),
        "From 192.0.2.254: icmp_seq=3 Redirect Host(New nexthop: 192.0.2.2)\n"
    );
    let look = Look { has_timestamps: true, ..LOOK };
    assert_eq!(timestamp(&look, Wall::from_nanos(1_767_225_600_000_042_999)), "[1767225600.000042] ");
    assert_eq!(timestamp(&LOOK, Wall::from_nanos(0)), "");
}

/// All that the text tells of a run.
#[derive(Default)]
struct Sums(Report, Course);

impl Sums {
    fn apply(&mut self, event: &Event) {
        self.0.apply(event);
        self.1.apply(event);
    }

    fn summary(&self, look: &Look) -> String {
        summary("h", (&self.0, &self.1), look)
    }

    fn interim(&self) -> String {
        interim(&self.0, &self.1)
    }
}

/// The sums of answers `(seq, nanos)` to probes that went out a second apart.
fn report(sent: u64, answers: &[(u64, u64)]) -> Sums {
    let mut report = Sums::default();
    for seq in 1..=sent {
        report.apply(&Event::Sent { subject: subject(seq), at: moment(seq * 1_000_000_000) });
        for (_, nanos) in answers.iter().filter(|(answered, _)| *answered == seq) {
            report.apply(&Event::Reply(answer(seq, *nanos)));
        }
    }
    report
}

#[test]
fn a_summary_has_pings_lines_first_and_more_after_them() {
    let report = report(4, &[(1, 1_000_000), (2, 2_000_000), (4, 3_000_000)]);
    assert_eq!(
        report.summary(&LOOK),
        "\n--- h ping statistics ---\n\
         4 packets transmitted, 3 received, 25% packet loss, time 3000ms\n\
         rtt min/avg/max/mdev = 1.000/2.000/3.000/0.816 ms\n\
         rtt p50/p90/p95/p99 = 2.000/3.000/3.000/3.000 ms\n\
         jitter mean/max/rfc3550 = 1.000/1.000/0.121 ms\n\
         lost 1 in 1 run, the longest of 1\n"
    );
    let gap = report.summary(&Look { has_gap: true, ..LOOK });
    assert!(gap.contains("/0.816 ms, ipg/ewma 1000.000/1.359 ms\n"), "{gap}");
}

#[test]
fn a_summary_names_duplicates_corruption_and_errors_only_where_there_are_any() {
    let mut report = report(3, &[(1, 1_000_000)]);
    report.apply(&Event::Reply(Reply { arrival: Arrival::Duplicate, ..answer(1, 3_000_000) }));
    report.apply(&Event::Reply(Reply { damage: Some(Damage::Checksum), ..answer(2, 9_000_000) }));
    let icmp = Icmp { family: Family::V4, kind: 3, code: 1, info: 0 };
    report.apply(&Event::IcmpError {
        subject: subject(3),
        from: None,
        icmp,
        at: moment(0),
        transit: transit(),
    });
    let text = report.summary(&LOOK);
    assert!(
        text.contains(
            "3 packets transmitted, 1 received, +1 duplicates, +1 corrupted, +1 errors, 66.6667% packet loss, time 2000ms\n\
             rtt min/avg/max/mdev = 1.000/2.000/3.000/1.000 ms, pipe 3\n"
        ),
        "{text}"
    );
}

#[test]
fn a_summary_of_nothing_divides_by_nothing() {
    let text = Sums::default().summary(&Look { has_gap: true, ..LOOK });
    assert_eq!(text, "\n--- h ping statistics ---\n0 packets transmitted, 0 received\n\n");
    let one = report(1, &[(1, 1_500_000)]).summary(&LOOK);
    assert!(
        one.ends_with("0% packet loss, time 0ms\nrtt min/avg/max/mdev = 1.500/1.500/1.500/0.000 ms\n"),
        "{one}"
    );
}

#[test]
fn the_interim_line_says_where_a_run_stands() {
    assert_eq!(Sums::default().interim(), "\r0/0 packets, 0% loss\n");
    assert_eq!(
        report(3, &[(1, 1_000_000), (3, 2_000_000)]).interim(),
        "\r2/3 packets, 33% loss, min/avg/ewma/max = 1.000/1.500/1.125/2.000 ms\n"
    );
}

#[test]
fn answers_out_of_the_ordinary_are_summed_up() {
    let mut report = report(3, &[(2, 1_000_000)]);
    report.apply(&Event::Reply(Reply { arrival: Arrival::Late, ..answer(1, 2_000_000) }));
    report.apply(&Event::Stray(answer(3, 1_000_000)));
    let damage = Some(Damage::Data { offset: 20, expected: 1, found: 2, data: Box::new([]) });
    report.apply(&Event::Reply(Reply { damage, ..answer(3, 1_000_000) }));
    let text = report.summary(&LOOK);
    let expected =
        "answers: 1 out of order, 1 late, 1 with wrong data, 1 from another address (not counted)\n";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn a_period_says_how_long_it_was_and_when_it_began() {
    let Sums(report, _) = report(4, &[(1, 1_000_000), (2, 2_000_000), (4, 3_000_000)]);
    let read = |seconds: u64| moment(seconds * 1_000_000_000).read;
    assert_eq!(
        period("h", (read(0), Some(read(10))), &report),
        "\n--- h ping statistics, 10.0 s from 1970-01-01T00:00:00.000000Z ---\n\
         4 packets transmitted, 3 received, 25% packet loss\n\
         rtt min/avg/max/mdev = 1.000/2.000/3.000/0.816 ms\n\
         rtt p50/p90/p95/p99 = 2.000/3.000/3.000/3.000 ms\n\
         jitter mean/max/rfc3550 = 1.000/1.000/0.121 ms\n\
         lost 1 in 1 run, the longest of 1\n"
    );
}

#[test]
fn the_line_about_all_targets_counts_them() {
    use crate::fold::fleet::Member;
    let mut fleet = Fleet::default();
    assert_eq!(super::fleet(&fleet), "0 targets: 0 answer; 0 probes sent, 0 answered, 0% loss");
    for item in 0..2 {
        let ip = std::net::IpAddr::from([192, 0, 2, item as u8]);
        fleet.add(Member::new(None, ip.into(), netdiag_tool::targets::Position { item, address: 0 }));
    }
    (fleet.asked, fleet.sent, fleet.received, fleet.answering, fleet.failed) = (2, 4, 1, 1, 3);
    let expected =
        "2 targets: 1 answers, 1 does not, 3 more could not be asked; 4 probes sent, 1 answered, 75% loss";
    assert_eq!(super::fleet(&fleet), expected);
    (fleet.asked, fleet.sent, fleet.failed) = (1, 1, 0);
    let expected = "1 target: 1 answers, others were not asked; 1 probe sent, 1 answered, 0% loss";
    assert_eq!(super::fleet(&fleet), expected);
}

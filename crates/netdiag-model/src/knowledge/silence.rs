//! What it means, and does not mean, that no echo was answered, and what to run next.

use crate::address::Family;

/// Where the target lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It is this host's own address.
    Here,
    /// On the same link.
    Link,
    /// Behind this next hop.
    Behind(String),
    /// Nowhere: this host has no route to it. The text says what the system says.
    NoRoute(String),
    /// Not known.
    Unknown,
}

/// What neighbour discovery says of the target (on the same link) or of the next hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// It answers.
    Answers,
    /// It does not answer.
    Silent,
    /// Not asked, still asking, or not needed.
    Unknown,
}

/// How the target was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// By ICMP echo.
    Echo,
    /// By UDP to a port that was hoped to be closed.
    Udp,
    /// By TCP.
    Tcp,
}

/// Answers came, and could not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// From another address than the target's.
    Address,
    /// With a wrong checksum.
    Checksum,
}

/// All that is known of a silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// The target, as typed.
    pub target: String,
    /// Its family.
    pub family: Family,
    /// How it was asked.
    pub question: Question,
    /// Where it lies.
    pub place: Place,
    /// Whether it, or the next hop to it, can be resolved to a link address.
    pub resolution: Resolution,
    /// Whether any ICMP error came, which says more than silence does.
    pub has_errors: bool,
    /// What was wrong with the answers that came, if any did.
    pub wrong: Option<Wrong>,
}

impl Silence {
    /// What it means and does not mean, a sentence each.
    pub fn meaning(&self) -> Vec<String> {
        let mut sentences = vec![self.first_sentence()];
        sentences.extend(self.neighbour_sentence());
        sentences
    }

    fn first_sentence(&self) -> String {
        let target = &self.target;
        match self.wrong {
            Some(Wrong::Address) => {
                return format!(
                    "Answers came, but from another address than {target}'s, and were not counted: something on the \
                     way changes addresses, or the host answers from another of its own."
                );
            }
            Some(Wrong::Checksum) => {
                return format!("Answers came from {target}, but damaged: their checksums are wrong.");
            }
            None => {}
        }
        match (&self.place, self.question) {
            (Place::NoRoute(text), _) => {
                format!(
                    "This host has no way to {target} ({text}): nothing was sent, so nothing is known of it."
                )
            }
            _ if self.has_errors => {
                format!("{target} did not answer; the errors say who refused the probes, and why.")
            }
            (_, Question::Echo) => format!(
                "No echo reply is not proof that {target} is down: many hosts and firewalls drop echo requests."
            ),
            (_, Question::Udp) => format!(
                "No answer by UDP is not proof that {target} is down: firewalls often drop such probes, and hosts \
                 limit how many they answer."
            ),
            (_, Question::Tcp) => format!(
                "No answer by TCP is not proof that {target} is down: a firewall may drop the connection's first packet."
            ),
        }
    }

    fn neighbour_sentence(&self) -> Option<String> {
        let protocol = match self.family {
            Family::V4 => "ARP",
            Family::V6 => "neighbour discovery",
        };
        let target = &self.target;
        if self.wrong.is_some() {
            return None;
        }
        Some(match (&self.place, self.resolution) {
            (Place::Here, _) => {
                format!("{target} is this host itself: a firewall here drops the probes or the answers.")
            }
            (Place::Link, Resolution::Answers) => {
                format!("{target} is on this link and answers {protocol}: it is up, and drops the probes.")
            }
            (Place::Link, Resolution::Silent) => format!(
                "{target} should be on this link and does not answer {protocol}: it is off, disconnected, or not there."
            ),
            (Place::Behind(hop), Resolution::Silent) => {
                format!("The next hop {hop} does not answer {protocol}: nothing behind it can be reached.")
            }
            (Place::Behind(hop), Resolution::Answers) => {
                format!("The next hop {hop} answers {protocol}: the way is open at least to there.")
            }
            _ => return None,
        })
    }

    /// What to run next.
    pub fn advice(&self) -> Vec<String> {
        let target = &self.target;
        match (&self.place, self.resolution) {
            (Place::NoRoute(_), _) => vec!["ip route".to_owned(), "ip address".to_owned()],
            (Place::Link, Resolution::Silent) => vec!["ip neighbour".to_owned(), "ip address".to_owned()],
            (Place::Behind(_), Resolution::Silent) => vec!["ip neighbour".to_owned(), "ip route".to_owned()],
            (Place::Here, _) => vec!["nft list ruleset".to_owned()],
            _ => match self.question {
                Question::Echo => vec![
                    format!("netdiag ping --via tcp:443 {target}"),
                    format!("netdiag ping --via udp {target}"),
                ],
                Question::Udp => vec![format!("netdiag ping --via tcp:443 {target}")],
                Question::Tcp => vec![format!("netdiag ping --via icmp {target}")],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silence(place: Place, resolution: Resolution) -> Silence {
        let target = "192.0.2.7".to_owned();
        Silence {
            target,
            family: Family::V4,
            question: Question::Echo,
            place,
            resolution,
            has_errors: false,
            wrong: None,
        }
    }

    #[test]
    fn silence_is_never_called_proof() {
        let text = silence(Place::Unknown, Resolution::Unknown).meaning().join(" ");
        assert!(text.contains("is not proof that 192.0.2.7 is down"), "{text}");
    }

    #[test]
    fn a_neighbour_that_answers_arp_is_up() {
        let text = silence(Place::Link, Resolution::Answers).meaning().join(" ");
        assert!(text.contains("answers ARP: it is up"), "{text}");
    }

    #[test]
    fn a_dead_next_hop_is_named_and_sends_nobody_to_the_target() {
        let silence = silence(Place::Behind("10.0.0.1".to_owned()), Resolution::Silent);
        assert!(silence.meaning().join(" ").contains("The next hop 10.0.0.1 does not answer ARP"));
        assert_eq!(silence.advice(), ["ip neighbour", "ip route"]);
    }
}

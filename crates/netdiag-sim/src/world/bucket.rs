//! The token bucket of ICMP errors: RFC 4443 2.4(f), and the one of Linux (net/ipv4/inetpeer.c), which is the same
//! bucket kept once per destination.

use netdiag_model::Mono;

use crate::network::Limit;

/// A token bucket. Credit is kept as time, as the kernel does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    credit: u64,
    last: Mono,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn full(limit: &Limit, now: Mono) -> Self {
        Self { credit: Self::most(limit), last: now }
    }

    fn most(limit: &Limit) -> u64 {
        limit.every.nanos().saturating_mul(u64::from(limit.burst))
    }

    /// Takes a token, if there is one.
    pub(super) fn take(&mut self, limit: &Limit, now: Mono) -> bool {
        let gained = now.since(self.last).as_nanos() as u64;
        self.credit = self.credit.saturating_add(gained).min(Self::most(limit));
        self.last = now;
        let price = limit.every.nanos();
        let has_token = self.credit >= price && limit.burst > 0;
        if has_token {
            self.credit -= price;
        }
        has_token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_one_a_second() {
        let text = "every = \"1s\"\nburst = 6\nper = \"destination\"";
        let limit: Limit = toml::from_str(text).expect("limit");
        let mut bucket = Bucket::full(&limit, Mono::ZERO);
        let passed: Vec<u64> =
            (0..100).filter(|tenth| bucket.take(&limit, Mono::from_nanos(tenth * 100_000_000))).collect();
        assert_eq!(passed, [0, 1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    }
}

//! Tables as text, in the form of iptoasn.com: a line for each range of addresses, its first and last address, the AS
//! number, and, if there are such, country and name; tabs between them. AS 0 means "not announced".
//!
//! Half a million lines are kept as two sorted lists of ranges; what they say of whom is kept once.

use std::collections::HashMap;
use std::io::{BufRead, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str;

use netdiag_model::{Asn, Origin, Prefix};

use super::error::{LineFault, TableError};
use super::name;
use crate::origin::country;

/// The longest line, in octets.
const LONGEST: u64 = 4096;

/// A range of addresses, as numbers, and where it was read.
#[derive(Debug, Clone, Copy)]
struct Range<N> {
    first: N,
    last: N,
    /// Place among the holders.
    holder: u32,
    line: u32,
}

/// Who announces ranges.
#[derive(Debug)]
struct Holder {
    asn: Asn,
    country: Option<String>,
    name: Option<String>,
}

/// A table.
#[derive(Debug, Default)]
pub(super) struct Text {
    v4: Vec<Range<u32>>,
    v6: Vec<Range<u128>>,
    holders: Vec<Holder>,
}

impl Text {
    /// Reads all lines. Empty ones, and what comes behind a `#` at the front, do not count.
    pub(super) fn read(mut source: impl BufRead) -> Result<Self, TableError> {
        let mut reading = Reading::default();
        let mut line = Vec::new();
        loop {
            line.clear();
            let len = source.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(TableError::Read)?;
            if len == 0 {
                return reading.end();
            }
            reading.line += 1;
            if len as u64 == LONGEST {
                return Err(LineFault::Long.at(reading.line));
            }
            reading.add(line.trim_ascii_end()).map_err(|fault| fault.at(reading.line))?;
        }
    }

    /// Who announces `address`.
    pub(super) fn find(&self, address: IpAddr) -> Option<Origin> {
        let (holder, prefix) = match address {
            IpAddr::V4(v4) => found(&self.v4, v4.to_bits(), |bits| Ipv4Addr::from_bits(bits).into())?,
            IpAddr::V6(v6) => found(&self.v6, v6.to_bits(), |bits| Ipv6Addr::from_bits(bits).into())?,
        };
        let Holder { asn, country, name } = self.holders.get(holder as usize)?;
        Some(Origin {
            asns: vec![*asn],
            prefix,
            country: country.clone(),
            registry: None,
            name: name.clone(),
        })
    }
}

/// The holder of the range around `bits`, and the range as a block if it is one.
fn found<N: Copy + Ord>(
    ranges: &[Range<N>],
    bits: N,
    address: impl Fn(N) -> IpAddr,
) -> Option<(u32, Option<Prefix>)> {
    let after = ranges.partition_point(|range| range.first <= bits);
    let range = ranges.get(after.checked_sub(1)?).filter(|range| bits <= range.last)?;
    Some((range.holder, Prefix::spanning(address(range.first), address(range.last))))
}

/// A table that is being read.
#[derive(Default)]
struct Reading {
    table: Text,
    /// What lines say behind their range, and the holder that it stands for.
    seen: HashMap<Box<[u8]>, u32>,
    /// How many lines were read.
    line: u32,
}

impl Reading {
    fn add(&mut self, text: &[u8]) -> Result<(), LineFault> {
        if text.is_empty() || text.starts_with(b"#") {
            return Ok(());
        }
        let mut fields = text.splitn(3, |octet| *octet == b'\t');
        let (Some(first), Some(last), Some(rest)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(LineFault::Fields);
        };
        let (first, last) = address(first).zip(address(last)).ok_or(LineFault::Addresses)?;
        let holder = self.holder(rest)?;
        let line = self.line;
        match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                push(&mut self.table.v4, (first.to_bits(), last.to_bits()), (holder, line))
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                push(&mut self.table.v6, (first.to_bits(), last.to_bits()), (holder, line))
            }
            _ => Err(LineFault::Addresses),
        }
    }

    /// The holder that `rest` of a line names; `None` for AS 0.
    fn holder(&mut self, rest: &[u8]) -> Result<Option<u32>, LineFault> {
        if let Some(&holder) = self.seen.get(rest) {
            return Ok(Some(holder));
        }
        let text = String::from_utf8_lossy(rest);
        let mut fields = text.splitn(3, '\t');
        let number = fields.next().unwrap_or_default().trim();
        let number = number.strip_prefix("AS").unwrap_or(number);
        let asn = Asn(number.parse().map_err(|_| LineFault::Number)?);
        if asn.0 == 0 {
            return Ok(None);
        }
        let holder = self.table.holders.len() as u32;
        let (country, name) = (fields.next().and_then(country), fields.next().and_then(name));
        self.table.holders.push(Holder { asn, country, name });
        self.seen.insert(rest.into(), holder);
        Ok(Some(holder))
    }

    /// The table, its ranges in order.
    fn end(self) -> Result<Text, TableError> {
        let mut table = self.table;
        if table.holders.is_empty() {
            return Err(TableError::Empty);
        }
        put_in_order(&mut table.v4)?;
        put_in_order(&mut table.v6)?;
        Ok(table)
    }
}

fn address(field: &[u8]) -> Option<IpAddr> {
    str::from_utf8(field).ok()?.trim().parse().ok()
}

fn push<N: Ord>(
    ranges: &mut Vec<Range<N>>,
    (first, last): (N, N),
    (holder, line): (Option<u32>, u32),
) -> Result<(), LineFault> {
    if last < first {
        return Err(LineFault::Backwards);
    }
    ranges.extend(holder.map(|holder| Range { first, last, holder, line }));
    Ok(())
}

/// Sorts ranges, and finds those that overlap. Of two lines the later one is told to be wrong.
fn put_in_order<N: Copy + Ord>(ranges: &mut Vec<Range<N>>) -> Result<(), TableError> {
    ranges.sort_by_key(|range| range.first);
    ranges.shrink_to_fit();
    match ranges.windows(2).find(|pair| pair[1].first <= pair[0].last) {
        Some(pair) => {
            let (a, b) = (pair[0].line, pair[1].line);
            Err(LineFault::Overlap(a.min(b)).at(a.max(b)))
        }
        None => Ok(()),
    }
}

//! Building the frames a puppet sends (RFC 791, 792, 4443, 4884). Pure.

use std::net::IpAddr;

use super::script::{Answer, Flaw, IcmpError};
use crate::frame::{ETHERNET, ICMP, ICMPV6, Packet, TCP, UDP, checksum, seal_icmp};

/// Length of an ICMP header, and of an echo's before its payload.
const HEADER: usize = 8;
/// What a quote is padded to before extensions (RFC 4884, section 5).
const PADDED_QUOTE: usize = 128;
/// Length of the two ports with which UDP and TCP headers begin.
const PORTS: usize = 4;
/// The time to live of what is sent.
const TTL: u8 = 64;

/// The frames that answer a request, to be sent at once or together later.
pub(super) fn frames(request: &[u8], packet: &Packet, answer: &Answer) -> Vec<Vec<u8>> {
    let one = |message: Vec<u8>| frame(request, packet, packet.dst, message);
    let echo = || echo_reply(packet);
    match answer {
        Answer::Silent => Vec::new(),
        Answer::Echo | Answer::Delayed(_) => vec![one(echo())],
        Answer::Twice | Answer::LateTwice(_) | Answer::Again(_) => vec![one(echo()); 2],
        Answer::Truncated(len) => {
            let mut message = echo();
            message.truncate(HEADER + len);
            vec![one(message)]
        }
        Answer::Overlong(len) => {
            let mut message = echo();
            message.extend((0..*len).map(|number| number as u8));
            vec![one(message)]
        }
        Answer::FromAddress(from) => vec![frame(request, packet, *from, echo())],
        Answer::BadChecksum => {
            vec![with_bad_checksum(one(echo()), packet.body().len())]
        }
        Answer::WrongPayload { offset } => {
            let mut message = echo();
            if let Some(byte) = message.get_mut(HEADER + offset) {
                *byte ^= 0xff;
            }
            vec![one(message)]
        }
        Answer::ForgedToken => {
            let mut message = echo();
            message[HEADER..].iter_mut().for_each(|byte| *byte ^= 0xff);
            vec![one(message)]
        }
        Answer::IcmpError(error) => {
            let message = error_message(packet, error);
            let len = message.len();
            let bytes = frame(request, packet, error.from.unwrap_or(packet.dst), message);
            let is_bad = error.flaw == Some(Flaw::BadChecksum);
            vec![if is_bad { with_bad_checksum(bytes, len) } else { bytes }]
        }
    }
}

fn echo_reply(packet: &Packet) -> Vec<u8> {
    let mut message = packet.body().to_vec();
    message[0] = if packet.dst.is_ipv4() { 0 } else { 129 };
    message
}

/// A frame that ends with an ICMP message of this length.
fn with_bad_checksum(mut frame: Vec<u8>, len: usize) -> Vec<u8> {
    let at = frame.len() - len + 2;
    frame[at] ^= 0xff;
    frame
}

/// The quote as the error's flaw has it.
fn quote(packet: &Packet, error: &IcmpError) -> Vec<u8> {
    let len = packet.bytes.len().min(packet.transport.saturating_add(error.quote));
    let mut quote = packet.bytes[..len].to_vec();
    match error.flaw {
        Some(Flaw::StrangersQuote) => {
            // The last octet of either address.
            let last = if packet.dst.is_ipv4() { [15, 19] } else { [23, 39] };
            for at in last {
                quote[at] ^= 0x55;
            }
        }
        Some(Flaw::ForgedQuote) => {
            let known = if matches!(packet.protocol, ICMP | ICMPV6) { HEADER } else { PORTS };
            quote.iter_mut().skip(packet.transport + known).for_each(|byte| *byte ^= 0xff);
        }
        Some(Flaw::TranslatedChecksum) => translate_checksum(packet, &mut quote),
        _ => {}
    }
    quote
}

/// The checksum of a quoted UDP or TCP header becomes that of a packet from another address.
fn translate_checksum(packet: &Packet, quote: &mut [u8]) {
    /// By how much the sum of the other address is larger.
    const MORE: u16 = 0x0102;
    let at = packet.transport
        + match packet.protocol {
            UDP => 6,
            TCP => 16,
            // ICMP has no address in its checksum, and ICMPv6 is translated whole.
            _ => return,
        };
    if let Some(&[high, low]) = quote.get(at..at + 2) {
        let (sum, carry) = (!u16::from_be_bytes([high, low])).overflowing_add(MORE);
        quote[at..at + 2].copy_from_slice(&(!(sum + u16::from(carry))).to_be_bytes());
    }
}

fn error_message(packet: &Packet, error: &IcmpError) -> Vec<u8> {
    let mut message = vec![error.kind, error.code, 0, 0];
    message.extend_from_slice(&error.info.to_be_bytes());
    message.extend_from_slice(&quote(packet, error));
    if error.extensions.is_empty() {
        return message;
    }
    message.resize((HEADER + PADDED_QUOTE).max(message.len()), 0);
    message.truncate(HEADER + PADDED_QUOTE);
    // The quote's length: in words of 32 bits in ICMP's sixth byte, of 64 bits in ICMPv6's fifth.
    let (at, word) = if packet.dst.is_ipv4() { (5, 4) } else { (4, 8) };
    if error.flaw != Some(Flaw::NoLength) {
        message[at] = (PADDED_QUOTE / word) as u8;
    }
    let version = [0x20, 0];
    let spoilt = if error.flaw == Some(Flaw::BadExtensionChecksum) { 0xffff } else { 0 };
    let sum = checksum(&[&version, &[0, 0], &error.extensions]) ^ spoilt;
    message.extend_from_slice(&version);
    message.extend_from_slice(&sum.to_be_bytes());
    message.extend_from_slice(&error.extensions);
    message
}

/// Wraps an ICMP message for the sender of a request, with the right checksums.
fn frame(request: &[u8], packet: &Packet, from: IpAddr, mut message: Vec<u8>) -> Vec<u8> {
    seal_icmp(from, packet.src, &mut message);
    let mut frame = Vec::with_capacity(ETHERNET + 40 + message.len());
    frame.extend_from_slice(&request[6..12]);
    frame.extend_from_slice(&request[..6]);
    frame.extend_from_slice(&request[12..14]);
    match (from, packet.src) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let total = (20 + message.len()) as u16;
            let mut header = vec![0x45, 0];
            header.extend_from_slice(&total.to_be_bytes());
            header.extend_from_slice(&[0, 0, 0, 0, TTL, ICMP, 0, 0]);
            header.extend_from_slice(&from.octets());
            header.extend_from_slice(&to.octets());
            let sum = checksum(&[&header]);
            header[10..12].copy_from_slice(&sum.to_be_bytes());
            frame.extend_from_slice(&header);
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            frame.extend_from_slice(&[0x60, 0, 0, 0]);
            frame.extend_from_slice(&(message.len() as u16).to_be_bytes());
            frame.extend_from_slice(&[ICMPV6, TTL]);
            frame.extend_from_slice(&from.octets());
            frame.extend_from_slice(&to.octets());
        }
        // A script that mixes families has no frame; the puppet refuses it before it comes here.
        _ => return Vec::new(),
    }
    frame.extend_from_slice(&message);
    frame
}

#[cfg(test)]
mod tests;

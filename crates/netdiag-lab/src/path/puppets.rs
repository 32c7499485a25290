//! Routers that answer as no kernel does: truncated quotes, labels, wrong checksums, forgeries.
//!
//! Behind each such router the path goes on through real kernels.

use std::net::IpAddr;

use super::road::{EVERYTHING, Road};
use super::{Family, Scene, Staged, path};
use crate::error::Result;
use crate::responder::{Flaw, IcmpError};

/// The router that is a puppet.
const AT: u8 = 2;
/// Routers on the way.
const ROUTERS: usize = 4;

pub(super) const SCENES: &[Scene] = &[
    path(
        "quotes-of-eight-octets",
        "The second and third of four routers quote 8 octets behind the IP header.",
        |family| {
            let road = Road::chain(family, ROUTERS)?;
            road.puppet(AT, |error| error.quote(8))?.puppet(AT + 1, |error| error.quote(8))?.ready()
        },
    )
    .by_rules(),
    path(
        "quotes-of-four-octets",
        "The second of four routers quotes 4 octets behind the IP header: too few.",
        |family| unheard(family, |error| error.quote(4)),
    )
    .by_rules(),
    path("full-quotes", "The second of four routers quotes everything.", |family| {
        Road::chain(family, ROUTERS)?.puppet(AT, |error| error.quote(EVERYTHING))?.ready()
    })
    .by_rules(),
    path(
        "labelled-tunnel",
        "The second to fourth of five routers tell their MPLS labels (RFC 4950).",
        |family| {
            let mut road = Road::chain(family, 5)?;
            for (ttl, labels) in
                [(2, &[(16_001, 0, 1)][..]), (3, &[(16_002, 3, 1), (24_007, 0, 2)]), (4, &[(3, 0, 1)])]
            {
                road = extended(road, ttl, label_stack(labels))?;
            }
            road.ready()
        },
    )
    .by_rules(),
    path(
        "labels-without-a-length",
        "The second of four routers tells labels and not where the quote ends.",
        |family| {
            let objects = label_stack(&[(16_001, 0, 1)]);
            let told = objects.clone();
            let mut road = Road::chain(family, ROUTERS)?
                .puppet(AT, |error| error.quote(EVERYTHING).extensions(told).with_flaw(Flaw::NoLength))?;
            road.truth.extensions.push((AT, objects));
            road.ready()
        },
    )
    .by_rules(),
    path(
        "interface-told",
        "The second of four routers tells of the interface that packets came in by (RFC 5837).",
        |family| {
            let road = Road::chain(family, ROUTERS)?;
            let objects = interface(road.router(AT)?, "eth0/1", 1500);
            extended(road, AT, objects)?.ready()
        },
    )
    .by_rules(),
    path(
        "unknown-extension",
        "The second of four routers sends an extension object of a class that nobody knows.",
        |family| {
            extended(Road::chain(family, ROUTERS)?, AT, object(0xf7, 1, &[0xde, 0xad, 0xbe, 0xef]))?.ready()
        },
    )
    .by_rules(),
    path(
        "extension-with-bad-checksum",
        "The second of four routers tells labels, and their checksum is wrong.",
        |family| {
            let objects = label_stack(&[(16_001, 0, 1)]);
            Road::chain(family, ROUTERS)?
                .puppet(AT, |error| {
                    error.quote(EVERYTHING).extensions(objects).with_flaw(Flaw::BadExtensionChecksum)
                })?
                .ready()
        },
    )
    .by_rules(),
    path("wrong-checksums", "The messages of the second of four routers have wrong checksums.", |family| {
        unheard(family, |error| error.quote(EVERYTHING).with_flaw(Flaw::BadChecksum))
    })
    .by_rules(),
    path("quotes-of-strangers", "The second of four routers quotes packets of somebody else.", |family| {
        unheard(family, |error| error.quote(EVERYTHING).with_flaw(Flaw::StrangersQuote))
    })
    .by_rules(),
    path(
        "forged-messages",
        "Somebody who has not seen the probes forges messages of the second router.",
        |family| unheard(family, |error| error.quote(EVERYTHING).with_flaw(Flaw::ForgedQuote)),
    )
    .by_rules(),
    path(
        "forgeries-beside-answers",
        "Beside each answer of the second router a forged one comes from elsewhere.",
        |family| {
            let v4 = IpAddr::from([10, 77, 200, 1]);
            let elsewhere = family.pick(v4, std::net::Ipv6Addr::new(0xfd77, 0, 0, 200, 0, 0, 0, 1).into());
            Road::chain(family, ROUTERS)?
                .second_voice(AT, |error| {
                    error.from(elsewhere).quote(EVERYTHING).with_flaw(Flaw::ForgedQuote)
                })?
                .ready()
        },
    ),
];

/// The second router says something that must not count.
fn unheard(family: Family, dress: impl FnOnce(IcmpError) -> IcmpError) -> Result<Staged> {
    let mut road = Road::chain(family, ROUTERS)?.puppet(AT, dress)?;
    road.nobody(AT);
    road.ready()
}

/// A router tells these objects.
fn extended(road: Road, ttl: u8, objects: Vec<u8>) -> Result<Road> {
    let told = objects.clone();
    let mut road = road.puppet(ttl, |error| error.quote(EVERYTHING).extensions(told))?;
    road.truth.extensions.push((ttl, objects));
    Ok(road)
}

/// An extension object (RFC 4884, section 7.1).
fn object(class: u8, kind: u8, payload: &[u8]) -> Vec<u8> {
    let len = (payload.len() + 4) as u16;
    [&len.to_be_bytes()[..], &[class, kind], payload].concat()
}

/// A stack of labels, each with its traffic class and TTL (RFC 4950).
fn label_stack(labels: &[(u32, u32, u32)]) -> Vec<u8> {
    let bottom = labels.len().saturating_sub(1);
    let entries = labels.iter().enumerate().flat_map(|(at, (label, class, ttl))| {
        (label << 12 | class << 9 | u32::from(at == bottom) << 8 | ttl).to_be_bytes()
    });
    object(1, 1, &entries.collect::<Vec<_>>())
}

/// The interface by which a packet came in: index, address, name and MTU (RFC 5837).
fn interface(address: IpAddr, name: &str, mtu: u32) -> Vec<u8> {
    const ALL: u8 = 0x0f;
    let mut payload = 7_u32.to_be_bytes().to_vec();
    match address {
        IpAddr::V4(address) => payload.extend([&[0, 1, 0, 0][..], &address.octets()].concat()),
        IpAddr::V6(address) => payload.extend([&[0, 2, 0, 0][..], &address.octets()].concat()),
    }
    let len = (name.len() + 1).next_multiple_of(4);
    payload.push(len as u8);
    payload.extend_from_slice(name.as_bytes());
    payload.resize(payload.len() + len - 1 - name.len(), 0);
    payload.extend_from_slice(&mtu.to_be_bytes());
    object(2, ALL, &payload)
}

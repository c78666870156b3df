//! Which addresses may be connected to: a subscriber's name must not lead into our own network.
//!
//! The check sits in the resolver, so the addresses that were checked are the very ones connected to: a name that
//! answers differently the second time gains nothing. An address written in the URL itself passes no resolver and is
//! checked before the request. *Invariant:* one address that is not public condemns the whole answer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Why a connection was not tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the host is at an address that is not public: set allow_private if it is meant to be")]
pub(crate) struct PrivateAddress;

/// Whether `address` is reachable from anywhere, by the IANA special-purpose registries (RFC 6890, updated 2025).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match a {
        // This network, private use, loopback, multicast, reserved and broadcast.
        0 | 10 | 127 | 224.. => true,
        100 => (64..128).contains(&b),
        169 => b == 254,
        172 => (16..32).contains(&b),
        // Protocol assignments, documentation, the old 6to4 relays, private use.
        192 => matches!((b, c), (0, 0 | 2) | (88, 99) | (168, _)),
        // Benchmarks, documentation.
        198 => matches!(b, 18 | 19) || (b, c) == (51, 100),
        203 => (b, c) == (0, 113),
        _ => false,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    if let Some(inner) = embedded_v4(address) {
        return is_public_v4(inner);
    }
    let global_unicast = a & 0xe000 == 0x2000;
    // Protocol assignments and Teredo, documentation, 6to4.
    let special = (a == 0x2001 && (b < 0x200 || b == 0xdb8)) || (a == 0x3fff && b < 0x1000) || a == 0x2002;
    global_unicast && !special
}

/// The IPv4 address that an IPv6 one stands for: mapped (RFC 4291) or translated (RFC 6052, 64:ff9b::/96).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let [.., high, low] = segments;
    let translated = segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    let inner = Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    address.to_ipv4_mapped().or_else(|| translated.then_some(inner))
}

/// Refuses a URL whose host is itself an address that is not public.
pub(crate) fn check_literal(url: &Url) -> Result<(), PrivateAddress> {
    // IPv6 stands in brackets in a URL.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        Ok(address) if !is_public(address) => Err(PrivateAddress),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn check_all(addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, PrivateAddress> {
    if addresses.iter().all(|address| is_public(address.ip())) { Ok(addresses) } else { Err(PrivateAddress) }
}

/// The system's resolver, with every answer checked.
pub(crate) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The port is put in by the caller.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let addresses: Addrs = Box::new(check_all(found)?.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_not_public() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn ordinary_addresses_are_public() {
        for address in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.169.0.1",
            "198.20.0.1",
            "203.0.114.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn every_spelling_of_loopback_in_a_url_is_seen() {
        for url in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://017700000001/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]:8443/",
        ] {
            assert_eq!(check_literal(&Url::parse(url).unwrap()), Err(PrivateAddress), "{url}");
        }
        for url in ["https://1.1.1.1/", "https://cbs.example/", "https://[2606:4700::1111]/"] {
            assert_eq!(check_literal(&Url::parse(url).unwrap()), Ok(()), "{url}");
        }
    }

    #[test]
    fn one_private_address_condemns_the_answer() {
        let public: SocketAddr = "1.1.1.1:0".parse().unwrap();
        let private: SocketAddr = "10.0.0.1:0".parse().unwrap();
        assert_eq!(check_all(vec![public]), Ok(vec![public]));
        assert_eq!(check_all(vec![public, private]), Err(PrivateAddress));
    }
}

//! Where a request comes from, for limits on how often.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// A network of addresses, or one alone: `172.18.0.0/16`, `10.0.0.5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    fn holds(self, address: IpAddr) -> bool {
        let differ = match (self.address, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => u128::from(a.to_bits() ^ b.to_bits()) << 96,
            (IpAddr::V6(a), IpAddr::V6(b)) => a.to_bits() ^ b.to_bits(),
            _ => return false,
        };
        differ.leading_zeros() >= self.bits
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, bits) = text.trim().split_once('/').map_or((text.trim(), None), |(a, b)| (a, Some(b)));
        let read = || {
            let address: IpAddr = address.parse().ok()?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.map_or(Some(most), |b| b.parse().ok())?;
            (bits <= most).then_some(Self { address, bits })
        };
        read().ok_or_else(|| format!("“{text}” 不是地址或网段，例如 172.18.0.0/16 · not an address or network"))
    }
}

/// The other end of a connection.
#[derive(Clone, Copy)]
pub(crate) struct Peer {
    address: IpAddr,
    /// What it says of whom it passes on is believed.
    proxy: bool,
}

impl Peer {
    /// A peer, of which programs on this machine and those of some networks are proxies.
    pub(crate) fn new(address: IpAddr, proxies: &[Network]) -> Self {
        let address = address.to_canonical();
        Self { address, proxy: address.is_loopback() || proxies.iter().any(|n| n.holds(address)) }
    }
}

/// Who sends, as far as limits tell senders apart: an IPv4 address, or the /64 network of an IPv6 address, which is
/// what one household or telephone is given.
pub(crate) struct Sender(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(counted(parts.extensions.get::<Peer>().copied(), &parts.headers)))
    }
}

/// The name a sender is counted by. What is forwarded is believed from a proxy alone, and of that the last address only:
/// the others are the sender's own words.
fn counted(peer: Option<Peer>, headers: &HeaderMap) -> String {
    let forwarded = || {
        let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let forwarded = if peer.is_none_or(|p| p.proxy) { forwarded() } else { None };
    match forwarded.map(|a| a.to_canonical()).or(peer.map(|p| p.address)) {
        Some(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Some(v4) => v4.to_string(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_counted_by_the_address_that_can_be_believed() {
        let proxies = ["172.18.0.0/16", "fd00::7"].map(|n| n.parse::<Network>().unwrap());
        for (peer, forwarded, expected) in [
            ("203.0.113.7", &[][..], "203.0.113.7"),
            ("203.0.113.7", &["198.51.100.1"], "203.0.113.7"),
            ("::ffff:203.0.113.7", &[], "203.0.113.7"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("::1", &["10.0.0.1, 198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["10.0.0.1", "198.51.100.2"], "198.51.100.2"),
            ("127.0.0.1", &["not an address"], "127.0.0.1"),
            ("2001:db8:1:2:3:4:5:6", &[], "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::9", &[], "2001:db8:1:2::/64"),
            ("172.18.0.9", &["198.51.100.3"], "198.51.100.3"),
            ("172.19.0.9", &["198.51.100.3"], "172.19.0.9"),
            ("::ffff:172.18.0.9", &["::ffff:198.51.100.3"], "198.51.100.3"),
            ("fd00::7", &["198.51.100.3"], "198.51.100.3"),
        ] {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let peer = Peer::new(peer.parse().unwrap(), &proxies);
            assert_eq!(counted(Some(peer), &headers), expected, "{} {forwarded:?}", peer.address);
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for wrong in ["", "x", "10.0.0.0/33", "10.0.0.0/x", "::/129", "10.0.0"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}

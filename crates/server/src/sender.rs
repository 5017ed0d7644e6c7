//! Where a request comes from, for limits on how often.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr};

/// The other end of a connection.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub IpAddr);

/// Who sends, as far as limits tell senders apart: an IPv4 address, or the /64 network of an IPv6 address, which is
/// what one household or telephone is given.
pub(crate) struct Sender(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<Peer>().map(|p| p.0);
        Ok(Self(counted(peer, &parts.headers)))
    }
}

/// The name a sender is counted by. What is forwarded is believed from a program on this machine alone, and of that
/// the last address only: the others are the sender's own words.
fn counted(peer: Option<IpAddr>, headers: &HeaderMap) -> String {
    let peer = peer.map(|p| p.to_canonical());
    let forwarded = || {
        let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let near = peer.is_none_or(|p| p.is_loopback());
    match if near { forwarded().or(peer) } else { peer }.map(|p| p.to_canonical()) {
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
        ] {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            assert_eq!(counted(Some(peer.parse().unwrap()), &headers), expected, "{peer} {forwarded:?}");
        }
    }
}

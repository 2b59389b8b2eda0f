//! The protocol that a server speaks, found out after a request to it has failed.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

/// The time for one question and the first bytes of the response.
const PATIENCE: Duration = Duration::from_secs(1);

/// The content types of a TLS record: alert and handshake.
const TLS_RECORDS: [u8; 2] = [21, 22];

/// A protocol that is recognized by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Tls,
    Http,
    Ssh,
    /// SMTP and FTP greet alike.
    Mail,
}

/// Asks a server in TLS, and if it does not respond in HTTP.
pub(super) async fn protocol_of(url: &Url) -> Option<Protocol> {
    let host = url.host_str()?;
    let hello = client_hello(host.trim_matches(['[', ']']))?;
    let head = format!("HEAD / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    for question in [hello, head.into_bytes()] {
        let asked = timeout(PATIENCE, first_bytes(url, &question)).await;
        let protocol = asked.ok().flatten().and_then(|bytes| recognize(&bytes));
        if protocol.is_some() {
            return protocol;
        }
    }
    None
}

async fn first_bytes(url: &Url, question: &[u8]) -> Option<Vec<u8>> {
    let host = url.host_str()?.trim_matches(['[', ']']);
    let mut stream = TcpStream::connect((host, url.port_or_known_default()?)).await.ok()?;
    stream.write_all(question).await.ok()?;
    let mut bytes = Vec::new();
    while bytes.len() < 5 && stream.read_buf(&mut bytes).await.ok()? > 0 {}
    Some(bytes)
}

fn recognize(bytes: &[u8]) -> Option<Protocol> {
    match bytes {
        [record, 3, ..] if TLS_RECORDS.contains(record) => Some(Protocol::Tls),
        [b'H', b'T', b'T', b'P', b'/', ..] => Some(Protocol::Http),
        [b'S', b'S', b'H', b'-', ..] => Some(Protocol::Ssh),
        [b'2', b'2', b'0', b' ' | b'-', ..] => Some(Protocol::Mail),
        _ => None,
    }
}

/// The first message of a TLS client.
fn client_hello(host: &str) -> Option<Vec<u8>> {
    let config = ClientConfig::builder()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).ok()?;
    let mut hello = Vec::new();
    ClientConnection::new(Arc::new(config), name).ok()?.write_tls(&mut hello).ok()?;
    Some(hello)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_recognized_by_their_first_bytes() {
        assert_eq!(recognize(b"SSH-2.0-OpenSSH_9.6\r\n"), Some(Protocol::Ssh));
        assert_eq!(recognize(b"HTTP/1.1 400 Bad Request"), Some(Protocol::Http));
        assert_eq!(recognize(&[21, 3, 1, 0, 2, 2, 70]), Some(Protocol::Tls));
        assert_eq!(recognize(&[22, 3, 3, 0, 122]), Some(Protocol::Tls));
        assert_eq!(recognize(b"220 mail.example.com ESMTP"), Some(Protocol::Mail));
        assert_eq!(recognize(b"hello"), None);
        assert_eq!(recognize(b""), None);
    }

    #[test]
    fn the_first_message_is_a_handshake_record() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        for host in ["localhost", "127.0.0.1", "::1"] {
            let hello = client_hello(host).unwrap_or_default();
            assert!(hello.starts_with(&[22, 3]), "{host}: {hello:?}");
        }
    }
}

//! A server behind a wire that is listened to.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use online_contact_tests::adapters::{Serving, Setup};
use online_contact_tests::{Adapter, Need, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// The bytes that the server sent over each connection.
type Wires = Arc<Mutex<Vec<Vec<u8>>>>;

/// An adapter, all of whose answers are kept.
pub(crate) struct Tapped<'a> {
    adapter: &'a dyn Adapter,
    wires: Wires,
}

impl<'a> Tapped<'a> {
    pub(crate) fn around(adapter: &'a dyn Adapter) -> Self {
        Self { adapter, wires: Wires::default() }
    }

    /// All that was answered: as it was on the wire, and what HTTP/2 and gRPC had encoded.
    pub(crate) fn answers(&self) -> Vec<u8> {
        let wires = self.wires.lock().unwrap();
        wires.iter().flat_map(|wire| [wire.clone(), decoded(wire)].concat()).collect()
    }
}

impl Adapter for Tapped<'_> {
    fn name(&self) -> &'static str {
        self.adapter.name()
    }

    fn lacks(&self) -> &'static [(Need, &'static str)] {
        self.adapter.lacks()
    }

    fn serve(&self, listener: TcpListener, setup: Setup) -> Result<Serving> {
        let behind = std::net::TcpListener::bind("127.0.0.1:0")?;
        behind.set_nonblocking(true)?;
        let address = behind.local_addr()?;
        let serving = self.adapter.serve(TcpListener::from_std(behind)?, setup)?;
        let wires = Arc::clone(&self.wires);
        Ok(Box::pin(async move {
            let tapping = async {
                while let Ok((client, _)) = listener.accept().await {
                    let wires = Arc::clone(&wires);
                    tokio::task::spawn_local(async move {
                        let server = TcpStream::connect(address).await.expect("it listens");
                        carry(client, server, wires).await;
                    });
                }
            };
            tokio::select! {
                () = serving => {}
                () = tapping => {}
            }
        }))
    }
}

/// Carries bytes both ways, and whatever ends them: a half-closed side as such, a reset as a reset.
async fn carry(client: TcpStream, server: TcpStream, wires: Wires) {
    for stream in [&client, &server] {
        stream.set_nodelay(true).expect("a socket");
        stream.set_zero_linger().expect("a socket");
    }
    let wire = {
        let mut wires = wires.lock().unwrap();
        wires.push(Vec::new());
        wires.len() - 1
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let there = copy(from_client, to_server, |_| ());
    let back = copy(from_server, to_client, |bytes| wires.lock().unwrap()[wire].extend(bytes));
    // Where one way breaks, the other is given up; both sides are reset as they are dropped.
    let _ = tokio::try_join!(there, back);
}

async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    tap: impl Fn(&[u8]),
) -> io::Result<()> {
    let mut bytes = vec![0; 65_536];
    loop {
        let read = from.read(&mut bytes).await?;
        tap(&bytes[..read]);
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(&bytes[..read]).await?;
    }
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

/// Returns the content of HTTP/2 frames: the headers as lines, and the bodies without frames.
fn decoded(wire: &[u8]) -> Vec<u8> {
    if wire.starts_with(b"HTTP/1") {
        return Vec::new();
    }
    let (mut lines, mut block) = (Vec::new(), Vec::new());
    let mut bodies = BTreeMap::<u32, Vec<u8>>::new();
    let mut headers = loona_hpack::Decoder::new();
    for (kind, flags, stream, payload) in frames(wire) {
        match kind {
            DATA => bodies.entry(stream).or_default().extend(payload),
            HEADERS | CONTINUATION => block.extend_from_slice(payload),
            _ => continue,
        }
        if kind != DATA && flags & END_HEADERS != 0 {
            for (name, value) in headers.decode(&block).expect("headers") {
                lines.extend([&name[..], b": ", &value, b"\n"].concat());
                if name.ends_with(b"-bin") {
                    lines.extend(STANDARD_NO_PAD.decode(&value).expect("base64"));
                }
            }
            block.clear();
        }
    }
    lines.extend(bodies.into_values().flatten());
    lines
}

/// Kind, flags, stream and payload of each frame. The servers under test neither pad nor prioritize.
fn frames(mut wire: &[u8]) -> Vec<(u8, u8, u32, &[u8])> {
    let mut frames = Vec::new();
    while let Some((head, rest)) = wire.split_first_chunk::<9>() {
        let [a, b, c, kind, flags, stream @ ..] = *head;
        let length = usize::try_from(u32::from_be_bytes([0, a, b, c])).unwrap();
        // The connection may have ended in mid-frame.
        let (payload, rest) = rest.split_at(length.min(rest.len()));
        frames.push((kind, flags, u32::from_be_bytes(stream), payload));
        wire = rest;
    }
    frames
}

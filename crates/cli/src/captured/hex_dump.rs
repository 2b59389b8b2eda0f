//! Hex dumps of packets: `tcpdump -X`, Wireshark, `xxd`.

use super::{Capture, Recognized, http1};
use crate::text::number;

/// Reads lines of an offset and bytes in hexadecimal. An offset of zero begins a packet.
pub(super) fn read(capture: &Capture<'_>) -> Recognized {
    let mut packets: Vec<Vec<u8>> = Vec::new();
    for (offset, bytes) in capture.text.lines().filter_map(line) {
        if offset == 0 {
            packets.push(Vec::new());
        }
        if let Some(packet) = packets.last_mut() {
            packet.extend_from_slice(&bytes);
        }
    }
    let sent: Vec<u8> = packets.iter().flat_map(|packet| payload(packet)).copied().collect();
    let start = sent.windows(5).position(|five| five == b"POST " || five == b"GET /")?;
    let sent = sent.get(start..)?;
    http1::looks_like_it(sent).then(|| http1::parse(sent))
}

/// `0x0010:  4500 0124 …  text` or `00000010: 4500 …  text` or `0010   45 00 …   text`
fn line(line: &str) -> Option<(u64, Vec<u8>)> {
    let line = line.trim_start();
    let (offset, rest) = line.split_once([':', ' '])?;
    let digits = offset.strip_prefix("0x").unwrap_or(offset);
    let offset = number(digits, 16).filter(|_| digits.len() >= 4)?;
    let rest = rest.trim_start_matches(':').trim_start();
    // The text follows two blanks or more; Wireshark has two after eight bytes as well.
    let mut hex = String::new();
    let mut blanks = 0;
    for word in rest.split(' ') {
        if word.is_empty() {
            blanks += 1;
            continue;
        }
        let is_hex = matches!(word.len(), 2 | 4) && word.bytes().all(|it| it.is_ascii_hexdigit());
        if !is_hex || hex.len() >= 32 || (blanks > 0 && hex.len() != 16) {
            break;
        }
        blanks = 0;
        hex.push_str(word);
    }
    let bytes = hex::decode(hex).ok().filter(|bytes| !bytes.is_empty())?;
    Some((offset, bytes))
}

/// The data of a frame of Ethernet are at least this long.
const SHORTEST_ETHERNET: usize = 46;

/// The bytes after the headers of Ethernet, IPv4 or IPv6, and TCP, where the packet begins with them.
fn payload(packet: &[u8]) -> &[u8] {
    let ethernet = matches!(packet.get(12..14), Some([0x08, 0x00] | [0x86, 0xdd]));
    let ip = packet.get(if ethernet { 14 } else { 0 }..).unwrap_or_default();
    let tcp = match ip.first().map(|first| first >> 4) {
        Some(4) => {
            let header = usize::from(ip.first().map_or(0, |first| first & 15)) * 4;
            let total = ip
                .get(2..4)
                .map_or(0, |it| it.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)));
            // Ethernet fills up short packets, and some dumps have another length than they say.
            let padded = ip.len() <= SHORTEST_ETHERNET && total < ip.len();
            ip.get(header..if padded { total } else { ip.len() })
        }
        Some(6) => ip.get(40..),
        _ => None,
    };
    let Some(tcp) = tcp.filter(|tcp| tcp.len() >= 20) else { return packet };
    let header = usize::from(tcp.get(12).map_or(0, |offset| offset >> 4)) * 4;
    match tcp.get(header..) {
        Some(data) if header >= 20 => data,
        // The header was made up or cut off: the request line is found by itself.
        _ => packet,
    }
}

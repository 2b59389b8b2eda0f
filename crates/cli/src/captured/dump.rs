//! Dumps of what a tool sends: `curl -v` and `curl --trace` (also Insomnia's timeline, which is made of
//! it), logs that quote what is written to the socket, and hex dumps of packets (`tcpdump -X`,
//! Wireshark, `xxd`).

use super::error::CaptureError;
use super::http1;
use super::request::{Capture, CapturedRequest, Recognized, split_line};
use crate::text::number;

/// Reads a capture with a request line after `> `. What stands before it differs: a note that an option
/// was not needed, a progress meter, the connection.
pub(super) fn read_verbose(capture: &Capture<'_>) -> Recognized {
    let bytes = capture.bytes;
    lines(bytes)
        .any(|line| line.strip_prefix(b"> ").is_some_and(http1::looks_like_it))
        .then(|| parse_verbose(bytes))
}

/// The last request that has the signed headers, or else the first: with redirects there are several.
fn parse_verbose(capture: &[u8]) -> Result<CapturedRequest, CaptureError> {
    let heads = heads(capture);
    let requests: Result<Vec<_>, _> = heads.iter().map(|head| parse_one(head)).collect();
    let mut requests = requests?;
    let picked = requests.iter().rposition(CapturedRequest::is_signed).unwrap_or(0);
    if picked >= requests.len() {
        return Err(CaptureError::NotARequest);
    }
    let mut request = requests.swap_remove(picked);
    request.scheme = capture_scheme(capture);
    let body = timeline_body(capture);
    if !body.is_empty() {
        request.set_body(&body);
    }
    Ok(request)
}

/// curl prints no body after `> `, but a mail that quotes a request has it there.
fn parse_one(head: &[u8]) -> Result<CapturedRequest, CaptureError> {
    let (mut request, rest) = http1::parse_head(head)?;
    if !rest.trim_ascii().is_empty() {
        request.set_body(rest);
    }
    Ok(request)
}

/// Insomnia prints the body after `| `.
fn timeline_body(capture: &[u8]) -> Vec<u8> {
    let lines: Vec<_> = lines(capture).filter_map(|line| line.strip_prefix(b"| ")).collect();
    lines.join(&b'\n')
}

fn lines(capture: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = capture;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (line, next) = split_line(rest);
        rest = next;
        Some(line)
    })
}

/// Each head with its `> ` removed. An empty line or the next request line ends it.
fn heads(capture: &[u8]) -> Vec<Vec<u8>> {
    let mut heads: Vec<Vec<u8>> = Vec::new();
    for line in lines(capture).filter_map(|line| line.strip_prefix(b">")) {
        let line = line.strip_prefix(b" ").unwrap_or(line);
        if http1::looks_like_it(line) {
            heads.push(Vec::new());
        }
        if let Some(head) = heads.last_mut() {
            head.extend_from_slice(line);
            head.extend_from_slice(b"\r\n");
        }
    }
    heads
}

/// curl reports the handshake where there is one.
fn capture_scheme(capture: &[u8]) -> Option<String> {
    let tls = [&b"SSL connection using"[..], b"TLS handshake"];
    let is_tls = tls.iter().any(|words| capture.windows(words.len()).any(|part| part == *words));
    is_tls.then(|| "https".to_owned())
}

/// Reads the output of `--trace-ascii` or `--trace`.
pub(super) fn read_trace(capture: &Capture<'_>) -> Recognized {
    if !capture.text.contains("=> Send header") {
        return None;
    }
    let mut trace = Trace::default();
    capture.text.lines().for_each(|line| trace.line(line));
    let mut read = http1::parse(&trace.sent);
    if let Ok(request) = &mut read {
        request.scheme = capture_scheme(capture.bytes);
        let body = request.body.as_deref().unwrap_or_default();
        if trace.is_text && body.contains(&b'.') {
            request.source.remark(
                "--trace-ascii prints a dot for each byte beyond ASCII; --trace keeps the bytes.",
                "--trace-ascii는 ASCII가 아닌 바이트를 점으로 출력합니다. --trace는 바이트를 보존합니다.",
            );
        }
    }
    Some(read)
}

/// The bytes that a trace says were sent.
#[derive(Default)]
struct Trace {
    sent: Vec<u8>,
    sending: bool,
    is_text: bool,
    /// The place in the block where the next line is expected.
    expected: usize,
}

impl Trace {
    fn line(&mut self, line: &str) {
        // With --trace-time a clock stands before it.
        let start = line.find("=> ").or_else(|| line.find("<= ")).or_else(|| line.find("== "));
        if let Some(block) = start.filter(|at| *at < 24).and_then(|at| line.get(at..)) {
            self.sending = block.starts_with("=> Send header") || block.starts_with("=> Send data");
            self.expected = 0;
            return;
        }
        let numbered = line.split_once(": ").or_else(|| line.split_once(':'));
        let Some((offset, text)) = numbered.filter(|_| self.sending) else { return };
        let offset = number(offset.trim(), 16).and_then(|it| usize::try_from(it).ok());
        let Some(offset) = offset else { return };
        // Line ends are not printed, but counted.
        match offset.checked_sub(self.expected) {
            Some(1) => self.sent.push(b'\n'),
            Some(2) => self.sent.extend_from_slice(b"\r\n"),
            _ => {}
        }
        let bytes = hex_line(text);
        self.is_text |= bytes.is_none();
        let bytes = bytes.unwrap_or_else(|| text.as_bytes().to_vec());
        self.expected = offset.saturating_add(bytes.len());
        self.sent.extend_from_slice(&bytes);
        // The empty line of a head is its last one, so nothing counts its end.
        if text.is_empty() && !self.sent.ends_with(b"\r\n\r\n") {
            self.sent.extend_from_slice(b"\r\n");
        }
    }
}

/// `50 4f 53 54  POST`
fn hex_line(text: &str) -> Option<Vec<u8>> {
    let is_pair = |pair: &&str| pair.len() == 2 && pair.bytes().all(|it| it.is_ascii_hexdigit());
    let pairs: Vec<_> =
        text.get(..48.min(text.len()))?.split(' ').take(16).take_while(is_pair).collect();
    let aligned = text.len() > 48 && pairs.len() == 16
        || (pairs.len() < 16
            && !pairs.is_empty()
            && text.get(pairs.len() * 3..48).is_some_and(|gap| gap.trim().is_empty()));
    aligned.then(|| hex::decode(pairs.concat()).ok()).flatten()
}

/// Reads `>> "POST /path HTTP/1.1[\r][\n]"`.
pub(super) fn read_java(capture: &Capture<'_>) -> Recognized {
    let mut sent = Vec::new();
    for line in capture.text.lines() {
        let Some((_, quoted)) = line.split_once(">> \"") else { continue };
        let Some(inner) = quoted.trim_end().strip_suffix('"') else { continue };
        unescape_java(inner, &mut sent);
    }
    parse_sent(&sent)
}

fn unescape_java(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        out.extend_from_slice(before.as_bytes());
        let code = after.split_once(']').and_then(|(code, next)| {
            let byte = match code {
                "\\r" => b'\r',
                "\\n" => b'\n',
                "\\t" => b'\t',
                code => hex_byte(code.strip_prefix("0x")?)?,
            };
            Some((byte, next))
        });
        match code {
            Some((byte, next)) => {
                out.push(byte);
                rest = next;
            }
            None => {
                out.push(b'[');
                rest = after;
            }
        }
    }
    out.extend_from_slice(rest.as_bytes());
}

/// Reads `send: b'POST /path HTTP/1.1\r\n…'`.
pub(super) fn read_python(capture: &Capture<'_>) -> Recognized {
    let mut sent = Vec::new();
    for line in capture.text.lines() {
        let Some((_, literal)) = line.split_once("send: b") else { continue };
        let literal = literal.trim_end();
        let inner = literal.len().checked_sub(1).and_then(|end| literal.get(1..end));
        unescape_python(inner.unwrap_or_default(), &mut sent);
    }
    parse_sent(&sent)
}

fn unescape_python(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.extend_from_slice(before.as_bytes());
        let mut letters = after.chars();
        let letter = letters.next();
        rest = letters.as_str();
        match letter {
            Some('r') => out.push(b'\r'),
            Some('n') => out.push(b'\n'),
            Some('t') => out.push(b'\t'),
            Some('x') => {
                let byte = rest.get(..2).and_then(hex_byte);
                out.extend(byte);
                rest = rest.get(2..).unwrap_or_default();
            }
            Some(other) => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.push(b'\\'),
        }
    }
    out.extend_from_slice(rest.as_bytes());
}

fn hex_byte(digits: &str) -> Option<u8> {
    number(digits, 16)?.try_into().ok()
}

fn parse_sent(sent: &[u8]) -> Recognized {
    http1::looks_like_it(sent).then(|| http1::parse(sent))
}

/// Reads lines of an offset and bytes in hexadecimal. An offset of zero begins a packet.
pub(super) fn read_hex_dump(capture: &Capture<'_>) -> Recognized {
    let mut packets: Vec<Vec<u8>> = Vec::new();
    for (offset, bytes) in capture.text.lines().filter_map(hex_dump_line) {
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
fn hex_dump_line(line: &str) -> Option<(u64, Vec<u8>)> {
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

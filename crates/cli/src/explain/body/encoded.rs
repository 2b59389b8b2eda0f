//! The body encoded as a whole: base64, hexadecimal, compressed, or only its hash.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use crate::explain::authorization::lenient_base64;
use crate::explain::mac::digests;

/// A longer text is not worth the time.
const LONGEST: usize = 1024 * 1024;

pub(super) fn base64(body: &[u8]) -> Option<Vec<u8>> {
    is_short(body).then(|| STANDARD.encode(body).into_bytes())
}

pub(super) fn base64_url(body: &[u8]) -> Option<Vec<u8>> {
    is_short(body).then(|| URL_SAFE_NO_PAD.encode(body).into_bytes())
}

pub(super) fn base64_url_padded(body: &[u8]) -> Option<Vec<u8>> {
    is_short(body).then(|| URL_SAFE.encode(body).into_bytes())
}

/// In lines of 76 characters, as MIME has it. The last line has no end.
pub(super) fn base64_mime(body: &[u8]) -> Option<Vec<u8>> {
    Some(base64(body)?.chunks(76).collect::<Vec<_>>().join(&b"\r\n"[..]))
}

pub(super) fn of_base64(body: &[u8]) -> Option<Vec<u8>> {
    let text: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let text = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(&text);
    lenient_base64(text)
}

pub(super) fn hexadecimal(body: &[u8]) -> Option<Vec<u8>> {
    is_short(body).then(|| hex::encode(body).into_bytes())
}

/// Decompresses gzip, zlib or raw deflate.
pub(super) fn decompressed(body: &[u8]) -> Option<Vec<u8>> {
    let is_gzip = body.starts_with(b"\x1f\x8b");
    let is_zlib = body.first() == Some(&0x78);
    if is_gzip {
        read_all(MultiGzDecoder::new(body))
    } else if is_zlib {
        read_all(ZlibDecoder::new(body))
    } else if body.is_ascii() {
        None
    } else {
        read_all(DeflateDecoder::new(body))
    }
}

fn read_all(reader: impl std::io::Read) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    reader.take(LONGEST as u64 + 1).read_to_end(&mut out).ok()?;
    (!out.is_empty() && out.len() <= LONGEST).then_some(out)
}

/// The body compressed, as far as it can be known: the bytes depend on the program that compressed.
/// Short bodies come out alike in most of them, but for the header.
pub(super) fn compressed(body: &[u8]) -> Vec<Vec<u8>> {
    /// Extra flags and the operating system, as Python, Go, Java, gzip, Node.js and .NET write them.
    const HEADERS: [[u8; 2]; 9] =
        [[2, 255], [2, 3], [0, 255], [0, 0], [0, 3], [0, 10], [0, 19], [4, 255], [4, 3]];
    if !is_short(body) {
        return Vec::new();
    }
    let mut crc = Crc::new();
    crc.update(body);
    let mut all = Vec::new();
    for level in [Compression::default(), Compression::best(), Compression::fast()] {
        let mut encoder = DeflateEncoder::new(Vec::new(), level);
        let Some(deflated) = encoder.write_all(body).ok().and_then(|()| encoder.finish().ok())
        else {
            continue;
        };
        for [flags, system] in HEADERS {
            let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, flags, system];
            let tail = [crc.sum().to_le_bytes(), crc.amount().to_le_bytes()].concat();
            all.push([&head[..], &deflated, &tail].concat());
        }
        all.push(deflated);
    }
    all
}

/// The hash of the body, written as people write one.
pub(super) fn hashes(body: &[u8]) -> Vec<Vec<u8>> {
    let written = |digest: Vec<u8>| {
        [
            hex::encode(&digest).into_bytes(),
            STANDARD.encode(&digest).into_bytes(),
            hex::encode_upper(&digest).into_bytes(),
            digest,
        ]
    };
    digests(body).into_iter().flat_map(written).collect()
}

fn is_short(body: &[u8]) -> bool {
    !body.is_empty() && body.len() <= LONGEST
}

//! The chunked transfer coding (RFC 9112, section 7.1).

use super::{CaptureError, ChunkPart, split_line};
use crate::text::number;

/// Returns whether it begins with the size of a chunk. Many logs note a body after its coding was removed,
/// and still have the header.
pub(super) fn looks_like_it(body: &[u8]) -> bool {
    size(split_line(body).0).is_some()
}

/// Returns the bytes of all chunks. Ignores trailers.
pub(super) fn decode(body: &[u8]) -> Result<Vec<u8>, CaptureError> {
    let mut decoded = Vec::new();
    let mut rest = body;
    loop {
        let broken = |expected| CaptureError::Chunked(expected, body.len() - rest.len());
        let (line, after) = split_line(rest);
        let size = size(line).ok_or_else(|| broken(ChunkPart::Size))?;
        if size == 0 {
            return Ok(decoded);
        }
        let chunk = after.get(..size).ok_or_else(|| broken(ChunkPart::Data))?;
        decoded.extend_from_slice(chunk);
        let after = after.get(size..).unwrap_or_default();
        let (end, next) = split_line(after);
        if !end.is_empty() {
            rest = after;
            return Err(CaptureError::Chunked(ChunkPart::End, body.len() - rest.len()));
        }
        rest = next;
    }
}

/// The size at the start of a chunk; extensions follow a semicolon.
fn size(line: &[u8]) -> Option<usize> {
    let digits = line.split(|&byte| byte == b';').next()?.trim_ascii();
    let size = std::str::from_utf8(digits).ok().filter(|digits| !digits.is_empty())?;
    usize::try_from(number(size, 16)?).ok()
}

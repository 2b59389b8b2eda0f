//! The pieces of a body while it is on its way to a verdict.

use std::collections::VecDeque;
use std::fmt;

use bytes::{Bytes, BytesMut};

/// A piece below this is small. Servers cut pieces from the blocks that they read into, and while a piece
/// is kept, so is its block: hyper's have 8 KiB at least.
const SMALL: usize = 4 * 1024;

/// Small pieces are put together until there are so many bytes of them.
const RUN: usize = 32 * 1024;

/// Keeps a body, for an adapter to hand on once the request is verified.
///
/// A body that came in one piece is neither copied nor does keeping it allocate. Pieces below 4 KiB that
/// come behind the first are copied together: else a sender that cuts its body into many would take
/// many times the room of the bytes.
///
/// ```
/// use bytes::Bytes;
/// use online_contact::BodyBuffer;
///
/// let mut buffer = BodyBuffer::default();
/// buffer.push(Bytes::from_static(br#"{"callNum":"#));
/// buffer.push(Bytes::from_static(br#""1"}"#));
/// assert_eq!(buffer.len(), 15);
/// assert_eq!(buffer.pop().as_deref(), Some(&br#"{"callNum":"#[..]));
/// assert_eq!(buffer.into_bytes(), r#""1"}"#);
/// ```
#[derive(Clone, Default)]
pub struct BodyBuffer {
    // Apart from the others, so that the usual body of one piece needs no allocation and little room.
    first: Option<Bytes>,
    others: Option<Box<Others>>,
    len: u64,
}

/// What came behind the first piece.
#[derive(Clone, Default)]
struct Others {
    pieces: VecDeque<Bytes>,
    /// Small pieces that are being put together.
    small: BytesMut,
}

impl BodyBuffer {
    /// Adds a piece at the end.
    pub fn push(&mut self, piece: Bytes) {
        if piece.is_empty() {
            return;
        }
        let is_first = self.is_empty();
        self.len += piece.len() as u64;
        if is_first {
            self.first = Some(piece);
        } else {
            self.others.get_or_insert_default().push(piece);
        }
    }

    /// Takes the first piece that is left.
    pub fn pop(&mut self) -> Option<Bytes> {
        let piece = self.first.take().or_else(|| self.others.as_mut()?.pop())?;
        self.len -= piece.len() as u64;
        Some(piece)
    }

    /// How many bytes there are.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All bytes in one piece: without a copy if they came in one.
    #[must_use]
    pub fn into_bytes(mut self) -> Bytes {
        let first = self.pop().unwrap_or_default();
        if self.is_empty() {
            return first;
        }
        let mut whole = BytesMut::from(first);
        while let Some(piece) = self.pop() {
            whole.extend_from_slice(&piece);
        }
        whole.freeze()
    }
}

impl Others {
    fn push(&mut self, piece: Bytes) {
        if piece.len() >= SMALL {
            self.settle();
            self.pieces.push_back(piece);
            return;
        }
        if self.small.len() >= RUN {
            self.settle();
        }
        self.small.extend_from_slice(&piece);
    }

    fn pop(&mut self) -> Option<Bytes> {
        self.pieces.pop_front().or_else(|| {
            self.settle();
            self.pieces.pop_front()
        })
    }

    /// Ends the run of small pieces, if there is one.
    fn settle(&mut self) {
        if !self.small.is_empty() {
            self.pieces.push_back(self.small.split().freeze());
        }
    }
}

impl From<Bytes> for BodyBuffer {
    fn from(piece: Bytes) -> Self {
        let mut buffer = Self::default();
        buffer.push(piece);
        buffer
    }
}

/// Says how much it holds and not what: a customer's data does not belong in a log.
impl fmt::Debug for BodyBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyBuffer").field("len", &self.len).finish_non_exhaustive()
    }
}

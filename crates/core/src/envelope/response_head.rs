use crate::envelope::status::Status;

/// The part of a response that comes before its body, as far as the envelope policy needs it.
#[derive(Clone, Copy, Debug)]
pub struct ResponseHead<'a> {
    pub(super) status: u16,
    pub(super) content_type: Option<&'a [u8]>,
    pub(super) encoded: bool,
    pub(super) length: Option<u64>,
    rejection: bool,
}

impl<'a> ResponseHead<'a> {
    /// Creates the head of a response with this HTTP status.
    #[must_use]
    pub const fn new(status: u16) -> Self {
        Self { status, content_type: None, encoded: false, length: None, rejection: false }
    }

    /// Sets the value of `Content-Type`, if there is one.
    #[must_use]
    pub const fn content_type(mut self, value: Option<&'a [u8]>) -> Self {
        self.content_type = value;
        self
    }

    /// Sets whether there is a `Content-Encoding`, so that the body cannot be read as it is.
    #[must_use]
    pub const fn encoded(mut self, encoded: bool) -> Self {
        self.encoded = encoded;
        self
    }

    /// Sets the exact length of the body in bytes, or `None` for a body that streams.
    #[must_use]
    pub const fn length(mut self, bytes: Option<u64>) -> Self {
        self.length = bytes;
        self
    }

    /// Sets whether the response is a rejection by the verifier, which the adapters mark with the
    /// [`Rejection`](crate::Rejection) in its extensions. Rejections are envelopes already and pass unread.
    #[must_use]
    pub const fn rejection(mut self, rejection: bool) -> Self {
        self.rejection = rejection;
        self
    }

    /// Returns whether this is a rejection that no layer has changed.
    pub(super) fn is_rejection(&self) -> bool {
        self.rejection
            && !self.is_success()
            && Status::from_u16(self.status).is_some()
            && self.is_json()
    }

    /// Returns whether the content type is JSON in UTF-8.
    pub(super) fn is_json(&self) -> bool {
        let mut parts = self.content_type.unwrap_or_default().split(|&byte| byte == b';');
        let mut is_next = |text: &str| {
            parts.next().map(|part| part.trim_ascii().eq_ignore_ascii_case(text.as_bytes()))
        };
        is_next("application/json") == Some(true)
            && is_next("charset=utf-8") != Some(false)
            && parts.next().is_none()
    }

    pub(super) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

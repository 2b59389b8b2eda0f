use crate::reply::Status;

/// What the contract wants to know of an answer before its body.
#[derive(Clone, Copy, Debug)]
pub struct ResponseHead<'a> {
    pub(super) status: u16,
    pub(super) content_type: Option<&'a [u8]>,
    pub(super) encoded: bool,
    rejection: bool,
}

impl<'a> ResponseHead<'a> {
    /// An answer with this HTTP status.
    #[must_use]
    pub const fn new(status: u16) -> Self {
        Self { status, content_type: None, encoded: false, rejection: false }
    }

    /// The value of `Content-Type`, where there is one.
    #[must_use]
    pub const fn content_type(mut self, value: Option<&'a [u8]>) -> Self {
        self.content_type = value;
        self
    }

    /// Whether there is a `Content-Encoding`, so that the body can't be read as it is.
    #[must_use]
    pub const fn encoded(mut self, encoded: bool) -> Self {
        self.encoded = encoded;
        self
    }

    /// Whether it is a rejection of the verifier: the adapters leave the
    /// [`Rejection`](crate::Rejection) in its extensions. It keeps the contract by its making, so it
    /// leaves unread.
    #[must_use]
    pub const fn rejection(mut self, rejection: bool) -> Self {
        self.rejection = rejection;
        self
    }

    /// A rejection that nobody has made into something else on its way.
    pub(super) fn is_rejection(&self) -> bool {
        self.rejection
            && !self.is_success()
            && Status::from_u16(self.status).is_some()
            && self.is_json()
    }

    /// JSON, in the one character set that it has.
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

use crate::envelope::status::Status;

/// The part of a response that comes before its body, as far as the envelope policy needs it.
#[derive(Clone, Copy, Debug)]
pub struct ResponseHead<'a> {
    pub(super) status: u16,
    pub(super) content_type: Option<&'a [u8]>,
    is_encoded: bool,
    pub(super) length: Option<u64>,
    rejection: bool,
}

impl<'a> ResponseHead<'a> {
    /// Creates the head of a response with this HTTP status.
    #[must_use]
    pub const fn new(status: u16) -> Self {
        Self { status, content_type: None, is_encoded: false, length: None, rejection: false }
    }

    /// Sets the value of `Content-Type`, if there is one.
    #[must_use]
    pub const fn content_type(mut self, value: Option<&'a [u8]>) -> Self {
        self.content_type = value;
        self
    }

    /// Sets the values of `Content-Encoding`. A body in a coding other than `identity` cannot be read as it
    /// is.
    ///
    /// ```
    /// use online_contact::ResponseHead;
    ///
    /// let head = ResponseHead::new(200);
    /// assert!(head.content_encoding(Some(&b"gzip"[..])).is_encoded());
    /// assert!(!head.content_encoding(Some(&b"identity"[..])).is_encoded());
    /// ```
    #[must_use]
    pub fn content_encoding<'v>(mut self, values: impl IntoIterator<Item = &'v [u8]>) -> Self {
        self.is_encoded = values
            .into_iter()
            .flat_map(|value| value.split(|&byte| byte == b','))
            .map(<[u8]>::trim_ascii)
            .any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"));
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

    /// Returns whether the body has a content coding, so that it cannot be read as it is.
    #[must_use]
    pub const fn is_encoded(&self) -> bool {
        self.is_encoded
    }

    /// Returns whether the content type is JSON in UTF-8: `application/json`, alone or with the one
    /// parameter `charset=utf-8`.
    ///
    /// ```
    /// use online_contact::ResponseHead;
    ///
    /// let head = ResponseHead::new(200);
    /// assert!(head.content_type(Some(b"application/json; charset=\"UTF-8\";")).is_json());
    /// assert!(!head.content_type(Some(b"application/json; charset=euc-kr")).is_json());
    /// ```
    #[must_use]
    pub fn is_json(&self) -> bool {
        let content_type = self.content_type.unwrap_or_default();
        let mut parts = content_type.split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
        let is_json =
            parts.next().is_some_and(|part| part.eq_ignore_ascii_case(b"application/json"));
        let mut parameters = parts.filter(|part| !part.is_empty());
        is_json && parameters.next().is_none_or(is_utf8) && parameters.next().is_none()
    }

    pub(super) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

fn is_utf8(parameter: &[u8]) -> bool {
    parameter.eq_ignore_ascii_case(b"charset=utf-8")
        || parameter.eq_ignore_ascii_case(b"charset=\"utf-8\"")
}

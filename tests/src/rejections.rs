/// The expected form of a rejection, independent of the core.
#[derive(Clone, Copy, Debug)]
pub struct Rejection {
    /// `error.detail`.
    pub reason: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// `grpc-status`.
    pub grpc: u8,
    /// `error.code`.
    pub code: &'static str,
    /// `error.message` and `grpc-message`.
    pub message: &'static str,
}

impl Rejection {
    /// The body of the answer, to the letter.
    #[must_use]
    pub fn envelope(&self) -> String {
        let Self { reason, code, message, .. } = self;
        format!(r#"{{"error":{{"code":"{code}","message":"{message}","detail":"{reason}"}}}}"#)
    }
}

const fn row(
    reason: &'static str,
    status: u16,
    code: &'static str,
    grpc: u8,
    message: &'static str,
) -> Rejection {
    Rejection { reason, status, grpc, code, message }
}

/// Every reason for which a request can be rejected.
#[rustfmt::skip]
pub const REJECTIONS: &[Rejection] = &[
    row("header_duplicated", 400, "40005", 3, "X-TC-Timestamp and Authorization must each be sent once."),
    row("timestamp_missing", 400, "40001", 3, "X-TC-Timestamp is missing."),
    row("timestamp_not_numeric", 400, "40002", 3, "X-TC-Timestamp must be milliseconds since 1970 in decimal digits, without sign or leading zero."),
    row("timestamp_expired", 400, "40003", 3, "X-TC-Timestamp is too old. It must be the current time in milliseconds."),
    row("timestamp_in_future", 400, "40004", 3, "X-TC-Timestamp is too far in the future. It must be the current time in milliseconds."),
    row("authorization_missing", 403, "40301", 16, "Authorization is missing."),
    row("authorization_malformed", 403, "40302", 16, "Authorization must be the padded standard base64 of 32 bytes, without a prefix."),
    row("key_source_unavailable", 500, "50001", 14, "The security key cannot be looked up at present."),
    row("body_too_large", 400, "40006", 8, "The request body is longer than this server accepts."),
    row("overloaded", 500, "50003", 8, "This server is overloaded at present."),
    row("body_timeout", 400, "40007", 4, "The request body did not arrive in time."),
    row("body_unreadable", 400, "40008", 3, "The request body did not arrive whole."),
    row("signature_mismatch", 403, "40303", 16, "Authorization does not match the request."),
    row("replayed", 403, "40304", 16, "This request was received before."),
    row("replay_guard_unavailable", 500, "50002", 14, "This server cannot check at present whether the request was received before."),
];

//! The faults of a server, one at a time.

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No fault.
    None,
    /// Nothing is verified.
    AcceptsEverything,
    /// The age of a request is ignored.
    NoWindow,
    /// The window is five seconds, in place of minutes.
    WindowOfSeconds,
    /// The timestamp is read as seconds.
    TakesSeconds,
    /// Any timestamp in the future is accepted.
    FutureAccepted,
    /// The window is one minute.
    WindowTooNarrow,
    /// The first of two headers counts.
    FirstOfTwo,
    /// The first item of a list counts.
    FirstOfList,
    /// The timestamp is parsed by the standard library.
    LibraryParse,
    /// Blanks in the timestamp are removed.
    SpacesRemoved,
    /// The timestamp is parsed as a floating point number.
    FloatParse,
    /// The expected signature must begin with the received one.
    ComparesPrefix,
    /// Only the first bytes of the MAC are compared.
    ComparesFirstBytes,
    /// The received signature must begin with the expected one.
    ComparesStart,
    /// The case of the signature is ignored.
    IgnoresCase,
    /// Hexadecimal is accepted too.
    TakesHex,
    /// Any base64 is accepted.
    TakesAnyBase64,
    /// `Bearer` is removed.
    TakesBearer,
    /// A request without a signature is accepted.
    UnsignedPasses,
    /// The body is decoded before it is verified.
    LossyDecoding,
    /// The JSON is parsed and serialized before it is verified.
    Reserialises,
    /// Blanks around the body are removed before it is verified.
    Trims,
    /// The timestamp is not signed.
    TimeUnsigned,
    /// The body has no limit.
    NoLimit,
    /// Only a declared length is compared with the limit.
    DeclaredLimitOnly,
    /// Only the first part of the body is verified, as after one read into a buffer.
    FirstPartOnly,
    /// The server never gets a body that does not arrive with its head.
    HangsOnPieces,
    /// A body has no deadline.
    NoDeadline,
    /// A body must have a declared length.
    NoChunks,
    /// Failures are plain text.
    PlainText,
    /// 401 instead of 403.
    Unauthorized,
    /// 400 instead of 403.
    NoResultForForgery,
    /// 403 instead of 400.
    ForbiddenForBadTime,
    /// 413 for a long body.
    PayloadTooLarge,
    /// `detail` is missing.
    NoDetail,
    /// 404 for a customer that does not exist.
    NotFound,
    /// 200 without data for a customer that does not exist.
    EmptySuccess,
    /// 422 for broken JSON.
    Unprocessable,
    /// 500 for broken JSON.
    BreaksOnBadJson,
    /// Numbers among the result values.
    Numbers,
    /// Only ASCII is accepted.
    AsciiOnly,
    /// Every method is accepted.
    AnyMethod,
    /// 405 for another method.
    MethodNotAllowed,
    /// Every path is accepted.
    AnyPath,
    /// The server has no replay guard.
    NoReplayGuard,
    /// A rejection contains the key.
    PrintsKey,
    /// A rejection with 400 breaks off after its head.
    BreaksOff,
    /// The verdict belongs to the server, not to the request.
    MixedUp,
    /// The number of connections is limited.
    FewConnections,
    /// The clock is 20 seconds ahead.
    ClockAhead,
    /// The clock is ten minutes behind.
    ClockFarBehind,
    /// The server verifies the other scheme.
    OtherScheme,
}

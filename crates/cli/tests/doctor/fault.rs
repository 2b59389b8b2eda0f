//! What can be wrong with a server: one thing at a time.

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// None: the server is well.
    None,
    /// Nothing is verified.
    AcceptsEverything,
    /// The age of a request is not looked at.
    NoWindow,
    /// The window is five seconds, meant as minutes.
    WindowOfSeconds,
    /// The timestamp is taken for seconds.
    TakesSeconds,
    /// A request may be dated ahead as far as it likes.
    FutureAccepted,
    /// The window is a minute.
    WindowTooNarrow,
    /// Of two headers the first one counts.
    FirstOfTwo,
    /// Of a list the first item counts.
    FirstOfList,
    /// The timestamp is parsed as Rust's and Java's libraries do.
    LibraryParse,
    /// White space is taken out of the timestamp.
    SpacesRemoved,
    /// The timestamp is parsed as a floating point number.
    FloatParse,
    /// The expected signature must begin with the one that came.
    ComparesPrefix,
    /// Only the first bytes of the MAC are compared.
    ComparesFirstBytes,
    /// The signature that came must begin with the expected one.
    ComparesStart,
    /// Case does not matter.
    IgnoresCase,
    /// Hexadecimal will do as well.
    TakesHex,
    /// Any base64 will do.
    TakesAnyBase64,
    /// `Bearer` is cut off.
    TakesBearer,
    /// A request without a signature passes.
    UnsignedPasses,
    /// The body is decoded before it is verified.
    LossyDecoding,
    /// The JSON is parsed and written again before it is verified.
    Reserialises,
    /// White space around the body is cut off before it is verified.
    Trims,
    /// The timestamp is no part of what is verified.
    TimeUnsigned,
    /// There is no limit to the body.
    NoLimit,
    /// Only a declared length is compared with the limit.
    DeclaredLimitOnly,
    /// The beginning of the body will do, as to one who reads into a buffer once.
    FirstPartOnly,
    /// A body of which the head's segment has not all is waited for in vain.
    HangsOnPieces,
    /// A body that never ends is waited for.
    NoDeadline,
    /// A body must have a declared length.
    NoChunks,
    /// Failures are plain text.
    PlainText,
    /// 401 in place of 403.
    Unauthorized,
    /// 400 in place of 403.
    NoResultForForgery,
    /// 403 in place of 400.
    ForbiddenForBadTime,
    /// 413 for a long body.
    PayloadTooLarge,
    /// `detail` is left out.
    NoDetail,
    /// 404 for a customer that does not exist.
    NotFound,
    /// 200 without data for a customer that does not exist.
    EmptySuccess,
    /// 422 for JSON that can't be read.
    Unprocessable,
    /// Broken JSON breaks the server.
    BreaksOnBadJson,
    /// Numbers among the result values.
    Numbers,
    /// Only ASCII is understood.
    AsciiOnly,
    /// Every method will do.
    AnyMethod,
    /// 405 for another method.
    MethodNotAllowed,
    /// Every path will do.
    AnyPath,
    /// No request is remembered.
    NoReplayGuard,
    /// What it rejects it answers with its key.
    PrintsKey,
    /// A rejection with 400 is cut off behind its head.
    BreaksOff,
    /// Only so many connections at a time.
    FewConnections,
    /// The clock is 20 seconds ahead.
    ClockAhead,
    /// The clock is ten minutes behind.
    ClockFarBehind,
    /// The signature is of another scheme.
    OtherScheme,
}

//! The envelope: what Online Contact can read.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// The content type of every envelope.
pub const ENVELOPE_CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// The five HTTP statuses that mean something to Online Contact, and what the agent sees for each.
///
/// ```
/// use online_contact::Status;
///
/// assert_eq!(Status::BadRequest.as_u16(), 400);
/// assert_eq!(Status::BadRequest.agent_message(), "조회 결과가 없습니다.");
/// assert_eq!(Status::BadRequest.agent_message_en(), "There is no result.");
/// assert_eq!(Status::from_u16(503), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// 200: there is a result.
    Success = 200,
    /// 400: nothing was found, or the question made no sense.
    BadRequest = 400,
    /// 403: the caller may not ask.
    Forbidden = 403,
    /// 404: the route does not exist. Not for a customer that does not exist.
    NotFound = 404,
    /// 500: something broke.
    ServerError = 500,
}

impl Status {
    /// All five.
    pub const ALL: &'static [Self] =
        &[Self::Success, Self::BadRequest, Self::Forbidden, Self::NotFound, Self::ServerError];

    /// The HTTP status code.
    #[must_use]
    pub const fn as_u16(self) -> u16 {
        self as u16
    }

    /// The status with this code; `None` for one that means nothing to Online Contact.
    #[must_use]
    pub const fn from_u16(code: u16) -> Option<Self> {
        match code {
            200 => Some(Self::Success),
            400 => Some(Self::BadRequest),
            403 => Some(Self::Forbidden),
            404 => Some(Self::NotFound),
            500 => Some(Self::ServerError),
            _ => None,
        }
    }

    /// What the agent's screen says, in the vendor's words.
    #[must_use]
    pub const fn agent_message(self) -> &'static str {
        match self {
            Self::Success => "조회 성공",
            Self::BadRequest => "조회 결과가 없습니다.",
            Self::Forbidden => "요청한 서버에 조회 권한이 없습니다.",
            Self::NotFound => "요청한 서버에 에러가 있습니다.",
            Self::ServerError => "오류가 발생하였습니다.",
        }
    }

    /// The same in English.
    #[must_use]
    pub const fn agent_message_en(self) -> &'static str {
        match self {
            Self::Success => "The lookup succeeded.",
            Self::BadRequest => "There is no result.",
            Self::Forbidden => "There is no permission on the requested server.",
            Self::NotFound => "The requested server has an error.",
            Self::ServerError => "An error occurred.",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.as_u16(), f)
    }
}

/// A result: answered with status 200 as `{"data": …}`.
///
/// Online Contact expects an object whose fields are the result items of the API's settings. The
/// vendor types their values as strings.
///
/// ```
/// use online_contact::Success;
///
/// #[derive(serde::Serialize)]
/// #[serde(rename_all = "camelCase")]
/// struct Customer {
///     user_name: String,
/// }
///
/// let answer = Success(Customer { user_name: "test".into() });
/// assert_eq!(answer.to_json()?, br#"{"data":{"userName":"test"}}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Success<T>(pub T);

impl<T: Serialize> Success<T> {
    /// The body of the answer.
    ///
    /// # Errors
    ///
    /// Whatever `T` reports when it is serialised.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

impl<T: Serialize> Serialize for Success<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut envelope = serializer.serialize_struct("Success", 1)?;
        envelope.serialize_field("data", &self.0)?;
        envelope.end()
    }
}

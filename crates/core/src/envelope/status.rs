use std::fmt;

/// The content type of every envelope.
pub const ENVELOPE_CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// The five HTTP statuses that Online Contact knows, each with the message that the agent sees.
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
    /// 400: nothing was found, or the request made no sense.
    BadRequest = 400,
    /// 403: the client has no permission.
    Forbidden = 403,
    /// 404: the route does not exist. Not for a customer that does not exist.
    NotFound = 404,
    /// 500: the server failed.
    ServerError = 500,
}

impl Status {
    /// All statuses.
    pub const ALL: &'static [Self] =
        &[Self::Success, Self::BadRequest, Self::Forbidden, Self::NotFound, Self::ServerError];

    /// Returns the HTTP status code.
    #[must_use]
    pub const fn as_u16(self) -> u16 {
        self as u16
    }

    /// Returns the status with this code, or `None` if Online Contact does not know it.
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

    /// Returns the message on the agent's screen, in the vendor's words.
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

    /// Returns the message on the agent's screen, in English.
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

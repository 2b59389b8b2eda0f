//! Why no answer came, in words that say what to do.

use std::error::Error;
use std::fmt;
use std::io;

use http::StatusCode;
use rustls::{AlertDescription, CertificateError};

use crate::lang::Lang;

/// No whole answer came.
#[derive(Debug)]
pub(crate) struct SendError {
    kind: Kind,
    /// Of an answer that broke off after its head.
    status: Option<StatusCode>,
    source: reqwest::Error,
}

/// What happened, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The request could not be made.
    Unsendable,
    /// There is no such host.
    NoHost,
    /// Nobody listens there.
    Refused,
    /// There is no way there.
    Unreachable,
    /// The certificate is not trusted.
    Untrusted,
    /// The certificate is for another name.
    WrongName,
    /// The certificate is out of date.
    Expired,
    /// The server does not speak the version that was asked for.
    NoHttp2,
    /// TLS failed otherwise.
    Tls,
    /// Nobody took the connection in time.
    NobodyThere,
    /// The connection was taken, and the answer took too long.
    Timeout,
    /// The connection was closed before the whole answer had come.
    Closed,
    /// What came is no HTTP.
    NotHttp,
    /// Something else.
    Other,
}

impl SendError {
    pub(super) fn new(error: reqwest::Error) -> Self {
        // The URL may hold a password.
        let source = error.without_url();
        Self { kind: Kind::of(&source), status: None, source }
    }

    pub(super) fn after(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// Nothing came back: where HTTP/2 was insisted on, most likely for that.
    pub(super) fn before_any(mut self, http2: bool) -> Self {
        if http2 && matches!(self.kind, Kind::Closed | Kind::NotHttp | Kind::Other) {
            self.kind = Kind::NoHttp2;
        }
        self
    }

    /// The status of an answer that broke off after its head.
    pub(crate) const fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Whether the server was there and answered badly, so that the fault is its own.
    pub(crate) const fn is_servers_fault(&self) -> bool {
        matches!(self.kind, Kind::Closed | Kind::NotHttp | Kind::Timeout) || self.status.is_some()
    }

    /// What happened and what to do, for people.
    pub(crate) fn explain(&self, lang: Lang) -> String {
        let words = self.kind.words(lang);
        let status = self.status.map(|status| {
            let en = format!(" (after the head of an answer with status {})", status.as_u16());
            let ko = format!(" (상태 {} 응답의 헤더까지는 받았습니다)", status.as_u16());
            lang.pick(en, ko)
        });
        format!("{words}{} [{}]", status.unwrap_or_default(), self.innermost())
    }

    /// The innermost cause says the most, the outer ones only where it happened.
    fn innermost(&self) -> String {
        chain(&self.source).last().map_or_else(String::new, ToString::to_string)
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explain(Lang::En))
    }
}

impl Error for SendError {}

impl Kind {
    fn of(error: &reqwest::Error) -> Self {
        if error.is_builder() {
            return Self::Unsendable;
        }
        if error.is_timeout() {
            return if error.is_connect() { Self::NobodyThere } else { Self::Timeout };
        }
        if error.is_dns() {
            return Self::NoHost;
        }
        chain(error).find_map(Self::of_cause).unwrap_or(Self::Other)
    }

    fn of_cause(error: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            // Its source is that of what it wraps: look at the wrapped one itself.
            let wrapped = error.get_ref().and_then(|inner| Self::of_cause(inner));
            return wrapped.or_else(|| Self::of_io(error.kind()));
        }
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return Some(Self::of_tls(error));
        }
        let error = error.downcast_ref::<hyper::Error>()?;
        if error.is_parse() {
            Some(Self::NotHttp)
        } else if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
            Some(Self::Closed)
        } else {
            None
        }
    }

    fn of_io(kind: io::ErrorKind) -> Option<Self> {
        match kind {
            io::ErrorKind::ConnectionRefused => Some(Self::Refused),
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                Some(Self::Unreachable)
            }
            io::ErrorKind::TimedOut => Some(Self::NobodyThere),
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => Some(Self::Closed),
            _ => None,
        }
    }

    fn of_tls(error: &rustls::Error) -> Self {
        use CertificateError as Bad;
        match error {
            rustls::Error::InvalidCertificate(Bad::NotValidForName)
            | rustls::Error::InvalidCertificate(Bad::NotValidForNameContext { .. }) => {
                Self::WrongName
            }
            rustls::Error::InvalidCertificate(
                Bad::Expired
                | Bad::ExpiredContext { .. }
                | Bad::NotValidYet
                | Bad::NotValidYetContext { .. },
            ) => Self::Expired,
            rustls::Error::InvalidCertificate(_) => Self::Untrusted,
            rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol)
            | rustls::Error::NoApplicationProtocol => Self::NoHttp2,
            _ => Self::Tls,
        }
    }

    fn words(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.in_english(),
            Lang::Ko => self.in_korean(),
        }
    }

    const fn in_english(self) -> &'static str {
        match self {
            Self::Unsendable => {
                "the request can't be sent: is the URL http:// or https:// with a host?"
            }
            Self::NoHost => "there is no such host: check the name in the URL, and DNS",
            Self::Refused => "connection refused: is the server running, and is the port right?",
            Self::Unreachable => "the host can't be reached: check the network and the address",
            Self::Untrusted => {
                "the server's certificate is not trusted: give its CA with --cacert FILE; \
                 Online Contact itself wants one that is publicly trusted"
            }
            Self::WrongName => {
                "the server's certificate is for another name: use its name in the URL"
            }
            Self::Expired => "the server's certificate is out of date: renew it, or set the clock",
            Self::NoHttp2 => {
                "no answer came over HTTP/2: the server may not speak it, leave --http2 out"
            }
            Self::Tls => "TLS failed: does the server speak TLS 1.2 or 1.3 on this port?",
            Self::NobodyThere => {
                "nobody took the connection in time: check the address, the port and the firewalls \
                 between"
            }
            Self::Timeout => "no whole answer in time: is the server stuck? --timeout waits longer",
            Self::Closed => "the server closed the connection before the whole answer had come",
            Self::NotHttp => "what the server sent is not HTTP of the version that was asked for",
            Self::Other => "the request failed",
        }
    }

    const fn in_korean(self) -> &'static str {
        match self {
            Self::Unsendable => {
                "요청을 보낼 수 없습니다. URL이 http:// 또는 https://로 시작하고 호스트가 있는지 확인해 주십시오"
            }
            Self::NoHost => "호스트를 찾을 수 없습니다. URL의 이름과 DNS를 확인해 주십시오",
            Self::Refused => {
                "연결이 거부되었습니다. 서버가 실행 중인지, 포트가 맞는지 확인해 주십시오"
            }
            Self::Unreachable => "호스트에 연결할 수 없습니다. 네트워크와 주소를 확인해 주십시오",
            Self::Untrusted => {
                "서버 인증서를 신뢰할 수 없습니다. --cacert FILE로 CA를 지정해 주십시오. \
                 Online Contact에는 공인 인증서가 필요합니다"
            }
            Self::WrongName => {
                "서버 인증서의 이름이 다릅니다. URL에 인증서의 이름을 사용해 주십시오"
            }
            Self::Expired => {
                "서버 인증서의 유효 기간이 맞지 않습니다. 인증서를 갱신하거나 시계를 확인해 주십시오"
            }
            Self::NoHttp2 => {
                "HTTP/2로 응답이 없습니다. 서버가 지원하지 않을 수 있으니 --http2 없이 실행해 주십시오"
            }
            Self::Tls => {
                "TLS 연결에 실패했습니다. 이 포트에서 TLS 1.2 또는 1.3을 쓰는지 확인해 주십시오"
            }
            Self::NobodyThere => {
                "제한 시간 안에 연결되지 않았습니다. 주소와 포트, 중간의 방화벽을 확인해 주십시오"
            }
            Self::Timeout => {
                "제한 시간 안에 응답이 끝나지 않았습니다. 서버가 멈췄는지 확인하거나 --timeout을 늘려 주십시오"
            }
            Self::Closed => "응답이 끝나기 전에 서버가 연결을 닫았습니다",
            Self::NotHttp => "서버가 보낸 내용이 요청한 버전의 HTTP가 아닙니다",
            Self::Other => "요청에 실패했습니다",
        }
    }
}

/// An error and what is underneath, outermost first.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

//! The reason why no response came, with the likely fix.

use std::error::Error;
use std::io;

use http::StatusCode;
use rustls::{AlertDescription, CertificateError};

use super::peer::Protocol;
use crate::lang::Words;

/// A request without a complete response.
#[derive(Debug)]
pub(crate) struct SendError {
    kind: Kind,
    /// The status of a response that broke off after its head.
    status: Option<StatusCode>,
    /// The innermost cause: it is the most specific.
    cause: String,
}

/// The reason, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The request could not be built.
    Unsendable,
    /// The host name does not resolve.
    NoHost,
    /// No process listens on the port.
    Refused,
    /// There is no route to the host.
    Unreachable,
    /// The certificate is not trusted.
    Untrusted,
    /// The certificate is one of a certificate authority.
    Authority,
    /// The certificate is for another name.
    WrongName,
    /// The certificate has expired or is not valid yet.
    Expired,
    /// The server does not speak HTTP/2.
    NoHttp2,
    /// TLS failed for another reason.
    Tls,
    /// An `http://` URL with a port that speaks TLS.
    HttpToTls,
    /// An `https://` URL with a port that speaks HTTP without TLS.
    TlsToHttp,
    /// The port speaks SSH.
    Ssh,
    /// The port speaks SMTP or FTP.
    Mail,
    /// The connection was not accepted in time.
    ConnectTimeout,
    /// The connection was accepted, and the response took too long.
    Timeout,
    /// The connection was closed before the response was complete.
    Closed,
    /// The response is not HTTP.
    NotHttp,
    /// Any other reason.
    Other,
}

impl SendError {
    pub(super) fn new(error: reqwest::Error) -> Self {
        // The URL may contain a password.
        let error = error.without_url();
        let cause = chain(&error).last().map_or_else(String::new, ToString::to_string);
        Self { kind: Kind::of(&error), status: None, cause }
    }

    /// An `http://` URL whose server has responded that it expects TLS.
    pub(super) fn http_to_tls(response: &str) -> Self {
        Self { kind: Kind::HttpToTls, status: None, cause: response.to_owned() }
    }

    pub(super) fn after(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// Names HTTP/2 as the likely reason where nothing else was allowed and nothing came back.
    pub(super) fn before_any(mut self, http2: bool) -> Self {
        if http2 && matches!(self.kind, Kind::Closed | Kind::NotHttp | Kind::Other) {
            self.kind = Kind::NoHttp2;
        }
        self
    }

    /// Returns whether the server may speak another protocol than the URL names.
    pub(super) const fn may_be_protocol(&self) -> bool {
        let kind = self.kind;
        matches!(
            kind,
            Kind::Closed | Kind::NotHttp | Kind::Tls | Kind::ConnectTimeout | Kind::Other
        )
    }

    /// Names the protocol of the server as the reason if it is not that of the URL.
    pub(super) fn for_protocol(mut self, protocol: Protocol, is_https: bool) -> Self {
        self.kind = match protocol {
            Protocol::Ssh => Kind::Ssh,
            Protocol::Mail => Kind::Mail,
            Protocol::Tls if !is_https => Kind::HttpToTls,
            Protocol::Http if is_https => Kind::TlsToHttp,
            Protocol::Tls | Protocol::Http => self.kind,
        };
        self
    }

    /// The status of a response that broke off after its head.
    pub(crate) const fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Returns whether the connection was accepted and the response is at fault.
    pub(crate) const fn is_servers_fault(&self) -> bool {
        matches!(self.kind, Kind::Closed | Kind::NotHttp | Kind::Timeout) || self.status.is_some()
    }

    /// The reason and the likely fix.
    pub(crate) fn words(&self) -> Words {
        let words = self.kind.words();
        Words::of(|lang| {
            let status = self.status.map(|status| {
                let status = status.as_u16();
                let en = format!(" (after the head of a response with status {status})");
                let ko = format!(" (상태 {status} 응답의 헤더까지는 받았습니다)");
                lang.pick(en, ko)
            });
            format!("{}{} [{}]", words.in_lang(lang), status.unwrap_or_default(), self.cause)
        })
    }
}

impl Kind {
    fn of(error: &reqwest::Error) -> Self {
        if error.is_builder() {
            return Self::Unsendable;
        }
        if error.is_timeout() {
            return if error.is_connect() { Self::ConnectTimeout } else { Self::Timeout };
        }
        if error.is_dns() {
            return Self::NoHost;
        }
        chain(error).find_map(Self::of_cause).unwrap_or(Self::Other)
    }

    fn of_cause(error: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            // The source of an I/O error skips the error that it wraps.
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
            io::ErrorKind::TimedOut => Some(Self::ConnectTimeout),
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
            rustls::Error::InvalidCertificate(Bad::Other(other))
                if other.to_string().contains("CaUsedAsEndEntity") =>
            {
                Self::Authority
            }
            rustls::Error::InvalidCertificate(_) => Self::Untrusted,
            rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol)
            | rustls::Error::NoApplicationProtocol => Self::NoHttp2,
            _ => Self::Tls,
        }
    }

    const fn words(self) -> Words {
        let (en, ko) = match self {
            Self::Unsendable => (
                "the request cannot be sent: expected an http:// or https:// URL with a host",
                "요청을 보낼 수 없습니다. URL이 http:// 또는 https://로 시작하고 호스트가 있는지 확인하십시오",
            ),
            Self::NoHost => (
                "host not found: check the name in the URL, and DNS",
                "호스트를 찾을 수 없습니다. URL의 이름과 DNS를 확인하십시오",
            ),
            Self::Refused => (
                "connection refused: check that the server is running, and the port",
                "연결이 거부되었습니다. 서버가 실행 중인지, 포트가 맞는지 확인하십시오",
            ),
            Self::Unreachable => (
                "host unreachable: check the address and the network",
                "호스트에 연결할 수 없습니다. 주소와 네트워크를 확인하십시오",
            ),
            Self::Untrusted => (
                "the server's certificate is not trusted: pass its CA with --cacert FILE; Online \
                 Contact itself requires a publicly trusted certificate",
                "서버 인증서를 신뢰할 수 없습니다. --cacert FILE로 CA를 지정하십시오. \
                 Online Contact에는 공인 인증서가 필요합니다",
            ),
            Self::Authority => (
                "the server's certificate is a CA certificate, probably a self-signed one: create \
                 the server's certificate with basicConstraints=CA:FALSE; --cacert cannot fix this",
                "서버 인증서가 CA 인증서입니다(대개 자체 서명). basicConstraints=CA:FALSE로 서버 인증서를 \
                 다시 만드십시오. --cacert로는 해결할 수 없습니다",
            ),
            Self::WrongName => (
                "the server's certificate is for another name: use its name in the URL",
                "서버 인증서의 이름이 다릅니다. URL에 인증서의 이름을 사용하십시오",
            ),
            Self::Expired => (
                "the server's certificate has expired or is not valid yet: renew it, or set the clock",
                "서버 인증서가 만료되었거나 아직 유효하지 않습니다. 인증서를 갱신하거나 시계를 맞추십시오",
            ),
            Self::NoHttp2 => (
                "no response over HTTP/2: the server may not support it; try without --http2",
                "HTTP/2로 응답이 없습니다. 서버가 지원하지 않을 수 있으니 --http2 없이 실행하십시오",
            ),
            Self::Tls => (
                "TLS failed: the server must speak TLS 1.2 or 1.3 on this port",
                "TLS 연결에 실패했습니다. 이 포트에서 TLS 1.2 또는 1.3을 쓰는지 확인하십시오",
            ),
            Self::HttpToTls => (
                "the server speaks TLS on this port: use https:// in the URL",
                "이 포트는 TLS를 씁니다. URL에 https://를 사용하십시오",
            ),
            Self::TlsToHttp => (
                "the server speaks HTTP without TLS on this port: use http:// in the URL",
                "이 포트는 TLS 없는 HTTP를 씁니다. URL에 http://를 사용하십시오",
            ),
            Self::Ssh => (
                "the server speaks SSH on this port, not HTTP: check the port in the URL",
                "이 포트는 HTTP가 아니라 SSH를 씁니다. URL의 포트를 확인하십시오",
            ),
            Self::Mail => (
                "the server speaks SMTP or FTP on this port, not HTTP: check the port in the URL",
                "이 포트는 HTTP가 아니라 SMTP나 FTP를 씁니다. URL의 포트를 확인하십시오",
            ),
            Self::ConnectTimeout => (
                "connection not accepted in time: check the address, the port, and firewalls",
                "제한 시간 안에 연결되지 않았습니다. 주소와 포트, 방화벽을 확인하십시오",
            ),
            Self::Timeout => (
                "no complete response in time: the server may be stuck; --timeout waits longer",
                "제한 시간 안에 응답이 끝나지 않았습니다. 서버가 멈췄는지 확인하거나 --timeout을 늘리십시오",
            ),
            Self::Closed => (
                "the server closed the connection before the response was complete",
                "응답이 끝나기 전에 서버가 연결을 닫았습니다",
            ),
            Self::NotHttp => (
                "the response is not HTTP of the requested version",
                "서버의 응답이 요청한 버전의 HTTP가 아닙니다",
            ),
            Self::Other => ("the request failed", "요청에 실패했습니다"),
        };
        Words::fixed(en, ko)
    }
}

/// Returns what happened and what to do, for an error of any HTTP client.
pub(crate) fn cause_in_words(error: &(dyn Error + 'static)) -> Words {
    let kind = chain(error).find_map(Kind::of_cause).unwrap_or(Kind::Other);
    let innermost = chain(error).last().map_or_else(String::new, ToString::to_string);
    Words::of(|lang| format!("{} [{innermost}]", kind.words().in_lang(lang)))
}

/// An error and its sources, outermost first.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

//! The request that `send` sends: signed, or as it was captured.

use super::args::Args;
use crate::captured::CapturedRequest;
use crate::context::Context;
use crate::exchange::without_keys;
use crate::input;
use crate::lang::{Lang, Words};
use crate::outcome::Problem;
use crate::outgoing::Outgoing;
use crate::secrets::Secrets;
use crate::sign::Signed;

/// Names the program in the log of the server.
const USER_AGENT: &str = concat!("online-contact/", env!("CARGO_PKG_VERSION"));

/// A request, and how it was signed.
pub(super) struct Sent {
    pub(super) outgoing: Outgoing,
    /// `None` if it is sent as it was captured.
    pub(super) signed: Option<Signed>,
    secrets: Secrets,
}

impl Sent {
    pub(super) fn new(args: &Args, cx: &Context) -> Result<Self, Problem> {
        let captured = args.replay.as_deref().map(|path| read(path, cx.lang)).transpose()?;
        let (url, http2) = (args.url.clone(), args.http.http2);
        let mut sent = match captured {
            Some(captured) if args.as_is => Self {
                outgoing: Outgoing::captured(url, http2, USER_AGENT, &captured)
                    .ok_or_else(|| unsendable(cx.lang))?,
                signed: None,
                secrets: Secrets::of(&args.request.given_keys(cx)?),
            },
            captured => {
                let path = args.url.path();
                let mut signed = match captured {
                    Some(captured) => {
                        args.request.sign_body(body(captured, cx.lang)?.into(), path, cx)?
                    }
                    None => args.request.sign(path, cx)?,
                };
                let secrets = std::mem::take(&mut signed.secrets);
                let outgoing = Outgoing::signed(url, http2, USER_AGENT, &signed);
                Self { outgoing, signed: Some(signed), secrets }
            }
        };
        sent.outgoing.replace(&args.headers);
        Ok(sent)
    }

    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Returns the request without the keys.
    pub(super) fn shown(&self) -> CapturedRequest {
        without_keys(self.outgoing.to_captured(), &self.secrets)
    }
}

fn read(path: &std::path::Path, lang: Lang) -> Result<CapturedRequest, Problem> {
    let bytes = input::read(path, &Words::fixed("the capture", "캡처"), lang)?;
    CapturedRequest::parse(&bytes, None).map_err(|error| {
        let (shown, fault) = (path.display(), error.in_lang(lang));
        let en = format!("cannot read the capture {shown}: {fault}");
        let ko = format!("캡처 {shown}을(를) 읽을 수 없습니다: {fault}");
        Problem::new(lang.pick(en, ko))
    })
}

fn body(captured: CapturedRequest, lang: Lang) -> Result<Vec<u8>, Problem> {
    captured.body.ok_or_else(|| {
        Problem::new(lang.pick(
            "the capture has no body: expected one with a body, such as raw HTTP or a HAR file",
            "캡처에 본문이 없습니다. HTTP 원문이나 HAR 파일처럼 본문이 있는 캡처가 필요합니다",
        ))
    })
}

fn unsendable(lang: Lang) -> Problem {
    Problem::new(lang.pick(
        "the captured request cannot be sent as it is: HTTP does not allow its method or a header",
        "캡처한 요청을 그대로 보낼 수 없습니다. HTTP에서 쓸 수 없는 메서드나 헤더가 있습니다",
    ))
}

//! The bytes that were sent, where the capture shows others.
//!
//! Tools and logs change bodies for display: `HTTPie` indents and sorts JSON, nginx escapes quotes, a
//! shell's `-d @file` removes line ends. `Content-Length` shows that, and a form of the body that has the
//! declared length, or that the signature fits, is what was sent.

use super::body;
use super::mistake::{Form, Mistake, Side, Step};
use crate::captured::CapturedRequest;
use crate::lang::Words;

/// The relation of a captured body to the bytes that were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fidelity {
    /// Nothing speaks against it that the bytes were sent.
    AsSent,
    /// The capture has another form. The signature fits the restored bytes, so they were sent.
    Restored,
    /// The capture has another form. The restored bytes have the right length, but may be others.
    Guessed,
    /// They are not the bytes that were sent, which are unknown.
    NotAsSent,
}

impl Fidelity {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::AsSent => "as_sent",
            Self::Restored => "restored",
            Self::Guessed => "guessed",
            Self::NotAsSent => "not_as_sent",
        }
    }
}

/// The request with the body that was sent, as far as it is known.
pub(super) struct Sent {
    pub(super) request: CapturedRequest,
    pub(super) fidelity: Fidelity,
    /// Other bodies that may have been signed: the one that the capture has, as a mistake, and other
    /// guesses, as right as the first.
    pub(super) others: Vec<Form>,
}

pub(super) static SHOWN: Mistake = Mistake {
    id: "body_as_captured",
    side: Side::Between,
    what: Words::fixed(
        "the body as the file or the capture has it, while other bytes were sent",
        "파일이나 캡처에 있는 그대로의 본문(전송된 바이트와 다름)",
    ),
    advice: Words::fixed(
        "Sign the bytes that are sent, after everything that changes them.",
        "본문을 바꾸는 처리가 모두 끝난 뒤, 전송되는 바이트에 서명하십시오.",
    ),
};

static CURL_DATA: Mistake = Mistake {
    id: "curl_data_line_ends",
    side: Side::Sender,
    what: Words::fixed(
        "the body with its line ends, which were removed when it was sent, as `curl -d @file` does",
        "줄바꿈이 있는 본문. `curl -d @file`처럼 보낼 때 줄바꿈이 지워졌습니다",
    ),
    advice: Words::fixed(
        "Send the file as it was signed: `curl --data-binary @file`. `-d @file` removes all line ends.",
        "서명한 파일을 그대로 보내십시오. `curl --data-binary @file`을 사용하십시오. `-d @file`은 줄바꿈을 모두 \
         지웁니다.",
    ),
};

/// Finds the bytes that were sent. `accepts` returns whether the request passes with a body.
pub(super) fn sent(captured: &CapturedRequest, accepts: impl Fn(&[u8]) -> bool) -> Sent {
    let mut request = captured.clone();
    let declared = captured.declared_length();
    let body = captured.body.as_deref().unwrap_or_default();
    let fits = declared.is_none_or(|declared| declared == body.len() as u64);
    let has_surplus = !captured.surplus.trim_ascii().is_empty();
    let is_coded = captured.header("transfer-encoding").next().is_some();
    if (fits && !has_surplus && !captured.source.parsed_body) || (is_coded && declared.is_none()) {
        return Sent { request, fidelity: Fidelity::AsSent, others: Vec::new() };
    }
    let whole = [body, &captured.surplus].concat();
    let shown = if has_surplus { whole.trim_ascii_end() } else { &whole };
    let length = declared.and_then(|declared| usize::try_from(declared).ok());
    let forms = body::displayed(shown, length, captured.source.parsed_body);
    let accepted = forms.iter().find(|form| accepts(&form.bytes));
    let (form, fidelity) = match (accepted, forms.first()) {
        (Some(form), _) => (form, Fidelity::Restored),
        (None, Some(form)) => (form, Fidelity::Guessed),
        (None, None) if has_surplus => {
            return Sent { request, fidelity: Fidelity::AsSent, others: Vec::new() };
        }
        (None, None) => {
            return Sent { request, fidelity: Fidelity::NotAsSent, others: Vec::new() };
        }
    };
    let removed = form.steps.iter().any(|step| step.mistake.id == body::LINE_ENDS_REMOVED);
    let mistake = if removed { &CURL_DATA } else { &SHOWN };
    request.body = Some(form.bytes.clone());
    request.surplus.clear();
    let guesses = forms.iter().skip(1).take(MOST_GUESSES);
    let mut others = vec![Form::mistaken(shown.to_vec(), vec![Step::from(mistake)])];
    others.extend(guesses.map(|form| Form::right(form.bytes.clone())));
    Sent { request, fidelity, others }
}

/// All orders of five members.
const MOST_GUESSES: usize = 120;

//! The bytes that may follow the body in the signed bytes: a delimiter, the time, a newline.
//!
//! All of it is short, so it is hashed from a copy of the state after the body: the body is not
//! hashed again.

use super::mistake::{Form, Mistake, Side, Step, mistakes};
use crate::lang::Words;

const ADVICE: Words = Words::fixed(
    "Sign the body and the timestamp directly one after the other, in this order: no delimiter, no \
     newline after it (`echo` adds one, `printf %s` does not).",
    "본문과 타임스탬프를 이 순서로 바로 이어서 서명하십시오. 구분자도, 끝의 줄바꿈도 없어야 \
     합니다(`echo`는 줄바꿈을 붙이고 `printf %s`는 붙이지 않습니다).",
);

mistakes! { Sender, ADVICE:
    NEWLINE = "time_delimiter_newline", "a newline before the time", "시간 앞에 줄바꿈";
    CRLF = "time_delimiter_crlf", "CR LF before the time", "시간 앞에 CR LF";
    DOT = "time_delimiter_dot", "a dot before the time", "시간 앞에 점";
    COLON = "time_delimiter_colon", "a colon before the time", "시간 앞에 콜론";
    COMMA = "time_delimiter_comma", "a comma before the time", "시간 앞에 쉼표";
    PIPE = "time_delimiter_pipe", "a vertical bar before the time", "시간 앞에 세로줄(|)";
    AMPERSAND = "time_delimiter_ampersand", "an ampersand before the time", "시간 앞에 앰퍼샌드(&)";
    SPACE = "time_delimiter_space", "a blank before the time", "시간 앞에 공백";
    SEMICOLON = "time_delimiter_semicolon", "a semicolon before the time", "시간 앞에 세미콜론";
    HYPHEN = "time_delimiter_hyphen", "a hyphen before the time", "시간 앞에 하이픈";
    UNDERSCORE = "time_delimiter_underscore", "an underscore before the time", "시간 앞에 밑줄";
    PLUS = "time_delimiter_plus", "a plus sign before the time", "시간 앞에 더하기 기호";
    SLASH = "time_delimiter_slash", "a slash before the time", "시간 앞에 빗금";
    TAB = "time_delimiter_tab", "a tab before the time", "시간 앞에 탭";
    END_NEWLINE = "message_trailing_newline", "a newline after all signed bytes", "서명할 바이트 끝에 줄바꿈";
    END_CRLF = "message_trailing_crlf", "CR LF after all signed bytes", "서명할 바이트 끝에 CR LF";
}

pub(super) static TIME_FIRST: Mistake = Mistake {
    id: "time_before_body",
    side: Side::Sender,
    what: Words::fixed("the time before the body", "본문 앞에 시간"),
    advice: ADVICE,
};

static TAIL_ADDED: Mistake = Mistake {
    id: "body_trailing_newline_added",
    side: Side::Between,
    what: Words::fixed("the body with a newline at its end", "본문 끝에 줄바꿈이 더 있음"),
    advice: TAIL_ADVICE,
};

static TAIL_REMOVED: Mistake = Mistake {
    id: "body_trailing_newline_removed",
    side: Side::Between,
    what: Words::fixed(
        "the body without the white space at its end",
        "본문 끝의 줄바꿈이나 공백이 없음",
    ),
    advice: TAIL_ADVICE,
};

const TAIL_ADVICE: Words = Words::fixed(
    "Sign the very bytes that are sent. An editor, `echo`, a heredoc or a logger adds or drops the \
     last newline; `curl -d @file` drops them all, `--data-binary @file` keeps them.",
    "보내는 바이트를 그대로 서명하십시오. 편집기, `echo`, heredoc, 로그가 마지막 줄바꿈을 더하거나 뺍니다. \
     `curl -d @file`은 줄바꿈을 모두 빼고 `--data-binary @file`은 그대로 보냅니다.",
);

/// Delimiters, the likeliest first.
pub(super) static DELIMITERS: [(&[u8], &Mistake); 14] = [
    (b"\n", &NEWLINE),
    (b".", &DOT),
    (b":", &COLON),
    (b"|", &PIPE),
    (b"&", &AMPERSAND),
    (b",", &COMMA),
    (b" ", &SPACE),
    (b"\r\n", &CRLF),
    (b";", &SEMICOLON),
    (b"-", &HYPHEN),
    (b"_", &UNDERSCORE),
    (b"+", &PLUS),
    (b"/", &SLASH),
    (b"\t", &TAB),
];

static URI_AFTER_BODY: Mistake = Mistake {
    id: "uri_after_body",
    side: Side::Sender,
    what: Words::fixed("the URI after the body", "본문 뒤에 URI"),
    advice: ADVICE,
};

/// The right time with the URI before or after it.
pub(super) fn with_uri(times: &[Form], uris: &[&str]) -> Vec<Form> {
    let mut forms = Vec::new();
    let Some(time) = times.first().map(|time| &time.bytes[..]) else { return forms };
    for uri in uris.iter().filter(|uri| !uri.is_empty()).map(|uri| uri.as_bytes()) {
        for parts in [
            [time, b"", uri],
            [uri, b"", time],
            [time, b"\n", uri],
            [uri, b"\n", time],
            [time, b"|", uri],
            [uri, b"", b""],
        ] {
            forms.push(Form::mistaken(parts.concat(), vec![(&URI_AFTER_BODY).into()]));
        }
    }
    forms
}

/// Everything after the body, with up to two mistakes: a delimiter, a form of the time, an end.
pub(super) fn suffixes(times: &[Form]) -> Vec<Form> {
    let mut all = Vec::new();
    for (delimiter, delimiting) in delimiters() {
        for time in times {
            // There is nothing to be set apart.
            if delimiting.is_some() && time.bytes.is_empty() {
                continue;
            }
            let bytes = [delimiter, &time.bytes].concat();
            let steps: Vec<Step> = time.steps.iter().cloned().chain(delimiting.clone()).collect();
            let cost = time.cost + usize::from(delimiting.is_some());
            all.extend(ends(&Form { bytes, steps, cost }));
        }
    }
    all.retain(|form| form.cost <= 2);
    all.sort_by_key(|form| form.cost);
    all
}

/// The bytes that may follow the body if the time precedes it.
pub(super) fn ends(form: &Form) -> Vec<Form> {
    let end = |end: &[u8], step: &'static Mistake| Form {
        bytes: [&form.bytes, end].concat(),
        steps: form.steps.iter().cloned().chain([step.into()]).collect(),
        cost: form.cost + 1,
    };
    vec![form.clone(), end(b"\n", &END_NEWLINE), end(b"\r\n", &END_CRLF)]
}

fn delimiters() -> impl Iterator<Item = (&'static [u8], Option<Step>)> {
    let none: (&[u8], Option<Step>) = (b"", None);
    let some = DELIMITERS.iter().map(|(bytes, mistake)| (*bytes, Some(Step::from(*mistake))));
    std::iter::once(none).chain(some)
}

/// A body's end, where it is white space, can be hashed apart from the rest: it is often what differs.
pub(super) fn split_tail(body: &[u8]) -> (&[u8], &[u8]) {
    let stem = body.trim_ascii_end().len();
    // A long blank end is part of the body like any other.
    body.split_at(if body.len() - stem <= 64 { stem } else { body.len() })
}

/// The tail as it is, and what else it may have been.
pub(super) fn tails(tail: &[u8]) -> Vec<Form> {
    let mut forms = super::mistake::Forms::new(tail.to_vec());
    if !tail.is_empty() {
        forms.add(Vec::new(), &TAIL_REMOVED);
    }
    forms.add([tail, b"\n"].concat(), &TAIL_ADDED);
    forms.add([tail, b"\r\n"].concat(), Step::with(&TAIL_ADDED, "CR LF"));
    if tail != b"\n" && !tail.is_empty() {
        forms.add(b"\n".to_vec(), Step::with(&TAIL_REMOVED, "LF"));
    }
    if tail != b"\r\n" && !tail.is_empty() {
        forms.add(b"\r\n".to_vec(), Step::with(&TAIL_ADDED, "CR LF"));
    }
    forms.0
}

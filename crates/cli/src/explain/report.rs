//! The explanation in words and in JSON.

use std::fmt::Write as _;

use online_contact::Reason;
use serde_json::{Value, json};

use super::advice::advice;
use super::explanation::{CaptureReport, Explanation, Gap, Signature};
use super::mistake::{Side, Step};
use super::restore::Fidelity;
use crate::agent::words as words_of;
use crate::lang::{Lang, Words};
use crate::report::{BAD, DIM, GOOD, TITLE, WARN, json_line, paint, visible};
use crate::verdict::Verdict;

impl Explanation {
    pub(crate) fn to_json(&self, lang: Lang) -> Value {
        let verdict = self.verdict();
        // Without a verdict there is no response either.
        let judged = Some(verdict).filter(|_| self.gap.is_none());
        let own = self.verdicts.at_its_own_time.as_ref().filter(|_| self.gap.is_none());
        json!({
            "verdict": self.verdict_name(),
            "gap": self.gap.as_ref().map(Gap::name),
            "reason": judged.and_then(Verdict::reason).map(Reason::as_str),
            "status": judged.map(|it| it.status().as_u16()),
            "envelope": judged.and_then(Verdict::envelope),
            "agent_sees": judged.map(|it| it.status().agent_message()),
            "key": judged.and_then(Verdict::key_label),
            "timestamp_age_ms": verdict.age_ms(),
            "at_its_own_time": own.map(|own| json!({
                "verdict": own.name(),
                "reason": own.reason().map(Reason::as_str),
            })),
            "signature": self.signature.name(),
            "mistakes": ids(&self.mistakes),
            "alternatives": self.alternatives.iter().map(|steps| ids(steps)).collect::<Vec<_>>(),
            "side": self.side(),
            "details": self.mistakes.iter().map(|step| detail(step, lang)).collect::<Vec<_>>(),
            "computed": self.computed.as_ref().map(|computed| json!({
                "signature": computed.signature.name(),
                "is_the_one_sent": computed.is_the_one_sent,
                "mistakes": ids(&computed.mistakes),
                "details":
                    computed.mistakes.iter().map(|step| detail(step, lang)).collect::<Vec<_>>(),
            })),
            "advice": advice(self, lang),
            "notes": self.notes.iter().map(|note| note.in_lang(lang)).collect::<Vec<_>>(),
            "capture": {
                "format": self.capture.format,
                "method": self.capture.method,
                "target": self.capture.target,
                "headers": self.capture.headers,
                "body_bytes": self.capture.body_length,
                "declared_bytes": self.capture.declared_length,
                "body": self.capture.fidelity.name(),
            },
            "tried": self.tally.tried,
            "hashed_bodies": self.tally.hashed_bodies,
            "hashed_bytes": self.tally.hashed_bytes,
            "complete": self.tally.complete,
        })
    }

    fn verdict_name(&self) -> &'static str {
        if self.gap.is_some() { "undecided" } else { self.verdict().name() }
    }

    pub(crate) fn to_text(&self, lang: Lang) -> String {
        let mut out = String::new();
        // Writing to a string can't fail.
        let _ = self.write(&mut out, lang);
        out
    }

    /// Returns the mistakes, the advice and the notes, one a line.
    pub(crate) fn summary(&self) -> Words {
        Words::of(|lang| {
            let mistakes = self
                .mistakes
                .iter()
                .map(|step| format!("{}: {}", step.mistake.id, step.mistake.what.in_lang(lang)));
            let advice = advice(self, lang).into_iter();
            let notes = self.notes.iter().map(|note| note.in_lang(lang));
            let lines = advice.chain(notes).map(str::to_owned);
            mistakes.chain(lines).collect::<Vec<_>>().join("\n")
        })
    }

    fn write(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        match &self.gap {
            Some(gap) => {
                let undecided = paint(WARN, lang.pick("undecided", "판정할 수 없음"));
                writeln!(out, "{undecided}: {}", self.gap_words(gap, lang))?;
            }
            None => self.write_headline(out, lang)?,
        }
        self.write_mistakes(out, lang)?;
        self.write_computed(out, lang)?;
        if self.gap.is_none() {
            self.write_response(out, lang)?;
        }
        for note in &self.notes {
            let title = paint(WARN, lang.pick("note:", "참고:"));
            writeln!(out, "\n{title} {}", visible(note.in_lang(lang)))?;
        }
        writeln!(out, "\n{}", paint(TITLE, lang.pick("What to do", "할 일")))?;
        for words in advice(self, lang) {
            writeln!(out, "  - {words}")?;
        }
        writeln!(out, "\n{}", paint(DIM, self.capture_words(lang)))
    }

    fn gap_words(&self, gap: &Gap, lang: Lang) -> String {
        let (found, declared) = (self.capture.body_length, self.capture.declared_length);
        match (gap, declared) {
            (Gap::Body, Some(declared)) if declared != found as u64 => match lang {
                Lang::En => format!(
                    "the body in the capture is not the bytes that were sent: it has {found} bytes, and \
                     Content-Length says {declared}"
                ),
                Lang::Ko => format!(
                    "캡처의 본문은 전송된 바이트가 아닙니다. 본문은 {found}바이트인데 Content-Length는 \
                     {declared}입니다"
                ),
            },
            (Gap::Body, _) => lang
                .pick(
                    "the capture has the body in another form than the one that was sent",
                    "캡처의 본문은 전송된 것과 다른 형태입니다",
                )
                .to_owned(),
            (Gap::AuthorizationOmitted, _) => lang
                .pick(
                    "the capture has no Authorization: the browser left it out of the HAR file",
                    "캡처에 Authorization이 없습니다. 브라우저가 HAR 파일에서 뺐습니다",
                )
                .to_owned(),
            (Gap::AuthorizationMasked, _) => lang
                .pick(
                    "Authorization is masked in the capture",
                    "캡처의 Authorization이 가려져 있습니다(마스킹)",
                )
                .to_owned(),
        }
    }

    /// Describes the capture in one line.
    fn capture_words(&self, lang: Lang) -> String {
        let CaptureReport { method, target, headers, body_length, declared_length, .. } =
            &self.capture;
        let line = [method.as_deref(), target.as_deref()];
        let line: Vec<_> = line.into_iter().flatten().map(visible).collect();
        let line = if line.is_empty() { String::new() } else { line.join(" ") + ", " };
        let name = self.capture.name.in_lang(lang);
        let declared = declared_length.filter(|declared| *declared != *body_length as u64);
        let mut text = match lang {
            Lang::En => {
                format!("Read as {name}: {line}{headers} headers, a body of {body_length} bytes")
            }
            Lang::Ko => {
                format!("읽은 형식: {name}. {line}헤더 {headers}개, 본문 {body_length}바이트")
            }
        };
        if let Some(declared) = declared {
            text += &match lang {
                Lang::En => format!(" ({declared} declared)"),
                Lang::Ko => format!("(선언된 길이 {declared})"),
            };
        }
        text + match self.capture.fidelity {
            Fidelity::AsSent | Fidelity::NotAsSent => "",
            Fidelity::Restored => lang.pick(
                "; the signature fits the body that was restored from it",
                ". 이를 되돌린 본문이 서명과 맞습니다",
            ),
            Fidelity::Guessed => lang.pick(
                "; the sent body was guessed from it",
                ". 전송된 본문은 이를 바탕으로 추정했습니다",
            ),
        }
    }

    fn write_computed(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        let Some(computed) = &self.computed else { return Ok(()) };
        let title = match computed.signature {
            _ if computed.is_the_one_sent => lang.pick(
                "The MAC that your server computed is the one that was sent: look at how it compares them",
                "서버가 계산한 MAC은 전송된 것과 같습니다. 비교하는 코드를 확인하십시오",
            ),
            Signature::Matches => lang.pick(
                "The MAC that your server computed is right: the mistake is the sender's",
                "서버가 계산한 MAC이 올바릅니다. 보내는 쪽의 실수입니다",
            ),
            Signature::Explained => lang.pick(
                "The MAC that your server computed is made by",
                "서버가 계산한 MAC은 다음과 같이 만들어졌습니다",
            ),
            Signature::Unexplained => lang.pick(
                "No usual mistake, and no two of them, make the MAC that your server computed",
                "흔한 실수나 그 둘의 조합으로는 서버가 계산한 MAC이 나오지 않습니다",
            ),
            Signature::None => lang.pick(
                "The value of --computed is not a MAC",
                "--computed의 값이 MAC이 아닙니다",
            ),
        };
        writeln!(out, "\n{}", paint(TITLE, title))?;
        for step in computed.mistakes.iter().filter(|_| !computed.is_the_one_sent) {
            let id = paint(BAD, step.mistake.id);
            let side = match step.mistake.side {
                Side::Settings => step.mistake.side.words(lang),
                Side::Sender | Side::Between => lang.pick("your server's code", "서버 코드"),
            };
            writeln!(out, "  {id}: {} [{side}]", words(step, lang))?;
        }
        Ok(())
    }

    fn write_headline(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        writeln!(out, "{}", headline(self.verdict(), lang))?;
        if let Some(own) = &self.verdicts.at_its_own_time {
            let title = lang.pick("at its own time", "보낸 시각을 기준으로 하면");
            writeln!(out, "  {title}: {}", headline(own, lang))?;
        }
        Ok(())
    }

    fn write_response(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        let verdict = self.verdict();
        let Some(envelope) = verdict.envelope() else { return Ok(()) };
        let title = lang.pick("The response", "응답");
        writeln!(out, "\n{}", paint(TITLE, title))?;
        writeln!(out, "  {} {}", verdict.status(), json_line(&envelope))?;
        let sees = lang.pick("the agent sees", "상담원 화면");
        writeln!(out, "  {sees}: {}", words_of(verdict.status().as_u16(), lang))
    }

    fn write_mistakes(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        let title = match self.signature {
            Signature::Explained => {
                lang.pick("The signature is made by", "서명은 다음과 같이 만들어졌습니다")
            }
            Signature::Matches => {
                lang.pick("The signature matches, but", "서명은 맞지만 다음이 다릅니다")
            }
            Signature::None | Signature::Unexplained => lang.pick("What is wrong", "잘못된 점"),
        };
        if !self.mistakes.is_empty() {
            writeln!(out, "\n{}", paint(TITLE, title))?;
        }
        for step in &self.mistakes {
            let id = paint(BAD, step.mistake.id);
            let side = step.mistake.side.words(lang);
            writeln!(out, "  {id}: {} [{side}]", words(step, lang))?;
        }
        for steps in &self.alternatives {
            let ids: Vec<_> = steps.iter().map(|step| step.mistake.id).collect();
            let or = lang.pick("or, which gives the same bytes:", "같은 바이트가 되는 다른 경우:");
            writeln!(out, "  {or} {}", ids.join(" + "))?;
        }
        if self.gap == Some(Gap::Body) && self.signature == Signature::Matches {
            let title = lang.pick(
                "The signature fits the body as it is captured, which is not what was sent",
                "서명은 캡처된 본문과 맞지만, 전송된 본문은 다릅니다",
            );
            writeln!(out, "\n{}", paint(TITLE, title))?;
        }
        if self.signature == Signature::Unexplained {
            let title = lang.pick(
                "No usual mistake, and no two of them, make this signature",
                "흔한 실수나 그 둘의 조합으로는 이 서명이 나오지 않습니다",
            );
            writeln!(out, "\n{}", paint(TITLE, title))?;
        }
        let is_open = self.signature == Signature::Unexplained || !self.tally.complete;
        if is_open && self.tally.tried > 0 { self.write_tally(out, lang) } else { Ok(()) }
    }

    fn write_tally(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        let (tried, bytes) = (self.tally.tried, self.tally.hashed_bytes);
        let mut text = match lang {
            Lang::En => format!("{tried} combinations tried, {bytes} bytes hashed"),
            Lang::Ko => format!("조합 {tried}가지를 시도했고 {bytes}바이트를 해시했습니다"),
        };
        if !self.tally.complete {
            text += lang
                .pick("; not all combinations were tried", "(모든 조합을 시도하지는 못했습니다)");
        }
        writeln!(out, "  {}", paint(DIM, text))
    }
}

impl Gap {
    const fn name(&self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::AuthorizationOmitted => "authorization_omitted",
            Self::AuthorizationMasked => "authorization_masked",
        }
    }
}

fn ids(steps: &[Step]) -> Vec<&'static str> {
    steps.iter().map(|step| step.mistake.id).collect()
}

impl Signature {
    const fn name(self) -> &'static str {
        match self {
            Self::Matches => "matches",
            Self::Explained => "explained",
            Self::Unexplained => "unexplained",
            Self::None => "none",
        }
    }
}

fn headline(verdict: &Verdict, lang: Lang) -> String {
    match (verdict.reason(), verdict.key_label()) {
        (Some(reason), _) => {
            let rejected = paint(BAD, lang.pick("rejected", "거부"));
            format!("{rejected}: {reason} ({})", verdict.status())
        }
        (None, label) => {
            let accepted = paint(GOOD, lang.pick("accepted", "통과"));
            let key = lang.pick("key", "키");
            format!("{accepted} ({key} {})", visible(label.unwrap_or_default()))
        }
    }
}

/// The text of a mistake with its detail: a header, a layout, a prefix.
fn words(step: &Step, lang: Lang) -> String {
    let what = step.mistake.what.in_lang(lang);
    match &step.detail {
        Some(detail) => format!("{what} ({})", visible(detail.in_lang(lang))),
        None => what.to_owned(),
    }
}

fn detail(step: &Step, lang: Lang) -> Value {
    json!({
        "id": step.mistake.id,
        "side": step.mistake.side,
        "what": step.mistake.what.in_lang(lang),
        "detail": step.detail.as_ref().map(|detail| detail.in_lang(lang)),
        "advice": step.mistake.advice.in_lang(lang),
    })
}

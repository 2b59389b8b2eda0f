//! The explanation in words and in JSON.

use std::fmt::Write as _;

use online_contact::Reason;
use serde_json::{Value, json};

use super::advice::advice;
use super::explanation::{Explanation, Signature};
use super::mistake::Step;
use super::verdict::Verdict;
use crate::agent::words as words_of;
use crate::lang::Lang;
use crate::report::{BAD, DIM, GOOD, TITLE, WARN, json_line, paint, visible};

impl Explanation {
    pub(crate) fn to_json(&self, lang: Lang) -> Value {
        let verdict = self.verdict();
        let own = self.verdicts.at_its_own_time.as_ref();
        let ids = |steps: &[Step]| steps.iter().map(|step| step.mistake.id).collect::<Vec<_>>();
        json!({
            "verdict": name(verdict),
            "reason": verdict.reason.map(Reason::as_str),
            "status": verdict.status.as_u16(),
            "envelope": verdict.envelope,
            "agent_sees": verdict.status.agent_message(),
            "key": verdict.key_label,
            "timestamp_age_ms": verdict.age_ms,
            "at_its_own_time": own.map(|own| json!({
                "verdict": name(own),
                "reason": own.reason.map(Reason::as_str),
            })),
            "signature": self.signature.name(),
            "mistakes": ids(&self.mistakes),
            "alternatives": self.alternatives.iter().map(|steps| ids(steps)).collect::<Vec<_>>(),
            "side": self.side(),
            "details": self.mistakes.iter().map(|step| detail(step, lang)).collect::<Vec<_>>(),
            "advice": advice(self, lang),
            "notes": self.notes.iter().map(|note| note.in_lang(lang)).collect::<Vec<_>>(),
            "tried": self.tally.tried,
            "hashed_bodies": self.tally.hashed_bodies,
            "hashed_bytes": self.tally.hashed_bytes,
            "complete": self.tally.complete,
        })
    }

    pub(crate) fn to_text(&self, lang: Lang) -> String {
        let mut out = String::new();
        // Writing to a string can't fail.
        let _ = self.write(&mut out, lang);
        out
    }

    fn write(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        self.write_verdict(out, lang)?;
        self.write_mistakes(out, lang)?;
        for note in &self.notes {
            let title = paint(WARN, lang.pick("note:", "참고:"));
            writeln!(out, "\n{title} {}", visible(note.in_lang(lang)))?;
        }
        writeln!(out, "\n{}", paint(TITLE, lang.pick("What to do", "할 일")))?;
        for words in advice(self, lang) {
            writeln!(out, "  - {words}")?;
        }
        Ok(())
    }

    fn write_verdict(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        let verdict = self.verdict();
        writeln!(out, "{}", headline(verdict, lang))?;
        if let Some(envelope) = &verdict.envelope {
            let answers = lang.pick("the server answers", "서버의 응답");
            writeln!(out, "  {answers} {}: {}", verdict.status, json_line(envelope))?;
            let sees = lang.pick("the agent sees", "상담원 화면");
            writeln!(out, "  {sees}: {}", words_of(verdict.status.as_u16(), lang))?;
        }
        if let Some(own) = &self.verdicts.at_its_own_time {
            let title = lang.pick("at its own time", "보낸 시각을 기준으로 하면");
            writeln!(out, "  {title}: {}", headline(own, lang))?;
        }
        Ok(())
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
        if self.signature == Signature::Unexplained {
            let title = lang.pick(
                "No usual mistake, and no two of them, make this signature",
                "흔한 실수나 그 둘의 조합으로는 이 서명이 나오지 않습니다",
            );
            writeln!(out, "\n{}", paint(TITLE, title))?;
        }
        if self.tally.tried > 0 { self.write_tally(out, lang) } else { Ok(()) }
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

fn name(verdict: &Verdict) -> &'static str {
    if verdict.reason.is_none() { "accepted" } else { "rejected" }
}

fn headline(verdict: &Verdict, lang: Lang) -> String {
    match (verdict.reason, &verdict.key_label) {
        (Some(reason), _) => {
            let rejected = paint(BAD, lang.pick("rejected", "거절"));
            format!("{rejected}: {reason} ({})", verdict.status)
        }
        (None, label) => {
            let accepted = paint(GOOD, lang.pick("accepted", "통과"));
            let key = lang.pick("key", "키");
            format!("{accepted} ({key} {})", visible(label.as_deref().unwrap_or_default()))
        }
    }
}

/// What was done, and which header, layout or prefix.
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

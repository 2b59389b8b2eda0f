//! One line for each probe: what was expected, what came, what the agent would see.

use anstyle::Style;

use crate::doctor::Examination;
use crate::doctor::finding::{Finding, Mark, Seen};
use crate::lang::Lang;
use crate::report::{BAD, DIM, GOOD, TITLE, WARN, paint, visible};

/// As wide as the longest id.
pub(super) const ID: usize = 24;

/// A detail may be long; the first words of it say enough.
const DETAIL: usize = 60;

pub(super) fn finding(finding: &Finding, lang: Lang) -> String {
    let probe = finding.probe;
    let mark = finding.verdict.mark;
    let mut text = format!(
        "{} {} {}",
        paint(style(mark), padded(mark.words(lang), 7)),
        paint(TITLE, format!("{:ID$}", probe.id)),
        probe.title.in_lang(lang),
    );
    if let Some(seen) = &finding.seen {
        text.push_str(&compared(&finding.expected, seen, lang));
    }
    text.push('\n');
    for note in &finding.verdict.notes {
        text.push_str(&format!("          {}\n", paint(style(note.mark), visible(&note.text))));
    }
    text
}

fn compared(expected: &str, seen: &Seen, lang: Lang) -> String {
    let agent = match seen {
        Seen::Answer(answer) => &*answer.1.words,
        Seen::Nothing { .. } => lang.pick("nothing", "없음"),
    };
    let came = came(seen, lang);
    let (came, agent) = (visible(&came), visible(agent));
    let text = lang.pick(
        format!(": expected {expected}, came {came}; the agent sees {agent}"),
        format!(": {expected} 기대, {came} 받음. 상담원 화면: {agent}"),
    );
    paint(DIM, text)
}

/// Status, code and detail of an answer, or why there is none.
pub(super) fn came(seen: &Seen, lang: Lang) -> String {
    let (answer, view) = match seen {
        Seen::Nothing { why, .. } => {
            return lang.pick(format!("no answer ({why})"), format!("응답 없음({why})"));
        }
        Seen::Answer(seen) => &**seen,
    };
    let mut text = answer.status.as_u16().to_string();
    if let Some((code, _, detail)) = &view.error {
        let detail = detail.as_deref().unwrap_or_default();
        let cut: String = detail.chars().take(DETAIL).collect();
        let dots = if cut.len() < detail.len() { "…" } else { "" };
        text = format!("{text} {code} {cut}{dots}").trim_end().to_owned();
    }
    let millis = answer.elapsed.as_millis();
    lang.pick(format!("{text} in {millis} ms"), format!("{text}({millis} ms)"))
}

pub(super) fn summary(examination: &Examination<'_>, lang: Lang) -> String {
    let count = |mark| examination.count(mark);
    let seconds = examination.took.as_secs_f64();
    let (pass, fail) = (count(Mark::Pass), count(Mark::Fail));
    let (advice, skipped) = (count(Mark::Advice), count(Mark::Skipped));
    let text = lang.pick(
        format!("{pass} passed, {fail} failed, {advice} with advice, {skipped} skipped in {seconds:.1} s"),
        format!("통과 {pass}, 실패 {fail}, 참고 {advice}, 건너뜀 {skipped} ({seconds:.1}초)"),
    );
    let mark = if fail > 0 { Mark::Fail } else { Mark::Pass };
    format!("\n{}\n", paint(style(mark), text))
}

const fn style(mark: Mark) -> Style {
    match mark {
        Mark::Skipped => DIM,
        Mark::Pass => GOOD,
        Mark::Advice => WARN,
        Mark::Fail => BAD,
    }
}

/// Filled to so many columns: a letter of Korean takes two.
fn padded(text: &str, columns: usize) -> String {
    let width: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(columns.saturating_sub(width)))
}

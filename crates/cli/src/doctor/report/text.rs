//! The report for people: the problems, worst first, each with the probes that show it.

use anstyle::Style;

use crate::doctor::finding::{Examination, Finding, Seen};
use crate::doctor::mark::Mark;
use crate::lang::Lang;
use crate::report::{BAD, DIM, GOOD, TITLE, WARN, paint, visible};

/// The width of the longest id.
pub(super) const ID: usize = 26;

/// The number of characters of a detail that are shown.
const DETAIL: usize = 60;

/// The number of variants that are shown of one probe.
const VARIANTS: usize = 4;

/// The number of probes that are shown for one problem.
const SHOWN: usize = 12;

/// One reason, and the findings that have it.
struct Problem<'a> {
    mark: Mark,
    text: &'a str,
    findings: Vec<&'a Finding>,
}

pub(super) fn examination(examination: &Examination<'_>, lang: Lang) -> String {
    let mut text = String::new();
    for mark in Mark::ALL {
        let problems = problems(examination.findings, mark);
        text.extend(problems.iter().map(|problem| problem.show(lang)));
    }
    text + &summary(examination, lang)
}

/// The reasons with this mark, in the order of the table.
fn problems(findings: &[Finding], mark: Mark) -> Vec<Problem<'_>> {
    let mut problems: Vec<Problem<'_>> = Vec::new();
    for finding in findings {
        for note in finding.verdict.notes.iter().filter(|note| note.mark == mark) {
            match problems.iter_mut().find(|problem| problem.text == note.text) {
                Some(problem) => problem.findings.push(finding),
                None => {
                    problems.push(Problem { mark, text: &note.text, findings: vec![finding] });
                }
            }
        }
    }
    problems
}

impl Problem<'_> {
    fn show(&self, lang: Lang) -> String {
        let mark = paint(style(self.mark), padded(self.mark.words(lang), 8));
        let mut text = format!("{mark}{}\n", visible(self.text));
        if self.mark == Mark::Skipped {
            let ids: Vec<_> = self.findings.iter().map(|finding| finding.probe.id).collect();
            return text + &format!("          {}\n", paint(DIM, ids.join(", ")));
        }
        let shown = self.findings.iter().take(SHOWN);
        text.extend(shown.map(|finding| format!("          {}\n", line(finding, lang))));
        let hidden = self.findings.len().saturating_sub(SHOWN);
        if hidden > 0 {
            let more = lang.pick(
                format!("and {hidden} more; --json lists all"),
                format!("외 {hidden}개. --json은 모두 표시합니다"),
            );
            text.push_str(&format!("          {}\n", paint(DIM, more)));
        }
        text
    }
}

/// The id and title of a probe, and the response.
fn line(finding: &Finding, lang: Lang) -> String {
    let id = paint(TITLE, format!("{:ID$}", finding.probe.id));
    let mut text = format!("{id} {}", finding.probe.title.in_lang(lang));
    if !finding.variants.is_empty() {
        let mut variants = finding.variants.iter().take(VARIANTS).cloned().collect::<Vec<_>>();
        let hidden = finding.variants.len().saturating_sub(VARIANTS);
        if hidden > 0 {
            variants.push(lang.pick(format!("{hidden} more"), format!("외 {hidden}개")));
        }
        text.push_str(&format!(" ({})", visible(&variants.join("; "))));
    }
    if let Some(seen) = &finding.seen {
        text.push_str(&paint(DIM, compared(finding, seen, lang)));
    }
    text
}

fn compared(finding: &Finding, seen: &Seen, lang: Lang) -> String {
    let (expected, received) = (&finding.expected, received(seen, lang));
    let received = visible(&received);
    let mut text = lang.pick(
        format!(": expected {expected}, got {received}"),
        format!(": 기대 {expected}, 응답 {received}"),
    );
    if let Some((_, view)) = seen.answer().filter(|_| finding.probe.expect.is_seen_by_agents()) {
        let words = visible(&view.words);
        text.push_str(
            &lang.pick(format!("; the agent sees {words}"), format!(". 상담원 화면: {words}")),
        );
    }
    text
}

/// Status, code and detail of a response, or the reason why there is none.
pub(super) fn received(seen: &Seen, lang: Lang) -> String {
    let (answer, view) = match seen {
        Seen::Nothing { why, .. } => {
            return lang.pick(format!("no response ({why})"), format!("없음({why})"));
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

/// The number of probes by result, on one line.
fn summary(examination: &Examination<'_>, lang: Lang) -> String {
    let count = |mark| examination.count(mark);
    let seconds = examination.took.as_secs_f64();
    let (pass, fail) = (count(Mark::Pass), count(Mark::Fail));
    let (advice, skipped) = (count(Mark::Advice), count(Mark::Skipped));
    let text = lang.pick(
        format!("{pass} passed, {fail} failed, {advice} with advice, {skipped} skipped in {seconds:.1} s"),
        format!("통과 {pass}, 실패 {fail}, 참고 {advice}, 건너뜀 {skipped} ({seconds:.1}초)"),
    );
    let mark = if fail > 0 { Mark::Fail } else { Mark::Pass };
    format!("{}\n", paint(style(mark), text))
}

const fn style(mark: Mark) -> Style {
    match mark {
        Mark::Skipped => DIM,
        Mark::Pass => GOOD,
        Mark::Advice => WARN,
        Mark::Fail => BAD,
    }
}

/// Pads a text to a number of columns. A Korean letter takes two.
fn padded(text: &str, columns: usize) -> String {
    let width: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(columns.saturating_sub(width)))
}

//! The report, for people and for programs.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anstyle::Style;
use indicatif::{ProgressBar, ProgressStyle};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};

use super::expect::Mark;
use super::probes::Probe;
use super::runner::{Examination, Finding};
use super::verdict::{Note, Seen};
use crate::context::{Context, Problem};
use crate::lang::{Lang, Words};
use crate::report::{BAD, DIM, GOOD, TITLE, WARN, paint, visible};

pub(super) fn print(examination: &Examination<'_>, cx: &Context) -> Result<(), Problem> {
    if cx.json {
        cx.print_json(&to_json(examination, cx.lang))
    } else {
        cx.print(to_text(examination, cx.lang))
    }
}

/// The width of the longest id.
const ID: usize = 26;

/// The number of characters of a detail that are shown.
const DETAIL: usize = 60;

/// The number of variants that are shown of one probe.
const VARIANTS: usize = 4;

/// The number of probes that are shown for one problem.
const SHOWN: usize = 12;

/// One reason, and the findings that have it.
struct Shared<'a> {
    mark: Mark,
    text: &'a Words,
    findings: Vec<&'a Finding>,
}

fn to_text(examination: &Examination<'_>, lang: Lang) -> String {
    let mut text = String::new();
    for mark in Mark::ALL {
        let problems = problems(examination.findings, mark);
        text.extend(problems.iter().map(|problem| problem.show(lang)));
    }
    text + &summary(examination, lang)
}

/// The reasons with this mark, in the order of the table.
fn problems(findings: &[Finding], mark: Mark) -> Vec<Shared<'_>> {
    let mut problems: Vec<Shared<'_>> = Vec::new();
    for finding in findings {
        for note in finding.verdict.notes.iter().filter(|note| note.mark == mark) {
            match problems.iter_mut().find(|problem| *problem.text == note.text) {
                Some(problem) => problem.findings.push(finding),
                None => {
                    problems.push(Shared { mark, text: &note.text, findings: vec![finding] });
                }
            }
        }
    }
    problems
}

impl Shared<'_> {
    fn show(&self, lang: Lang) -> String {
        let mark = paint(style(self.mark), padded(self.mark.words(lang), 8));
        let mut text = format!("{mark}{}\n", visible(self.text.in_lang(lang)));
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
        let shown = finding.variants.iter().take(VARIANTS);
        let mut variants: Vec<_> = shown.map(|it| it.in_lang(lang).to_owned()).collect();
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
    let (expected, received) = (finding.expected.in_lang(lang), received(seen, lang));
    let received = visible(&received);
    let mut text = lang.pick(
        format!(": expected {expected}, got {received}"),
        format!(": 기대 {expected}, 응답 {received}"),
    );
    if let Some((_, view)) = seen.answer().filter(|_| finding.probe.expect.is_seen_by_agents()) {
        let words = visible(view.words.in_lang(lang));
        text.push_str(
            &lang.pick(format!("; the agent sees {words}"), format!(". 상담원 화면: {words}")),
        );
    }
    text
}

/// Status, code and detail of a response, or the reason why there is none.
fn received(seen: &Seen, lang: Lang) -> String {
    let (answer, view) = match seen {
        Seen::Nothing { why, .. } => {
            let why = why.in_lang(lang);
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

fn to_json(examination: &Examination<'_>, lang: Lang) -> Value {
    let count = |mark| examination.count(mark);
    json!({
        "url": examination.url.as_str(),
        "version": env!("CARGO_PKG_VERSION"),
        "seconds": examination.took.as_secs_f64(),
        "summary": {
            "pass": count(Mark::Pass),
            "fail": count(Mark::Fail),
            "advice": count(Mark::Advice),
            "skipped": count(Mark::Skipped),
        },
        "probes": examination.findings.iter().map(|it| finding(it, lang)).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding, lang: Lang) -> Value {
    let (response, agent, silence) = match &finding.seen {
        Some(Seen::Answer(seen)) => (response(seen), Some(seen.1.words.in_lang(lang)), None),
        Some(Seen::Nothing { why, .. }) => (Value::Null, None, Some(why.in_lang(lang))),
        None => (Value::Null, None, None),
    };
    json!({
        "id": finding.probe.id,
        "title": finding.probe.title.in_lang(lang),
        "result": finding.verdict.mark.as_str(),
        "severity": finding.probe.severity.as_str(),
        "expected": finding.expected.in_lang(lang),
        "response": response,
        "no_response": silence,
        "agent_sees": agent.filter(|_| finding.probe.expect.is_seen_by_agents()),
        "variants": finding.variants.iter().map(|it| it.in_lang(lang)).collect::<Vec<_>>(),
        "notes": finding.verdict.notes.iter().map(|it| note(it, lang)).collect::<Vec<_>>(),
    })
}

fn response(seen: &(crate::http::Answer, crate::agent::AgentView)) -> Value {
    let (answer, view) = seen;
    let error = view.error.as_ref();
    json!({
        "status": answer.status.as_u16(),
        "code": error.map(|(code, ..)| code),
        "message": error.map(|(_, message, _)| message),
        "detail": error.and_then(|(.., detail)| detail.as_ref()),
        "milliseconds": answer.elapsed.as_secs_f64() * 1_000.0,
    })
}

fn note(note: &Note, lang: Lang) -> Value {
    json!({ "level": note.mark.as_str(), "breach": note.breach, "text": note.text.in_lang(lang) })
}

/// Writes the report. A probe with advice is a success with a note.
pub(super) fn write_junit(
    examination: &Examination<'_>,
    path: &Path,
    cx: &Context,
) -> Result<(), Problem> {
    let mut suite = TestSuite::new(examination.url.as_str());
    suite.set_time(examination.took);
    suite.add_test_cases(examination.findings.iter().map(|finding| case(finding, cx.lang)));
    let mut report = Report::new("online-contact doctor");
    report.set_time(examination.took);
    report.add_test_suite(suite);
    let xml = report.to_string().map_err(|error| cannot_write(path).source(error))?;
    fs::write(path, xml).map_err(|error| cannot_write(path).source(error))
}

fn case(finding: &Finding, lang: Lang) -> TestCase {
    let notes: Vec<_> = finding.verdict.notes.iter().map(|note| note.text.in_lang(lang)).collect();
    let mut status = match finding.verdict.mark {
        Mark::Pass | Mark::Advice => TestCaseStatus::success(),
        Mark::Skipped => TestCaseStatus::skipped(),
        Mark::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
    };
    if matches!(finding.verdict.mark, Mark::Skipped | Mark::Fail) {
        status.set_message(notes.join("; "));
    }
    let mut case = TestCase::new(finding.probe.id, status);
    case.set_classname("online-contact.doctor");
    case.set_time(elapsed(finding));
    case.set_system_out(system_out(finding, &notes, lang));
    case
}

fn elapsed(finding: &Finding) -> Duration {
    finding.seen.as_ref().map_or(Duration::ZERO, Seen::elapsed)
}

fn system_out(finding: &Finding, notes: &[&str], lang: Lang) -> String {
    let received =
        finding.seen.as_ref().map_or_else(|| "-".to_owned(), |seen| received(seen, lang));
    let title = finding.probe.title.in_lang(lang);
    let expected = finding.expected.in_lang(lang);
    let (en, ko) = (
        format!("{title}: expected {expected}, got {received}"),
        format!("{title}: 기대 {expected}, 응답 {received}"),
    );
    let variants = finding.variants.iter().map(|it| it.in_lang(lang));
    let compared = lang.pick(en, ko);
    let lines = [&*compared].into_iter().chain(variants).chain(notes.iter().copied());
    lines.collect::<Vec<_>>().join("\n")
}

fn cannot_write(path: &Path) -> Problem {
    let shown = path.display();
    Problem::new(
        format!("cannot write the JUnit report {shown}"),
        format!("JUnit 보고서 {shown}을(를) 쓸 수 없습니다"),
    )
}

/// Prints the probes. The rows of the protocol that no client can cause are named too.
pub(super) fn list(plan: &[&'static Probe], cx: &Context) -> Result<(), Problem> {
    if cx.json {
        return cx.print_json(&plan.iter().map(|probe| as_json(probe, cx)).collect::<Vec<_>>());
    }
    let lines = plan.iter().map(|probe| {
        let (title, expected) = (probe.title.in_lang(cx.lang), probe.expect.fixed());
        let expected = expected.in_lang(cx.lang);
        format!("{} {title}: {expected}\n", paint(TITLE, format!("{:ID$}", probe.id)))
    });
    let note = paint(DIM, cx.lang.pick(
        "Not included, because no client can cause them: an unavailable key source or replay guard, an \
         overloaded server, a body that breaks off.\n",
        "밖에서 일으킬 수 없는 경우는 들어 있지 않습니다: 키 저장소나 재전송 방지 저장소의 장애, 메모리 부족, \
         중간에 끊긴 본문.\n",
    ));
    cx.print(lines.collect::<String>() + &note)
}

fn as_json(probe: &Probe, cx: &Context) -> Value {
    json!({
        "id": probe.id,
        "severity": probe.severity.as_str(),
        "title": probe.title.in_lang(cx.lang),
        "expected": probe.expect.fixed().in_lang(cx.lang),
    })
}

/// The progress bar. Wiped when dropped.
#[derive(Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(probes: usize, lang: Lang) -> Self {
        let bar = ProgressBar::new(u64::try_from(probes).unwrap_or(u64::MAX));
        let template = lang
            .pick("{bar:30} {pos}/{len} probes, {elapsed}", "{bar:30} 검사 {pos}/{len}, {elapsed}");
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.tick();
        Self(bar)
    }

    pub(super) fn step(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

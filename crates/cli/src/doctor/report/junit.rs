//! The report of `--junit`, for CI.

use std::fs;
use std::path::Path;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::text;
use crate::context::Context;
use crate::doctor::finding::{Examination, Finding, Seen};
use crate::doctor::mark::Mark;
use crate::lang::Lang;
use crate::outcome::Problem;

/// Writes the report. A probe with advice is a success with a note.
pub(in crate::doctor) fn write(
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
    let xml = report.to_string().map_err(|error| cannot_write(path, cx.lang).source(error))?;
    fs::write(path, xml).map_err(|error| cannot_write(path, cx.lang).source(error))
}

fn case(finding: &Finding, lang: Lang) -> TestCase {
    let notes: Vec<_> = finding.verdict.notes.iter().map(|note| &*note.text).collect();
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
        finding.seen.as_ref().map_or_else(|| "-".to_owned(), |seen| text::received(seen, lang));
    let title = finding.probe.title.in_lang(lang);
    let expected = &finding.expected;
    let (en, ko) = (
        format!("{title}: expected {expected}, got {received}"),
        format!("{title}: 기대 {expected}, 응답 {received}"),
    );
    let variants = finding.variants.iter().map(String::as_str);
    let compared = lang.pick(en, ko);
    let lines = [&*compared].into_iter().chain(variants).chain(notes.iter().copied());
    lines.collect::<Vec<_>>().join("\n")
}

fn cannot_write(path: &Path, lang: Lang) -> Problem {
    let shown = path.display();
    Problem::new(lang.pick(
        format!("cannot write the JUnit report {shown}"),
        format!("JUnit 보고서 {shown}을(를) 쓸 수 없습니다"),
    ))
}

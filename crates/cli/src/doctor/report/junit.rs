//! `--junit`: for whoever runs this before each deployment.

use std::fs;
use std::path::Path;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::lines;
use crate::context::Context;
use crate::doctor::Examination;
use crate::doctor::finding::{Finding, Mark, Seen};
use crate::lang::Lang;
use crate::outcome::Problem;

/// Writes the report. An advice is a success with a note.
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
    let came = finding.seen.as_ref().map_or_else(|| "-".to_owned(), |seen| lines::came(seen, lang));
    let title = finding.probe.title.in_lang(lang);
    let expected = &finding.expected;
    let (en, ko) = (
        format!("{title}: expected {expected}, came {came}"),
        format!("{title}: {expected} 기대, {came} 받음"),
    );
    [&*lang.pick(en, ko)].into_iter().chain(notes.iter().copied()).collect::<Vec<_>>().join("\n")
}

fn cannot_write(path: &Path, lang: Lang) -> Problem {
    let shown = path.display();
    Problem::new(lang.pick(
        format!("can't write the JUnit report {shown}"),
        format!("JUnit 보고서 {shown}을(를) 쓸 수 없습니다"),
    ))
}

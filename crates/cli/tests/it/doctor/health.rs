//! Servers without a fault, and faults that are an advice.

use std::sync::atomic::Ordering;

use super::fault::Fault;
use super::server::{
    QUICK, SKIPPED, examine, probe, start, start_counting, start_http2, start_impatient,
    with_result,
};

async fn advises(fault: Fault, options: &[&str], expected: &[&str]) {
    let run = examine(&start(fault).await, &[&QUICK[..], options].concat()).await;
    let report = run.json();
    assert_eq!(with_result(&report, "fail"), [""; 0], "{fault:?}: {report:#}");
    assert_eq!(with_result(&report, "advice"), expected, "{fault:?}: {report:#}");
    assert_eq!(with_result(&report, "skipped"), SKIPPED, "{fault:?}: {report:#}");
    assert_eq!(run.status, 0);
}

#[tokio::test]
async fn an_honest_server_has_no_problems() {
    advises(Fault::None, &["--expect-replay-guard"], &[]).await;
}

/// Without the probes that wait and the second measurements of slow rejections.
#[tokio::test]
async fn the_manual_names_the_number_of_requests() {
    const MANUAL: &str = include_str!("../../../../../docs/cli.md");
    let (url, server) = start_counting().await;
    assert_eq!(examine(&url, &QUICK).await.status, 0);
    let sent = server.asked.load(Ordering::SeqCst);
    assert!((296..=307).contains(&sent), "{sent}");
    assert!(MANUAL.contains("about 300 requests") && MANUAL.contains("sends 92 probes"));
}

#[tokio::test]
async fn an_honest_server_has_no_problems_over_http2() {
    let options = [&QUICK[..], &["--http2", "--expect-replay-guard"]].concat();
    let run = examine(&start_http2().await, &options).await;
    let report = run.json();
    assert_eq!(with_result(&report, "fail"), [""; 0], "{report:#}");
    assert_eq!(with_result(&report, "skipped"), SKIPPED, "{report:#}");
    assert_eq!(run.status, 0);
}

#[tokio::test]
async fn slow_and_stalled_bodies() {
    let slow = ["--only", "body_slow"];
    let report = examine(&start(Fault::None).await, &slow).await.json();
    assert_eq!(with_result(&report, "pass"), ["honest", "body_slow"]);
    let stalled = ["--only", "body_stalled"];
    let report = examine(&start_impatient(Fault::None).await, &stalled).await.json();
    assert_eq!(with_result(&report, "pass"), ["honest", "body_stalled"]);
}

#[tokio::test]
async fn a_replay_is_an_advice_unless_a_guard_is_expected() {
    let url = start(Fault::NoReplayGuard).await;
    let only = ["--only", "replay"];
    let report = examine(&url, &only).await.json();
    assert_eq!(probe(&report, "replay")["result"], "advice");
    let run = examine(&url, &[&only[..], &["--expect-replay-guard"]].concat()).await;
    assert_eq!((run.status, with_result(&run.json(), "fail")), (1, vec!["replay"]));
}

#[tokio::test]
async fn a_body_without_a_deadline_is_an_advice() {
    let url = start(Fault::NoDeadline).await;
    let report = examine(&url, &["--only", "body_stalled"]).await.json();
    assert_eq!(probe(&report, "body_stalled")["result"], "advice");
}

#[tokio::test]
async fn other_methods_and_paths_are_advice() {
    advises(Fault::MethodNotAllowed, &[], &[]).await;
    advises(Fault::AnyPath, &[], &["route_other_path"]).await;
}

/// The agent sees that the permission is missing, and no request is accepted.
#[tokio::test]
async fn a_bad_timestamp_may_be_forbidden() {
    let report = examine(&start(Fault::ForbiddenForBadTime).await, &QUICK).await.json();
    assert_eq!(with_result(&report, "fail"), [""; 0]);
    assert_eq!(probe(&report, "timestamp_missing")["result"], "advice");
    assert_eq!(probe(&report, "window_old_outside")["result"], "advice");
}

/// The ends of the window follow the server's clock.
#[tokio::test]
async fn a_clock_that_is_ahead_is_an_advice() {
    advises(Fault::ClockAhead, &[], &["clock"]).await;
}

#[tokio::test]
async fn a_clock_that_is_far_behind_is_named() {
    let report = examine(&start(Fault::ClockFarBehind).await, &QUICK).await.json();
    let notes = probe(&report, "honest")["notes"].to_string();
    assert!(notes.contains("s behind this machine's"), "{notes}");
    assert_eq!(with_result(&report, "advice"), ["clock"]);
}

//! Each fault is found by its probes and by no others.

use super::fault::Fault;
use super::server::{QUICK, examine, probe, run, start, start_impatient, with_result};
use crate::support::command;

/// Examines a server with this fault: exactly these probes fail.
async fn finds(fault: Fault, expected: &[&str]) {
    let run = examine(&start(fault).await, &QUICK).await;
    let report = run.json();
    assert_eq!(with_result(&report, "fail"), expected, "{fault:?}");
    assert_eq!(run.status, 1, "{fault:?}");
}

macro_rules! faults {
    ($($name:ident: $fault:ident => $($id:literal)*;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                finds(Fault::$fault, &[$($id),*]).await;
            }
        )*
    };
}

faults! {
    no_window: NoWindow
        => "timestamp_seconds" "timestamp_huge" "window_old_outside" "window_future_outside";
    a_window_of_seconds: WindowOfSeconds => "window_old_inside" "window_future_inside";
    a_window_that_is_too_narrow: WindowTooNarrow => "window_old_inside" "window_future_inside";
    any_future: FutureAccepted => "timestamp_huge" "window_future_outside";
    the_first_of_a_list: FirstOfList => "timestamp_list" "authorization_list";
    a_lenient_parser: LibraryParse => "timestamp_leading_zero" "timestamp_plus";
    spaces_in_a_number: SpacesRemoved
        => "timestamp_leading_zero" "timestamp_plus" "timestamp_space";
    a_floating_point: FloatParse
        => "timestamp_leading_zero" "timestamp_plus" "timestamp_fraction";
    an_empty_or_short_signature: ComparesPrefix
        => "authorization_empty" "authorization_truncated" "authorization_unpadded";
    a_signature_with_an_appendix: ComparesStart => "authorization_list" "authorization_longer";
    the_first_bytes_of_a_signature: ComparesFirstBytes => "authorization_last_byte";
    a_signature_in_another_case: IgnoresCase => "authorization_case";
    a_hexadecimal_signature: TakesHex => "authorization_hex";
    any_base64: TakesAnyBase64
        => "authorization_url_safe" "authorization_unpadded" "authorization_loose_bits";
    a_bearer_signature: TakesBearer => "authorization_bearer";
    an_unsigned_request: UnsignedPasses => "authorization_missing";
    lossy_decoding: LossyDecoding => "body_lossy";
    json_serialized_again: Reserialises
        => "signature_other_body" "body_8_kib" "body_long" "body_at_limit" "body_respelled"
        "body_newline" "body_crlf";
    a_body_that_is_trimmed: Trims
        => "signature_other_body" "body_8_kib" "body_long" "body_at_limit" "body_newline"
        "body_crlf";
    no_limit: NoLimit => "body_too_large" "body_too_large_chunked";
    a_limit_of_the_declared_length_only: DeclaredLimitOnly => "body_too_large_chunked";
    no_chunks: NoChunks => "body_unverified" "body_chunked";
    a_missing_detail: NoDetail
        => "signature_other_key" "body_empty" "lookup_bad_json" "lookup_no_result"
        "window_old_outside" "window_future_outside";
    unauthorized: Unauthorized => "signature_other_key";
    no_result_for_a_forgery: NoResultForForgery => "signature_other_key";
    not_found: NotFound => "lookup_no_result" "body_non_ascii";
    a_success_without_data: EmptySuccess => "lookup_no_result";
    unprocessable: Unprocessable => "body_empty" "lookup_bad_json" "body_bom";
    an_error_on_broken_json: BreaksOnBadJson => "body_empty" "lookup_bad_json" "body_bom";
    numbers_for_strings: Numbers => "honest";
    an_error_on_letters: AsciiOnly => "body_bom" "body_non_ascii";
    any_method: AnyMethod => "route_get";
}

/// Plain text breaks the envelope where an agent may see it.
#[tokio::test]
async fn plain_text() {
    let report = examine(&start(Fault::PlainText).await, &QUICK).await.json();
    let failed = with_result(&report, "fail");
    for id in ["window_old_outside", "signature_other_key", "body_empty"] {
        assert!(failed.contains(&id), "{failed:?}");
        let notes = probe(&report, id)["notes"].as_array().unwrap();
        assert!(notes.iter().any(|note| note["breach"] == "content_type"), "{notes:?}");
        assert!(notes.iter().any(|note| note["breach"] == "not_json"), "{notes:?}");
    }
    // Agents never see the responses to these requests.
    let unseen = ["--only", "timestamp_missing", "body_stalled", "route_get"];
    let report = examine(&start_impatient(Fault::PlainText).await, &unseen).await.json();
    assert_eq!(with_result(&report, "fail"), [""; 0], "{report:#}");
}

/// All that must be rejected is accepted, except bodies beyond the limits.
#[tokio::test]
async fn everything_is_accepted() {
    let report = examine(&start(Fault::AcceptsEverything).await, &QUICK).await.json();
    let rejected = |probe: &&serde_json::Value| {
        let expected = probe["expected"].as_str().unwrap();
        let id = probe["id"].as_str().unwrap();
        let elsewhere = ["body_", "lookup_", "route_", "rejection_", "time_"];
        let of_the_head = !elsewhere.iter().any(|start| id.starts_with(start));
        of_the_head && (expected == "400" || expected == "403") && probe["result"] != "skipped"
    };
    let probes = report["probes"].as_array().unwrap().iter().filter(rejected);
    let rejected: Vec<_> = probes.collect();
    assert!(rejected.len() > 40, "{}", rejected.len());
    for probe in rejected {
        assert_eq!(probe["result"], probe["severity"], "{probe:#}");
        let text = probe["notes"][0]["text"].as_str().unwrap();
        let is_named = text.starts_with("accepted, but") || text.starts_with("not verified");
        assert!(is_named, "{text}");
    }
}

/// A MAC without the time is never that of an honest request.
#[tokio::test]
async fn a_mac_of_other_bytes_fails_the_honest_request() {
    for fault in [Fault::TimeUnsigned, Fault::OtherScheme] {
        let run = examine(&start(fault).await, &QUICK).await;
        let report = run.json();
        assert_eq!((run.status, with_result(&report, "fail")), (1, vec!["honest"]));
        let notes = probe(&report, "honest")["notes"].to_string();
        assert!(notes.contains("the signature was rejected"), "{notes}");
        assert!(notes.contains("explain"), "{notes}");
        assert!(with_result(&report, "skipped").contains(&"signature_other_key"));
    }
}

/// The request is rejected before its signature is checked.
#[tokio::test]
async fn a_timestamp_taken_for_seconds_fails_the_honest_request() {
    let report = examine(&start(Fault::TakesSeconds).await, &QUICK).await.json();
    assert_eq!(with_result(&report, "fail"), ["honest", "timestamp_seconds"]);
    let notes = probe(&report, "honest")["notes"].to_string();
    assert!(notes.contains("rejected before the signature was checked"), "{notes}");
}

/// The doctor waits for its timeout. A long deadline makes a trickle of two seconds, so that the server
/// sees the beginning of the body alone.
#[tokio::test]
async fn a_body_in_pieces_hangs() {
    let url = start(Fault::HangsOnPieces).await;
    let options = ["--json", "--only", "body_slow", "--timeout", "3", "--body-deadline", "60"];
    let run = run(command(&[&["doctor", &url][..], &options].concat())).await;
    let report = run.json();
    assert_eq!((run.status, with_result(&report, "fail")), (1, vec!["body_slow"]));
    let silence = probe(&report, "body_slow")["no_response"].as_str().unwrap();
    assert!(silence.contains("no complete response in time"), "{silence}");
}

#[tokio::test]
async fn a_part_of_the_body() {
    let url = start(Fault::FirstPartOnly).await;
    let report = examine(&url, &["--only", "body_at_limit"]).await.json();
    assert_eq!(with_result(&report, "fail"), ["body_at_limit"]);
}

/// The server serves no connection until it has rejected one, so the test does not depend on the timing.
#[tokio::test]
async fn a_crowd_is_rejected() {
    let run = examine(&start(Fault::FewConnections).await, &["--only", "crowd"]).await;
    assert_eq!((run.status, with_result(&run.json(), "fail")), (1, vec!["crowd"]));
}

#[tokio::test]
async fn verdicts_that_are_mixed_up_are_found() {
    let run = examine(&start(Fault::MixedUp).await, &["--only", "crowd_mixed"]).await;
    assert_eq!((run.status, with_result(&run.json(), "fail")), (1, vec!["crowd_mixed"]));
}

/// The status of a rejected long body is sufficient.
#[tokio::test]
async fn a_rejection_of_a_long_body_may_break_off() {
    let url = start(Fault::BreaksOff).await;
    let report = examine(&url, &["--only", "body_too_large", "body_bom"]).await.json();
    assert_eq!(with_result(&report, "pass"), ["honest", "body_too_large"], "{report:#}");
    assert_eq!(with_result(&report, "fail"), ["body_bom"]);
    let notes = probe(&report, "body_bom")["notes"].to_string();
    assert!(notes.contains("the response broke off"), "{notes}");
}

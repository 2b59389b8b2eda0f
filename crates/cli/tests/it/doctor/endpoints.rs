//! Endpoints in Python: each fault is found by its probe, and an endpoint without a fault gets no failure.

use online_contact_test_kit::{KEY, Program, require};

use super::server::with_result;
use crate::support::{Run, command, finish};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/doctor/endpoints/server.py");

/// A server that ends with the test.
struct Endpoint {
    _server: Program,
    url: String,
}

impl Endpoint {
    /// Returns `None` on a machine without Python, where CI does not run.
    fn start(fault: &str) -> Option<Self> {
        if !require("python3", "CI") {
            return None;
        }
        let mut python = online_contact_test_kit::command("python3");
        python.args([SCRIPT, fault]);
        let server = Program::start(python);
        let url = format!("http://127.0.0.1:{}/customer", server.first_line());
        Some(Self { _server: server, url })
    }

    fn examine(&self, key: &str, options: &[&str]) -> Run {
        let fixed = ["doctor", &self.url, "--gap", "0", "--json"];
        let mut command = command(&[&fixed, options].concat());
        command.env("OC_SECURITY_KEY", key);
        finish(command)
    }
}

const QUICK: [&str; 2] = ["--skip", "body_slow,body_stalled"];

/// Examines an endpoint with this fault: exactly these probes fail.
#[track_caller]
fn finds(fault: &str, expected: &[&str]) {
    let Some(endpoint) = Endpoint::start(fault) else { return };
    let run = endpoint.examine(KEY, &QUICK);
    assert_eq!(with_result(&run.json(), "fail"), expected, "{fault}");
    assert_eq!(run.status, i32::from(!expected.is_empty()), "{fault}");
}

macro_rules! endpoints {
    ($($fault:ident => $($id:literal)*;)*) => {
        $(
            #[test]
            fn $fault() {
                finds(stringify!($fault), &[$($id),*]);
            }
        )*
    };
}

// Endpoints without a fault.
endpoints! {
    honest => ;
    honest_100k => ;
    honest_2m => ;
    honest_http10 => ;
    honest_all_403 => ;
    honest_plain => ;
    honest_equal_doubles => ;
    honest_first_wins => ;
    honest_guard => ;
}

// Requests that are not verified.
endpoints! {
    only_if_header
        => "no_headers" "path_unverified" "query_unverified" "content_type_unverified"
        "address_spoofed" "header_unverified" "connection_unverified";
    only_if_auth
        => "authorization_missing" "no_headers" "path_unverified" "query_unverified"
        "content_type_unverified" "address_spoofed" "header_unverified" "connection_unverified";
    put_unverified => "method_unverified";
    get_unverified => "method_unverified" "route_get";
    delete_unverified => "method_unverified";
    path_bypass => "path_unverified" "query_unverified";
    slash_bypass => "path_unverified";
    text_unverified => "content_type_unverified";
    form_unverified => "content_type_unverified";
    method_override => "header_unverified";
    host_unverified => "header_unverified";
    ip_allow => "address_spoofed";
    ip_allow_local => "address_spoofed";
    connection_trusted => "connection_unverified";
    empty_body_skips => "body_unverified";
}

// Other keys, schemes and spellings that are accepted too.
endpoints! {
    empty_key_too => "key_empty";
    both_schemes => "scheme_other";
    time_only_too => "scheme_time_only";
    body_only_too => "scheme_body_only";
    time_first_too => "scheme_order";
    hash_too => "scheme_no_key";
    last_wins => "timestamp_last_of_two" "authorization_last_of_two";
    window_10min => "window_old_outside" "window_future_outside";
    only_past => "window_future_inside";
    hex_too => "authorization_hex";
    url_safe_too => "authorization_url_safe";
    nocase => "authorization_case";
    prefix_compare => "authorization_last_byte";
    suffix_compare => "authorization_first_byte" "acceptance_cached";
}

// Verdicts that outlive their request.
endpoints! {
    cached_by_signature => "verdict_cached";
    cached_by_request => "acceptance_cached";
    rejections_cached => "verdict_cached" "rejection_cached";
    second_try => "repeated_forgery" "verdict_cached";
    guard_by_time => "same_moment";
}

// Other bytes than those received.
endpoints! {
    trims
        => "signature_other_body" "body_8_kib" "body_long" "body_newline" "body_crlf";
    lossy => "body_lossy";
    reparse
        => "signature_other_body" "body_8_kib" "body_long" "body_respelled" "body_newline"
        "body_crlf" "body_bom";
    prefix_1k => "body_8_kib" "body_long";
    prefix_64k => "body_long";
    no_chunked => "body_chunked";
    fails_on_non_ascii
        => "signature_other_body" "body_bom" "body_non_ascii" "body_lossy";
}

// Responses that break the envelope.
endpoints! {
    html_errors
        => "signature_other_key" "body_empty" "lookup_bad_json" "window_old_outside"
        "window_future_outside";
    ok_200_none => "lookup_no_result";
    number_value => "honest";
    text_html => "honest";
}

/// Examines an endpoint that leaves rejected bodies on the connection. The probe that fails for it is the
/// next one that gets the connection from the pool.
#[track_caller]
fn finds_broken_connection(fault: &str, expected: &[&str]) {
    let Some(endpoint) = Endpoint::start(fault) else { return };
    let report = endpoint.examine(KEY, &QUICK).json();
    let (broken, others): (Vec<_>, Vec<_>) = with_result(&report, "fail")
        .into_iter()
        .partition(|id| ["connection_broken", "same_moment"].contains(id));
    assert_eq!(others, expected, "{fault}");
    assert!(!broken.is_empty(), "{fault}");
}

#[test]
fn unread_bodies_on_the_connection_are_found() {
    finds_broken_connection("not_drained", &[]);
}

#[test]
fn errors_with_status_200_are_found() {
    finds_broken_connection(
        "status_200_errors",
        &[
            "signature_other_key",
            "body_empty",
            "lookup_bad_json",
            "window_old_outside",
            "window_future_outside",
        ],
    );
}

/// The key of the vendor's sample is accepted beside the real one.
#[test]
fn the_sample_key_is_found() {
    let Some(endpoint) = Endpoint::start("sample_key_too") else { return };
    let report = endpoint.examine("0cc175b9c0f1b6a831c399e2", &QUICK).json();
    assert_eq!(with_result(&report, "fail"), ["key_sample"]);
}

/// The expected signature is in a rejection. The report names that and does not repeat it.
#[test]
fn leaks_are_found_and_redacted() {
    for fault in ["leaks", "leaks_escaped", "leaks_hex", "leaks_beginning", "leaks_header"] {
        let Some(endpoint) = Endpoint::start(fault) else { return };
        let only = ["--only", "signature_other_key", "verdict_cached"];
        let report = endpoint.examine(KEY, &only).json();
        assert_eq!(
            with_result(&report, "fail"),
            ["signature_other_key", "verdict_cached"],
            "{fault}"
        );
        let text = report.to_string();
        assert!(text.contains("signature_in_answer"), "{fault}: {report:#}");
        if fault == "leaks" {
            assert!(text.contains("expected [signature] got "), "{report:#}");
        }
    }
}

/// No rejection gets a response.
#[test]
fn rejections_without_a_response_are_found() {
    let Some(endpoint) = Endpoint::start("drops_bad") else { return };
    let report = endpoint.examine(KEY, &QUICK).json();
    let failed = with_result(&report, "fail");
    for id in ["signature_other_key", "timestamp_missing", "authorization_missing", "body_empty"] {
        assert!(failed.contains(&id), "{failed:?}");
    }
}

/// Forgeries get no response. The doctor does not wait for the whole timeout each time.
#[test]
fn forgeries_without_a_response_cost_no_timeout_each() {
    let Some(endpoint) = Endpoint::start("hangs") else { return };
    let only = ["--timeout", "2", "--only", "signature_other_key", "key_empty"];
    let report = endpoint.examine(KEY, &only).json();
    assert_eq!(with_result(&report, "fail"), ["signature_other_key", "key_empty"]);
}

/// A rejection takes three seconds.
#[test]
fn a_slow_rejection_is_found() {
    let Some(endpoint) = Endpoint::start("slow_tell") else { return };
    let report = endpoint.examine(KEY, &["--only", "rejection_slow", "key_empty"]).json();
    assert_eq!(with_result(&report, "fail"), ["rejection_slow"]);
}

/// The comparison takes longer the more of the signature is right.
#[test]
fn a_comparison_in_variable_time_is_found() {
    let Some(endpoint) = Endpoint::start("time_tells") else { return };
    let report = endpoint.examine(KEY, &["--only", "time_tells"]).json();
    assert_eq!(with_result(&report, "fail"), ["time_tells"]);
}

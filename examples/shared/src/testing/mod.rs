//! The tests that every example server passes: the cases once, called from each example's `tests/`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "only tests call this, and a test fails by panicking"
)]

pub mod lookups;
pub mod program;
pub mod redis;

/// One `#[tokio::test]` for each case of [`lookups`], on a server that `$start` starts: an
/// `async fn(Verifier, CustomerDirectory) -> io::Result<SocketAddr>`.
#[macro_export]
macro_rules! lookup_tests {
    ($start:path) => {
        $crate::lookup_tests! {
            $start:
            finds_the_documented_customer,
            finds_a_korean_customer,
            finds_a_customer_of_any_nation,
            reads_a_long_request_whole,
            a_missing_customer_is_no_result,
            bad_json_is_no_result,
            truncated_json_is_no_result,
            a_wrong_type_is_named,
            a_missing_field_is_named,
            a_broken_database_is_a_server_error,
            a_tampered_request_is_forbidden,
            an_expired_request_is_a_bad_request,
            other_methods_are_not_found,
            other_paths_are_not_found,
        }
    };
    ($start:path: $($case:ident,)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                let server = $crate::testing::lookups::Server::start($start).await;
                $crate::testing::lookups::$case(&server).await;
            }
        )*
    };
}

/// One `#[tokio::test]` for each case of [`program`], on the program at `$path`.
#[macro_export]
macro_rules! program_tests {
    ($path:expr) => {
        $crate::program_tests! {
            $path;
            shows_itself_at_work,
            the_printed_curl_passes_once,
            without_a_guard_the_printed_curl_passes_again,
            a_replay_guard_is_named_or_left_out,
            an_unknown_replay_guard_is_named,
            a_redis_that_is_not_there_lets_nothing_pass,
            a_redis_url_that_can_not_be_is_named,
            shows_itself_at_work_on_all_addresses,
            a_bad_address_is_named,
            an_address_in_use_is_named,
            an_empty_key_is_no_missing_key,
            without_the_demo_nothing_is_sent,
            a_key_file_is_followed,
            a_key_file_that_is_not_there_is_named,
            a_key_and_a_key_file_are_one_too_many,
            a_bad_body_timeout_is_named,
            an_unknown_demo_is_named,
        }
        #[cfg(unix)]
        $crate::program_tests! {
            $path;
            ctrl_c_stops_it,
            a_request_under_way_is_finished,
            a_second_signal_stops_it_at_once,
        }
    };
    ($path:expr; $($case:ident,)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                $crate::testing::program::in_time($crate::testing::program::$case($path)).await;
            }
        )*
    };
}

//! What Online Contact is answered, over real sockets.

use std::io;
use std::net::SocketAddr;

use example_shared::{CustomerDirectory, lookup_tests};
use example_tonic_gateway::backend::Directory;
use online_contact::Verifier;

async fn start(verifier: Verifier, directory: CustomerDirectory) -> io::Result<SocketAddr> {
    let backend = crate::support::start_backend(Directory(directory)).await;
    Ok(crate::support::start_gateway(verifier, backend).await)
}

// All but the broken database: that stands behind the backend here, and `backend.rs` breaks it.
lookup_tests! {
    start:
    finds_the_documented_customer,
    finds_a_korean_customer,
    finds_a_customer_of_any_nation,
    reads_a_long_request_whole,
    a_missing_customer_is_no_result,
    bad_json_is_no_result,
    truncated_json_is_no_result,
    a_wrong_type_is_named,
    a_missing_field_is_named,
    a_tampered_request_is_forbidden,
    an_expired_request_is_a_bad_request,
    other_methods_are_not_found,
    other_paths_are_not_found,
}

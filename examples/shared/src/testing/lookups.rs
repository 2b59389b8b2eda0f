//! What every example server answers, over real sockets.

use std::io;
use std::net::SocketAddr;

use http::{HeaderValue, Method};
use online_contact::{CONTENT_TYPE, SecurityKey, Signer, Timestamp, Verifier};

use crate::CustomerDirectory;
use crate::client::SignedRequest;
use crate::demo::{DOCUMENTED_BODY, TAMPERED_BODY, TOO_OLD};

/// The clock of the servers stands still at this moment.
const NOW: Timestamp = Timestamp::from_millis(1_732_400_000_000);

const NO_ROUTE: &str = r#"{"error":{"code":"40400","message":"There is nothing here.","detail":"This server answers POST /customer."}}"#;

/// A running server, and what it takes to talk to it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    directory: CustomerDirectory,
    signer: Signer,
}

impl Server {
    /// Starts a server with a customer database of its own.
    pub async fn start(
        start: impl AsyncFnOnce(Verifier, CustomerDirectory) -> io::Result<SocketAddr>,
    ) -> Self {
        let key = SecurityKey::new("the key of these tests").expect("it is not empty");
        let signer = Signer::new(&key);
        let verifier = Verifier::builder()
            .key(key)
            .clock(NOW)
            .build()
            .expect("only the clock differs from the defaults");
        let directory = CustomerDirectory::in_memory().await.expect("memory is all it needs");
        let address = start(verifier, directory.clone()).await.expect("a free port");
        Self { address, directory, signer }
    }

    fn signed(&self, body: &str) -> SignedRequest {
        SignedRequest::new(&self.signer, body, NOW)
    }

    /// Sends the request and expects an envelope with this status and exactly this body.
    async fn expect(&self, request: SignedRequest, status: u16, body: &str) {
        let answer = request.send(self.address).await.expect("an answer");
        assert_eq!((answer.status, answer.body.as_str()), (status, body));
        assert_eq!(
            answer.content_type.as_ref().map(HeaderValue::as_bytes),
            Some(CONTENT_TYPE.as_bytes())
        );
    }
}

/// The request of the vendor's document is answered as there.
pub async fn finds_the_documented_customer(server: &Server) {
    let body = r#"{"data":{"userName":"test","id":"testId"}}"#;
    server.expect(server.signed(DOCUMENTED_BODY), 200, body).await;
}

/// Korean letters come through as they are.
pub async fn finds_a_korean_customer(server: &Server) {
    let request = server.signed(r#"{"callNum":"2","nation":"korea"}"#);
    let body = r#"{"data":{"userName":"홍길동","id":"gildong"}}"#;
    server.expect(request, 200, body).await;
}

/// The nation may be left out.
pub async fn finds_a_customer_of_any_nation(server: &Server) {
    let request = server.signed(r#"{"callNum":"4"}"#);
    let body = r#"{"data":{"userName":"Jürgen Groß","id":"juergen"}}"#;
    server.expect(request, 200, body).await;
}

/// No framework's limit on bodies comes before the verifier's.
pub async fn reads_a_long_request_whole(server: &Server) {
    let blanks = " ".repeat(1024 * 1024 - DOCUMENTED_BODY.len());
    let request = server.signed(&format!("{blanks}{DOCUMENTED_BODY}"));
    let body = r#"{"data":{"userName":"test","id":"testId"}}"#;
    server.expect(request, 200, body).await;
}

/// 400, not 404, which would tell the agent that the server has an error.
pub async fn a_missing_customer_is_no_result(server: &Server) {
    let request = server.signed(r#"{"callNum":"1","nation":"germany"}"#);
    let body = r#"{"error":{"code":911,"message":"Not existing user.","detail":null}}"#;
    server.expect(request, 400, body).await;
}

/// 400 with an error object, not a framework's 415 or 422 with text.
pub async fn bad_json_is_no_result(server: &Server) {
    let request = server.signed("callNum=1");
    let body = r#"{"error":{"code":"40020","message":"The request is not what this lookup takes.","detail":"expected value at line 1 column 1"}}"#;
    server.expect(request, 400, body).await;
}

/// The error object says what is missing.
pub async fn a_missing_field_is_named(server: &Server) {
    let request = server.signed(r#"{"nation":"korea"}"#);
    let body = r#"{"error":{"code":"40020","message":"The request is not what this lookup takes.","detail":"missing field `callNum` at line 1 column 18"}}"#;
    server.expect(request, 400, body).await;
}

/// 500, and nothing of what the database said.
pub async fn a_broken_database_is_a_server_error(server: &Server) {
    server.directory.close().await;
    let body = r#"{"error":{"code":"50010","message":"The customer database can't be reached.","detail":null}}"#;
    server.expect(server.signed(DOCUMENTED_BODY), 500, body).await;
}

/// 403 for a body that is not the signed one.
pub async fn a_tampered_request_is_forbidden(server: &Server) {
    let request = server.signed(DOCUMENTED_BODY).tampered(TAMPERED_BODY);
    let body = r#"{"error":{"code":"40303","message":"Authorization does not match the request.","detail":"signature_mismatch"}}"#;
    server.expect(request, 403, body).await;
}

/// 400 for a request that was signed too long ago.
pub async fn an_expired_request_is_a_bad_request(server: &Server) {
    let long_ago = NOW.saturating_sub(TOO_OLD);
    let request = SignedRequest::new(&server.signer, DOCUMENTED_BODY, long_ago);
    let body = r#"{"error":{"code":"40003","message":"X-TC-Timestamp is too old. It must be the present time in milliseconds.","detail":"timestamp_expired"}}"#;
    server.expect(request, 400, body).await;
}

/// 404 with an error object, not a framework's 405.
pub async fn other_methods_are_not_found(server: &Server) {
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let request = server.signed(DOCUMENTED_BODY).method(method);
        server.expect(request, 404, NO_ROUTE).await;
    }
}

/// 404 with an error object.
pub async fn other_paths_are_not_found(server: &Server) {
    for path in ["/", "/customer/", "/customers", "/CUSTOMER"] {
        let request = server.signed(DOCUMENTED_BODY).path(path);
        server.expect(request, 404, NO_ROUTE).await;
    }
}

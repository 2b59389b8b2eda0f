//! What every example server answers, over real sockets.

use std::io;
use std::net::SocketAddr;

use http::{HeaderValue, Method};
use online_contact::{ENVELOPE_CONTENT_TYPE, SecurityKey, Signer, Timestamp, Verifier};
use serde_json::Value;
use sqlx::sqlite::SqlitePoolOptions;

use crate::CustomerDirectory;
use crate::client::{Answer, SignedRequest};
use crate::demo::{DOCUMENTED_BODY, TAMPERED_BODY, TOO_OLD};

/// The clock of the servers stands still at this moment.
const NOW: Timestamp = Timestamp::from_millis(1_732_400_000_000);

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
        let directory = CustomerDirectory::in_memory().await.expect("memory is all it needs");
        Self::start_with(start, directory).await
    }

    /// Starts a server whose handler panics as soon as it asks for a customer.
    pub async fn start_panicking(
        start: impl AsyncFnOnce(Verifier, CustomerDirectory) -> io::Result<SocketAddr>,
    ) -> Self {
        let pool = SqlitePoolOptions::new()
            // Called where the handler waits for its first connection.
            .after_connect(|_, _| panic!("a secret of the handler"))
            .connect_lazy("sqlite::memory:")
            .expect("nothing is opened yet");
        Self::start_with(start, CustomerDirectory::new(pool)).await
    }

    async fn start_with(
        start: impl AsyncFnOnce(Verifier, CustomerDirectory) -> io::Result<SocketAddr>,
        directory: CustomerDirectory,
    ) -> Self {
        let key = SecurityKey::new("the key of these tests").expect("it is not empty");
        let signer = Signer::new(&key);
        let verifier = Verifier::builder()
            .key(key)
            .clock(NOW)
            .build()
            .expect("only the clock differs from the defaults");
        let address = start(verifier, directory.clone()).await.expect("a free port");
        Self { address, directory, signer }
    }

    fn signed(&self, body: &str) -> SignedRequest {
        SignedRequest::new(&self.signer, body, NOW)
    }

    /// Sends the request and expects an envelope with this status and exactly this body.
    async fn expect(&self, request: SignedRequest, status: u16, body: &str) {
        let answer = self.exchange(request).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, body));
    }

    /// Sends the request and expects a failure with this status, in words of the server's own choice.
    async fn expect_failure(&self, request: SignedRequest, status: u16) -> String {
        let answer = self.exchange(request).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        answer.body
    }

    /// Sends the request, and holds what comes back to the contract.
    async fn exchange(&self, request: SignedRequest) -> Answer {
        let answer = request.send(self.address).await.expect("an answer");
        assert_eq!(
            answer.content_type.as_ref().map(HeaderValue::as_bytes),
            Some(ENVELOPE_CONTENT_TYPE.as_bytes())
        );
        let envelope: Value = serde_json::from_str(&answer.body).expect("JSON");
        match answer.status {
            200 => assert!(envelope["data"].is_object(), "{envelope}"),
            400 | 403 | 404 | 500 => {
                let error = &envelope["error"];
                assert!(error["code"].is_string() || error["code"].is_i64(), "{envelope}");
                assert!(error["message"].is_string(), "{envelope}");
                let detail = error.get("detail").expect("it is never left out");
                assert!(detail.is_string() || detail.is_null(), "{envelope}");
            }
            status => panic!("{status} means nothing to Online Contact: {}", answer.body),
        }
        answer
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
    let body = r#"{"error":{"code":"40020","message":"The request is not what this lookup takes.","detail":"expected a JSON object"}}"#;
    server.expect(request, 400, body).await;
}

/// The error object says where the JSON breaks off.
pub async fn truncated_json_is_no_result(server: &Server) {
    let request = server.signed("{\n  \"callNum\": \"1");
    let body = r#"{"error":{"code":"40020","message":"The request is not what this lookup takes.","detail":"callNum: EOF while parsing a string at line 2 column 15"}}"#;
    server.expect(request, 400, body).await;
}

/// The error object names the field, and tells what was expected of it.
pub async fn a_wrong_type_is_named(server: &Server) {
    let request = server.signed(r#"{"callNum":1}"#);
    let body = r#"{"error":{"code":"40020","message":"The request is not what this lookup takes.","detail":"callNum: invalid type: integer `1`, expected a string at line 1 column 12"}}"#;
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

/// 500, and nothing of what the panic said; the server goes on.
pub async fn a_panicking_handler_is_a_server_error(server: &Server) {
    for _ in 0..2 {
        let body = server.expect_failure(server.signed(DOCUMENTED_BODY), 500).await;
        assert!(!body.contains("secret"), "{body}");
    }
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
        server.expect_failure(request, 404).await;
    }
}

/// 404 with an error object.
pub async fn other_paths_are_not_found(server: &Server) {
    for path in ["/", "/customer/", "/customers", "/CUSTOMER"] {
        let request = server.signed(DOCUMENTED_BODY).path(path);
        server.expect_failure(request, 404).await;
    }
}

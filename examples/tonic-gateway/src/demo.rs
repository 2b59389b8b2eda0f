//! The demonstration: a backend, and requests that the gateway sends to itself.
//!
//! A real gateway has nothing of this.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http;
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use online_contact::{Clock as _, KeyError, SecurityKey, Signer, Status, SystemClock, Timestamp};
use online_contact_tower::SignLayer;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Endpoint, Server};
use tonic::{Request, Response};
use tower::ServiceBuilder;

use crate::proto::customer_directory_client::CustomerDirectoryClient;
use crate::proto::customer_directory_server::{CustomerDirectory, CustomerDirectoryServer};
use crate::proto::{Customer, LookupRequest};

/// The first customer is that of the vendor's document.
const CUSTOMERS: [[&str; 4]; 5] = [
    ["1", "korea", "test", "testId"],
    ["2", "korea", "홍길동", "gildong"],
    ["3", "japan", "山田花子", "hanako"],
    ["3", "korea", "김영희", "younghee"],
    ["4", "germany", "Jürgen Groß", "juergen"],
];

/// The service of the company. In a real system it is another program.
struct Directory;

#[tonic::async_trait]
impl CustomerDirectory for Directory {
    async fn lookup(
        &self,
        request: Request<LookupRequest>,
    ) -> Result<Response<Customer>, tonic::Status> {
        let LookupRequest { call_num, nation } = request.into_inner();
        if call_num.is_empty() {
            return Err(tonic::Status::invalid_argument("call_num is empty"));
        }
        CUSTOMERS
            .into_iter()
            .find(|row| row[0] == call_num && nation.as_ref().is_none_or(|nation| row[1] == nation))
            .map(|[_, _, user_name, id]| Customer { user_name: user_name.into(), id: id.into() })
            .map(Response::new)
            .ok_or_else(|| tonic::Status::not_found(format!("no customer {call_num:?}")))
    }
}

/// Starts the backend on a free port and returns its URL.
pub(crate) async fn start_backend() -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let server = Server::builder().add_service(CustomerDirectoryServer::new(Directory));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    Ok(url)
}

/// Returns the security key of the vendor's sample code, with a warning.
pub(crate) fn sample_key() -> Result<SecurityKey, KeyError> {
    tracing::warn!("OC_SECURITY_KEY is not set; the public sample key lets anyone sign requests");
    SecurityKey::new("bf7769e5321448de88838cdb")
}

/// Sends a signed and an unsigned gRPC call, then an honest, a tampered and an expired JSON request,
/// and prints a `curl` command.
pub(crate) async fn run(address: SocketAddr, key: SecurityKey) {
    // A server that listens on all addresses is reached as localhost.
    let server = if address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    };
    println!("\nTwo gRPC calls to itself, as another service of the company would make them:\n");
    if let Err(error) = call(server.clone(), &key).await {
        println!("   failed      {error}");
    }

    let url = format!("{server}/customer");
    let now = SystemClock.now();
    let body = r#"{"callNum":"1","nation":"korea"}"#; // of the vendor's document
    let sign = |at: Timestamp| Signer::new(&key).sign("/customer", body.as_bytes(), at).headers();

    println!(
        "\nThree requests to itself, as Online Contact would send them (the log goes to stderr):"
    );
    let tampered = body.replace('1', "2");
    let six_minutes_ago = now.saturating_sub(Duration::from_secs(6 * 60));
    for (title, headers, body) in [
        ("1. the documented request, correctly signed", sign(now), body),
        ("2. the same, its body changed after signing", sign(now), &tampered),
        ("3. the same, signed 6 minutes ago", sign(six_minutes_ago), body),
    ] {
        println!("\n{title}\n   sent        POST /customer {body}");
        match send(&url, headers, body.to_owned()).await {
            Ok((status, text)) => {
                println!("   received    {status} {text}\n   agent sees  {}", agent_sees(status));
            }
            Err(error) => println!("   failed      {error}"),
        }
    }

    // With another timestamp, because the replay guard rejects the first request from now on.
    let [(_, timestamp), (_, authorization)] = sign(now.saturating_add(Duration::from_millis(1)));
    println!("\nTry it yourself within five minutes. The replay guard accepts it once.\n");
    println!("curl -i -w '\\n' \\\n  -H 'Content-Type: application/json' \\");
    println!("  -H 'X-TC-Timestamp: {timestamp}' \\\n  -H 'Authorization: {authorization}' \\");
    println!("  --data-raw '{body}' \\\n  {url}\n\nCtrl-C stops the server.");
}

async fn call(server: String, key: &SecurityKey) -> Result<(), tonic::transport::Error> {
    let channel = Endpoint::from_shared(server)?.connect().await?;
    let signed = ServiceBuilder::new()
        .layer(SignLayer::new(Signer::new(key)))
        // A channel takes the body type of tonic.
        .map_request(|request: http::Request<_>| request.map(tonic::body::Body::new))
        .service(channel.clone());
    let question = LookupRequest { call_num: "1".to_owned(), nation: Some("korea".to_owned()) };
    let found = CustomerDirectoryClient::new(signed).lookup(question.clone()).await;
    println!("1. customer.v1.CustomerDirectory/Lookup, signed\n   received    {}", text(found));
    let found = CustomerDirectoryClient::new(channel).lookup(question).await;
    println!("\n2. the same, not signed\n   received    {}", text(found));
    Ok(())
}

fn text(result: Result<Response<Customer>, tonic::Status>) -> String {
    match result {
        Ok(response) => format!("OK {:?}", response.into_inner()),
        Err(status) => format!("{:?} {}", status.code(), status.message()),
    }
}

async fn send(
    url: &str,
    headers: [(&'static str, String); 2],
    body: String,
) -> anyhow::Result<(u16, String)> {
    let mut request = http::Request::post(url).header("Content-Type", "application/json");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request.body(body)?).await?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8(body.into())?))
}

/// Returns the message that Online Contact shows the agent, in Korean and English.
fn agent_sees(status: u16) -> String {
    let Some(status) = Status::from_u16(status) else { return "nothing".to_owned() };
    format!("{} ({})", status.agent_message(), status.agent_message_en())
}

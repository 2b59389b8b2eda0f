//! The demonstration: sample customers, and three requests that the server sends to itself.
//!
//! A real server has nothing of this.

use std::net::SocketAddr;
use std::time::Duration;

use http::Request;
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use online_contact::{Clock as _, KeyError, SecurityKey, Signer, Status, SystemClock, Timestamp};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempDir;

/// The first customer is that of the vendor's document.
const CUSTOMERS: &str = "
    CREATE TABLE customer (
        call_num TEXT, nation TEXT, user_name TEXT, id TEXT, PRIMARY KEY (call_num, nation)
    ) STRICT;
    INSERT INTO customer VALUES
        ('1', 'korea', 'test', 'testId'),
        ('2', 'korea', '홍길동', 'gildong'),
        ('3', 'korea', '김영희', 'younghee'),
        ('3', 'japan', '山田花子', 'hanako'),
        ('4', 'germany', 'Jürgen Groß', 'juergen');";

pub(crate) const FIND_CUSTOMER: &str = "
    SELECT user_name, id FROM customer
    WHERE call_num = ?1 AND (?2 IS NULL OR nation = ?2) ORDER BY nation";

/// An SQLite database in a temporary folder, which is removed on drop.
///
/// It is not in memory, because such a database is lost with its last connection: when a client hangs
/// up, its handler is dropped, and a pool closes the connection that it was testing at that moment.
pub(crate) struct Database {
    pub(crate) pool: SqlitePool,
    _folder: TempDir,
}

impl Database {
    pub(crate) async fn create() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = SqliteConnectOptions::new().filename(folder.path().join("customers.sqlite"));
        let pool = SqlitePool::connect_with(file.create_if_missing(true)).await?;
        sqlx::raw_sql(CUSTOMERS).execute(&pool).await?;
        Ok(Self { pool, _folder: folder })
    }
}

/// Returns the security key of the vendor's sample code, with a warning.
pub(crate) fn sample_key() -> Result<SecurityKey, KeyError> {
    tracing::warn!("OC_SECURITY_KEY is not set; the public sample key lets anyone sign requests");
    SecurityKey::new("bf7769e5321448de88838cdb")
}

/// Sends an honest, a tampered and an expired request, and prints a `curl` command.
pub(crate) async fn run(address: SocketAddr, key: SecurityKey) {
    // A server that listens on all addresses is reached as localhost.
    let url = if address.ip().is_unspecified() {
        format!("http://localhost:{}/customer", address.port())
    } else {
        format!("http://{address}/customer")
    };
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

async fn send(
    url: &str,
    headers: [(&'static str, String); 2],
    body: String,
) -> anyhow::Result<(u16, String)> {
    let mut request = Request::post(url).header("Content-Type", "application/json");
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

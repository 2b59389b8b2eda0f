//! A server shows itself at work: it sends itself three requests, and prints what came back.

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use online_contact::{Clock as _, Signer, Status, SystemClock};

use crate::client::{Answer, SignedRequest};
use crate::{Replay, Settings};

/// The request of the vendor's document.
pub const DOCUMENTED_BODY: &str = r#"{"callNum":"1","nation":"korea"}"#;
/// The same, as somebody without the key would like to have it.
pub const TAMPERED_BODY: &str = r#"{"callNum":"2","nation":"korea"}"#;
/// One minute more than the protocol allows.
pub const TOO_OLD: Duration = Duration::from_secs(6 * 60);

/// Sends the server that listens on this address an honest request, a tampered one and one that is
/// too old. Prints for each what came back and what the agent would see, and then a `curl` command:
/// a request that passes, so this is nothing for a log that others read. Without a key to show itself
/// with, it does nothing of that.
///
/// # Errors
///
/// If stdout can't be written. A request that gets no answer is no error but printed as such.
pub async fn run(listening_on: SocketAddr, settings: &Settings) -> io::Result<()> {
    if let Some(key) = settings.demo_key() {
        show(reachable(listening_on), &Signer::new(key), &settings.replay).await?;
    }
    print("Ctrl-C stops the server.\n")
}

async fn show(server: SocketAddr, signer: &Signer, replay: &Replay) -> io::Result<()> {
    let now = SystemClock.now();
    let honest = SignedRequest::new(signer, DOCUMENTED_BODY, now);

    print(
        "\nThree requests to itself, as Online Contact would send them \
         (the lines in between are the log, on stderr):\n\n",
    )?;
    let tampered = honest.clone().tampered(TAMPERED_BODY);
    let expired = SignedRequest::new(signer, DOCUMENTED_BODY, now.saturating_sub(TOO_OLD));
    for (title, request) in [
        ("1. the documented request, honestly signed", &honest),
        ("2. the same, its body changed after signing", &tampered),
        ("3. the same, signed 6 minutes ago", &expired),
    ] {
        let answer = request.send(server).await;
        print(&exchange(title, request, answer))?;
    }

    // The first request again would be a replay, but for another timestamp.
    let next = now.saturating_add(Duration::from_millis(1));
    let curl = SignedRequest::new(signer, DOCUMENTED_BODY, next).to_curl(server);
    let passes = match replay {
        Replay::Off => "this passes for the next five minutes",
        Replay::Memory | Replay::Redis(_) => "within the next five minutes this passes once",
    };
    print(&format!("Try it yourself: {passes}.\n\n{curl}\n\n"))
}

/// Where this machine reaches a server that listens on all of its addresses.
#[must_use]
pub fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

fn exchange(title: &str, request: &SignedRequest, answer: io::Result<Answer>) -> String {
    let (came_back, agent) = match answer {
        Ok(answer) => (format!("{} {}", answer.status, answer.body), agent_sees(answer.status)),
        Err(error) => (format!("no answer: {error}"), "an error".to_owned()),
    };
    let (target, body) = (request.target(), request.body());
    format!(
        "{title}\n   \
           sent        {target} {body}\n   \
           came back   {came_back}\n   \
           agent sees  {agent}\n\n"
    )
}

fn agent_sees(status: u16) -> String {
    Status::from_u16(status).map_or_else(
        || "nothing that Online Contact documents".to_owned(),
        |status| {
            let (korean, english) = (status.agent_message(), status.agent_message_en());
            format!("{korean} ({english})")
        },
    )
}

/// Writes one text as a whole: log lines then come between blocks, not into them.
fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

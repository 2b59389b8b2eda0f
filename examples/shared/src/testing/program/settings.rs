//! What an example program makes of its settings, the wrong ones among them.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Output;

use online_contact::{Clock as _, SecurityKey, Signer, SystemClock};
use tokio::process::Command;
use tokio::time::{Duration, sleep};

use super::{ANY_PORT, Program, command};
use crate::client::SignedRequest;
use crate::demo::DOCUMENTED_BODY;

/// `memory` is what is taken where nothing is said.
pub async fn a_replay_guard_is_named_or_left_out(path: &str) {
    let program = Program::start_with(path, ANY_PORT, "memory").await;
    assert_eq!(program.statuses(), ["200", "403", "400"]);
    assert!(program.says("Try it yourself: within the next five minutes this passes once."));
}

/// The server says where it listens, and nothing that others could send.
pub async fn without_the_demo_nothing_is_sent(path: &str) {
    let program =
        Program::spawn(command(path).env("OC_LISTEN", ANY_PORT).env("OC_DEMO", "off")).await;
    assert!(program.statuses().is_empty());
    assert!(program.curl().is_empty());
}

/// A key that comes into the file opens, and one that leaves it does not.
pub async fn a_key_file_is_followed(path: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("keys");
    replace(&file, "2026-05: the old key\n");
    let program =
        Program::spawn(command(path).env("OC_LISTEN", ANY_PORT).env("OC_KEY_FILE", &file)).await;
    assert!(program.statuses().is_empty(), "there is no one key to sign a demonstration with");
    assert_eq!(status(&program, "the old key").await, 200);
    assert_eq!(status(&program, "the new key").await, 403);

    replace(&file, "2026-11: the new key\n");
    while status(&program, "the new key").await != 200 {
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(status(&program, "the old key").await, 403);
}

/// Status 1, and a line that names the variable and the file.
pub async fn a_key_file_that_is_not_there_is_named(path: &str) {
    let output = failing(command(path).env("OC_KEY_FILE", "no/such/keys")).await;
    let expected = "error: OC_KEY_FILE: key file no/such/keys can't be read: ";
    assert!(last_line(&output).starts_with(expected), "{output:?}");
}

/// Status 1, and not one of the two by some rule that nobody remembers.
pub async fn a_key_and_a_key_file_are_one_too_many(path: &str) {
    let both = [("OC_SECURITY_KEY", "secret"), ("OC_KEY_FILE", "keys")];
    let output = failing(command(path).envs(both)).await;
    let expected = "error: OC_SECURITY_KEY and OC_KEY_FILE are both set: expected one of the two";
    assert_eq!(last_line(&output), expected);
}

/// Status 1, and a line that names the variable, the value and what was expected.
pub async fn a_bad_body_timeout_is_named(path: &str) {
    for value in ["0", "10s", "-1", ""] {
        let output = failing(command(path).env("OC_BODY_TIMEOUT", value)).await;
        let expected =
            format!("error: OC_BODY_TIMEOUT is {value:?}: expected a number of seconds, 1 or more");
        assert_eq!(last_line(&output), expected);
    }
}

/// Status 1, and a line that names the variable, the value and what was expected.
pub async fn an_unknown_demo_is_named(path: &str) {
    let output = failing(command(path).env("OC_DEMO", "no")).await;
    assert_eq!(last_line(&output), "error: OC_DEMO is \"no\": expected on or off");
}

/// Status 1, and a line that names the variable, the value and what was expected.
pub async fn an_unknown_replay_guard_is_named(path: &str) {
    for value in ["on", "Memory", ""] {
        let output = failing(command(path).env("OC_REPLAY", value)).await;
        let expected = format!(
            "error: OC_REPLAY is {value:?}: expected off, memory or a URL like redis://localhost:6379"
        );
        assert_eq!(last_line(&output), expected);
    }
}

/// Status 1, and a line that names the variable and not the password.
pub async fn a_redis_url_that_can_not_be_is_named(path: &str) {
    for url in ["http://:secret@localhost", "redis://:secret@localhost:port"] {
        let output = failing(command(path).env("OC_REPLAY", url)).await;
        let line = last_line(&output);
        assert!(line.starts_with("error: OC_REPLAY: the Redis URL "), "{line}");
        assert!(!line.contains("secret"), "{line}");
    }
}

/// Status 1, and a line that names the variable, the value and what was expected.
pub async fn a_bad_address_is_named(path: &str) {
    let output = failing(command(path).env("OC_LISTEN", "localhost")).await;
    let expected = "error: OC_LISTEN is \"localhost\": expected an IP address and a port, like ";
    assert!(last_line(&output).starts_with(expected), "{output:?}");
}

/// Status 1, and a line that names the address.
pub async fn an_address_in_use_is_named(path: &str) {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = taken.local_addr().expect("it is bound").to_string();
    let output = failing(command(path).env("OC_LISTEN", &address)).await;
    let expected = format!("error: can't listen on {address}: ");
    assert!(last_line(&output).starts_with(&expected), "{output:?}");
}

/// A variable that is set to nothing is a mistake, and must not bring in the sample key.
pub async fn an_empty_key_is_no_missing_key(path: &str) {
    let output = failing(command(path).env("OC_SECURITY_KEY", "")).await;
    let expected = "error: OC_SECURITY_KEY: the security key is empty";
    assert!(last_line(&output).starts_with(expected), "{output:?}");
}

/// Beside, and renamed over, as docs/operation/rotation.md has it.
fn replace(file: &Path, text: &str) {
    let new = file.with_extension("new");
    fs::write(&new, text).expect("the folder is ours");
    fs::rename(new, file).expect("the folder is ours");
}

async fn status(program: &Program, key: &str) -> u16 {
    let signer = Signer::new(&SecurityKey::new(key).expect("it is not empty"));
    let request = SignedRequest::new(&signer, DOCUMENTED_BODY, SystemClock.now());
    request.send(program.address).await.expect("an answer").status
}

async fn failing(command: &mut Command) -> Output {
    let output = command.output().await.expect("cargo has built it");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    output
}

fn last_line(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    stderr.lines().last().unwrap_or_default().to_owned()
}

//! The tests that every example passes, on the program itself and over real sockets.
//!
//! [`example_tests`](crate::example_tests) turns each function into a test of an example. The argument
//! is the path of its program.

use std::net::{SocketAddr, TcpListener};
use std::process::{Command, ExitCode};

use online_contact::{Clock as _, Signer, SystemClock};

use crate::{
    BODY, ClosedPort, Http1, KEY, PATH, Program, Reply, Request, Target, TempKeyFile, command, key,
};

/// Defines one `#[tokio::test]` for each function of [`example`](crate::example).
///
/// `$program` is the path of the program, `$cli` the function `online_contact_cli::run`.
#[macro_export]
macro_rules! example_tests {
    ($program:expr, $cli:path) => {
        $crate::example_tests! {
            $program;
            lookups_have_the_documented_responses,
            a_body_of_the_maximum_length_is_accepted,
            tampered_and_expired_requests_are_rejected,
            other_methods_and_paths_are_not_found,
            clients_that_hang_up_do_no_harm,
            the_demonstration_shows_three_verdicts,
            the_demonstration_works_on_all_addresses,
            the_printed_command_passes_once,
            without_the_demonstration_nothing_is_sent,
            the_key_file_is_followed,
            invalid_settings_are_named,
            an_address_in_use_is_named,
            without_redis_no_request_passes,
        }
        #[cfg(unix)]
        $crate::example_tests! {
            $program;
            requests_in_progress_end_before_the_program_stops,
            ctrl_c_stops_the_program,
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn the_doctor_finds_no_problem() {
            $crate::in_time($crate::example::the_doctor_finds_no_problem($program, $cli)).await;
        }
    };
    ($program:expr; $($case:ident,)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                $crate::in_time($crate::example::$case($program)).await;
            }
        )*
    };
}

/// The last line of the demonstration.
const LAST_LINE: &str = "Ctrl-C stops the server.";

const DOCUMENTED: &str = r#"{"data":{"userName":"test","id":"testId"}}"#;

/// Starts a program on any free port, with these settings.
fn start_with(program: &str, settings: &[(&str, &str)]) -> Program {
    let mut command = command(program);
    command.env("OC_LISTEN", "127.0.0.1:0").envs(settings.iter().copied());
    Program::start(command)
}

/// Starts a program that sends nothing to itself and accepts a request more than once.
fn start(program: &str) -> Program {
    start_with(program, &[("OC_DEMO", "off"), ("OC_REPLAY", "off")])
}

/// Starts a program and returns it with the output of its demonstration.
fn demonstration(program: &str, settings: &[(&str, &str)]) -> (Program, Vec<String>) {
    let mut program = start_with(program, settings);
    let output = program.lines_to(LAST_LINE);
    (program, output)
}

/// Returns a request that the programs accept now.
fn signed(body: &str) -> Request {
    signed_with(KEY, body)
}

fn signed_with(text: &str, body: &str) -> Request {
    Request::unsigned(body).sign(&Signer::new(&key(text)), SystemClock.now())
}

async fn exchange(server: SocketAddr, request: &Request) -> Reply {
    Target::from(server).exchange(request).await.expect("a response")
}

/// Responds to lookups as documented.
pub async fn lookups_have_the_documented_responses(program: &str) {
    let server = start(program);
    for (body, status, expected) in [
        (BODY, 200, DOCUMENTED),
        (r#"{"callNum":"2"}"#, 200, r#"{"data":{"userName":"홍길동","id":"gildong"}}"#),
        (r#"{"callNum":"3"}"#, 200, r#"{"data":{"userName":"山田花子","id":"hanako"}}"#),
        (
            r#"{"callNum":"1","nation":"germany"}"#,
            400,
            r#"{"error":{"code":911,"message":"Not existing user.","detail":null}}"#,
        ),
        (
            r#"{"callNum":"' OR 1=1 --"}"#,
            400,
            r#"{"error":{"code":911,"message":"Not existing user.","detail":null}}"#,
        ),
    ] {
        let reply = exchange(server.address(), &signed(body)).await;
        assert_eq!((reply.status, reply.text().as_str()), (status, expected), "{body}");
    }
    for (body, expected) in [
        ("callNum=1", "expected a JSON object"),
        (r#"{"callNum":1}"#, "expected a string"),
        (r#"{"nation":"korea"}"#, "missing field `callNum`"),
    ] {
        let reply = exchange(server.address(), &signed(body)).await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(reply.detail().contains(expected), "{}", reply.text());
    }
}

/// Applies no limit of a framework that is lower than that of the verifier.
pub async fn a_body_of_the_maximum_length_is_accepted(program: &str) {
    let server = start(program);
    let blanks = " ".repeat(1024 * 1024 - BODY.len());
    let reply = exchange(server.address(), &signed(&format!("{blanks}{BODY}"))).await;
    assert_eq!((reply.status, reply.text().as_str()), (200, DOCUMENTED));
}

/// Verifies requests.
pub async fn tampered_and_expired_requests_are_rejected(program: &str) {
    let server = start(program);
    let mut tampered = signed(BODY);
    tampered.body.push(b' ');
    let expired = signed(BODY).with("X-TC-Timestamp", "1732400000000");
    for (request, status, reason) in
        [(tampered, 403, "signature_mismatch"), (expired, 400, "timestamp_expired")]
    {
        let reply = exchange(server.address(), &request).await;
        assert_eq!((reply.status, reply.detail().as_str()), (status, reason));
    }
}

/// Responds with status 404 to what it does not serve, never with 405.
pub async fn other_methods_and_paths_are_not_found(program: &str) {
    let server = start(program);
    for (method, target) in [("GET", PATH), ("DELETE", PATH), ("POST", "/"), ("POST", "/customers")]
    {
        let reply = exchange(server.address(), &signed(BODY).method(method).to(target)).await;
        assert_eq!(reply.status, 404, "{method} {target}");
    }
}

/// Keeps its customers when clients hang up in the middle of a lookup.
pub async fn clients_that_hang_up_do_no_harm(program: &str) {
    let server = start(program);
    let target = Target::from(server.address());
    for number in 0..300 {
        let mut client = target.http1().await.expect("a connection");
        client.send(&signed(BODY).whole()).await.expect("a request");
        client.half_close().await.expect("a connection");
        // The server closes a connection whose client is gone, with a response or without.
        let _ = client.rest().await;
        let reply = exchange(server.address(), &signed(BODY)).await;
        assert_eq!(reply.text(), DOCUMENTED, "after {number} clients");
    }
}

/// Accepts an honest request and rejects a tampered and an expired one.
pub async fn the_demonstration_shows_three_verdicts(program: &str) {
    let (_program, output) = demonstration(program, &[]);
    assert_eq!(statuses(&output), ["200", "403", "400"]);
}

/// Sends its requests to `localhost` when it listens on all addresses.
pub async fn the_demonstration_works_on_all_addresses(program: &str) {
    let (program, output) = demonstration(program, &[("OC_LISTEN", "0.0.0.0:0")]);
    assert!(program.address().ip().is_unspecified());
    assert_eq!(statuses(&output), ["200", "403", "400"]);
}

/// Prints a command that a shell can run.
pub async fn the_printed_command_passes_once(program: &str) {
    let (_program, output) = demonstration(program, &[]);
    let start = output.iter().skip_while(|line| !line.starts_with("curl "));
    let lines: Vec<_> = start.map(String::as_str).take_while(|line| !line.is_empty()).collect();
    let curl = || {
        let mut shell = Command::new("sh");
        shell.args(["-c", &lines.join("\n")]).env("NO_PROXY", "*");
        String::from_utf8(Program::run(shell, b"").stdout).expect("text")
    };
    let first = curl();
    assert!(first.starts_with("HTTP/1.1 200 ") && first.contains(DOCUMENTED), "{first}");
    let second = curl();
    assert!(second.starts_with("HTTP/1.1 403 ") && second.contains("replayed"), "{second}");
}

/// Returns the statuses of the three responses.
fn statuses(output: &[String]) -> Vec<&str> {
    let exchanges = output.iter().skip_while(|line| !line.contains("Three requests"));
    let received = exchanges.filter_map(|line| line.strip_prefix("   received    "));
    received.filter_map(|response| response.split(' ').next()).collect()
}

/// Prints nothing that passes.
pub async fn without_the_demonstration_nothing_is_sent(program: &str) {
    let program = start(program);
    exchange(program.address(), &signed(BODY)).await;
    assert_eq!(String::from_utf8_lossy(&program.kill().stdout), "");
}

/// Accepts a key that is added to the file, and no longer accepts a key that is removed from it.
pub async fn the_key_file_is_followed(program: &str) {
    let file = TempKeyFile::new("2026-05: the old key\n");
    let path = file.path().display().to_string();
    let program = start_with(program, &[("OC_KEY_FILE", &path)]);
    let status = async |key| exchange(program.address(), &signed_with(key, BODY)).await.status;
    assert_eq!(status("the old key").await, 200);
    assert_eq!(status("the new key").await, 403);

    file.replace("2026-11: the new key\n");
    while status("the new key").await != 200 {
        tokio::task::yield_now().await;
    }
    assert_eq!(status("the old key").await, 403);
}

/// Reports the variable, its value and the expected value.
pub async fn invalid_settings_are_named(program: &str) {
    for (variables, expected) in [
        (&[("OC_LISTEN", "localhost")][..], &["OC_LISTEN", "'localhost'", "expected an IP"][..]),
        (&[("OC_BODY_TIMEOUT", "0")], &["OC_BODY_TIMEOUT", "'0'", "from 1 to 65535"]),
        (&[("OC_BODY_TIMEOUT", "10s")], &["OC_BODY_TIMEOUT", "'10s'", "from 1 to 65535"]),
        (&[("OC_BODY_TIMEOUT", "")], &["OC_BODY_TIMEOUT", "''", "from 1 to 65535"]),
        (&[("OC_DEMO", "no")], &["OC_DEMO", "'no'", "on, off"]),
        (&[("OC_REPLAY", "Memory")], &["OC_REPLAY", "\"Memory\"", "expected off, memory or"]),
        (&[("OC_REPLAY", "")], &["OC_REPLAY", "\"\"", "expected off, memory or"]),
        // The password of a URL is a secret.
        (&[("OC_REPLAY", "http://:secret@localhost")], &["OC_REPLAY", "expected redis://"]),
        (&[("OC_REPLAY", "redis://:secret@localhost:port")], &["OC_REPLAY", "invalid Redis URL"]),
        (&[("OC_KEY_FILE", "no/such/keys")], &["OC_KEY_FILE", "no/such/keys"]),
        // A variable that is set to nothing does not mean the sample key.
        (&[("OC_SECURITY_KEY", "")], &["OC_SECURITY_KEY", "empty"]),
        (
            &[("OC_SECURITY_KEY", "secret"), ("OC_KEY_FILE", "keys")],
            &["OC_SECURITY_KEY and OC_KEY_FILE are both set"],
        ),
        (
            &[("OC_DEMO", "on"), ("OC_KEY_FILE", "keys")],
            &["OC_DEMO is on: expected off with OC_KEY_FILE"],
        ),
    ] {
        let error = failing(program, variables);
        for words in expected {
            assert!(error.contains(words), "{variables:?}: {error}");
        }
        assert!(!error.contains("secret"), "{variables:?}: {error}");
    }
}

/// Reports the address.
pub async fn an_address_in_use_is_named(program: &str) {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let error = failing(program, &[("OC_LISTEN", &address)]);
    assert!(error.contains(&format!("OC_LISTEN is {address}: cannot listen there")), "{error}");
}

/// Returns the errors of a program that cannot start.
fn failing(program: &str, settings: &[(&str, &str)]) -> String {
    let mut command = command(program);
    command.env_remove("RUST_BACKTRACE").envs(settings.iter().copied());
    let output = Program::run(command, b"");
    assert!(!output.status.success() && output.status.code().is_some(), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr).expect("text")
}

/// Starts without Redis, and rejects what it cannot check.
pub async fn without_redis_no_request_passes(program: &str) {
    let closed = ClosedPort::new();
    let url = format!("redis://{}", closed.address());
    let (_program, output) = demonstration(program, &[("OC_REPLAY", &url)]);
    assert_eq!(statuses(&output), ["500", "403", "400"]);
}

/// Responds to a request whose body arrives after SIGTERM.
#[cfg(unix)]
pub async fn requests_in_progress_end_before_the_program_stops(program: &str) {
    let program = start(program);
    let request = signed(BODY);
    let mut client = begin(&program, &request).await;
    program.signal("TERM");
    // The program has received the signal when it no longer listens.
    while Target::from(program.address()).http1().await.is_ok() {
        tokio::task::yield_now().await;
    }
    let reply = client.exchange(&request.body).await.expect("a response");
    assert_eq!(reply.text(), DOCUMENTED);
    assert_eq!(program.exit().code(), Some(0));
}

/// Ends with status 0.
#[cfg(unix)]
pub async fn ctrl_c_stops_the_program(program: &str) {
    let program = start(program);
    program.signal("INT");
    assert_eq!(program.exit().code(), Some(0));
}

/// Sends the head of a request and waits until the server wants the body.
#[cfg(unix)]
async fn begin(program: &Program, request: &Request) -> Http1 {
    let mut client = Target::from(program.address()).http1().await.expect("a connection");
    let head = request.head(&[&request.length_line(), "Expect: 100-continue", "Connection: close"]);
    client.send(&head).await.expect("a request");
    client.expect_continue().await.expect("100 Continue");
    client
}

/// Passes `online-contact doctor`, without a warning.
pub async fn the_doctor_finds_no_problem(program: &str, cli: fn(Vec<String>) -> ExitCode) {
    let program = start_with(program, &[("OC_DEMO", "off"), ("OC_BODY_TIMEOUT", "2")]);
    let file = TempKeyFile::new(KEY);
    let url = format!("http://{}{PATH}", program.address());
    let keys = file.path().display().to_string();
    let arguments = ["online-contact", "doctor", &url, "--key-file", &keys, "--gap", "0"];
    let expected = ["--body-deadline", "2", "--expect-replay-guard", "--lang", "en"];
    let arguments = arguments.into_iter().chain(expected).map(str::to_owned).collect();
    let code = tokio::task::spawn_blocking(move || cli(arguments)).await.expect("no panic");
    assert_eq!(code, ExitCode::SUCCESS);
}

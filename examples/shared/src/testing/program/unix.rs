//! The end of a program, by the signals of Unix.

use online_contact::{Clock as _, SecurityKey, Signer, SystemClock};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;

use super::{ANY_PORT, Program, next};
use crate::client::SignedRequest;
use crate::demo::DOCUMENTED_BODY;
use crate::keys::SAMPLE_KEY;

/// Status 0, after a line that says so.
pub async fn ctrl_c_stops_it(path: &str) {
    let mut program = Program::start(path, ANY_PORT).await;
    program.signal("INT").await;
    program.says_that_it_stops().await;
    assert_eq!(program.exit().await.code(), Some(0));
}

/// A request whose body is still on its way when SIGTERM comes gets its answer.
pub async fn a_request_under_way_is_finished(path: &str) {
    let mut program = Program::start(path, ANY_PORT).await;
    let mut client = program.request_under_way().await;
    program.signal("TERM").await;
    program.says_that_it_stops().await;

    let body = DOCUMENTED_BODY.as_bytes();
    client.write_all(body).await.expect("it still reads");
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.expect("it still answers");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(program.exit().await.code(), Some(0));
}

/// Who does not want to wait for the requests under way need not.
pub async fn a_second_signal_stops_it_at_once(path: &str) {
    let mut program = Program::start(path, ANY_PORT).await;
    let _client = program.request_under_way().await;
    program.signal("INT").await;
    program.says_that_it_stops().await;
    program.signal("INT").await;
    assert_eq!(program.exit().await.code(), Some(130));
}

impl Program {
    async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it still runs").to_string();
        // The shell's own `kill` is everywhere; a program of that name is not.
        let sent = Command::new("sh")
            .args(["-c", r#"kill -s "$0" "$1""#, name, &id])
            .status()
            .await
            .expect("a shell");
        assert!(sent.success());
    }

    async fn says_that_it_stops(&mut self) {
        let line = next(&mut self.lines).await.expect("one more line");
        assert!(line.starts_with("stopping: "), "{line}");
    }

    /// A request of which the server has the head and waits for the body: it said "100 Continue".
    async fn request_under_way(&self) -> TcpStream {
        let key = SecurityKey::new(SAMPLE_KEY).expect("it is not empty");
        let request = SignedRequest::new(&Signer::new(&key), DOCUMENTED_BODY, SystemClock.now());
        let mut head = format!(
            "POST /customer HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\
             Expect: 100-continue\r\nConnection: close\r\n",
            self.address,
            request.body().len()
        );
        for (name, value) in request.headers() {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");

        let mut client = TcpStream::connect(self.address).await.expect("it listens");
        client.write_all(head.as_bytes()).await.expect("it reads");
        let mut interim = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
        client.read_exact(&mut interim).await.expect("it answers");
        assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
        client
    }
}

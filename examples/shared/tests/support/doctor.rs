//! Runs an example program and lets the doctor examine it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};

/// The key that an example takes where none is set.
const SAMPLE_KEY: &str = "bf7769e5321448de88838cdb";

/// In seconds: the doctor waits for it, with a body that does not end.
const BODY_TIMEOUT: &str = "2";

const LAST_LINE: &str = "Ctrl-C stops the server.";

/// The doctor finds nothing: no fault, no advice, and no probe that it can't ask.
pub(crate) fn finds_nothing(path: &str) {
    let program = Program::start(path);
    let dir = tempfile::tempdir().unwrap();
    let (key, report) = (dir.path().join("key"), dir.path().join("report.xml"));
    fs::write(&key, SAMPLE_KEY).unwrap();
    let deadline = ["--body-deadline", BODY_TIMEOUT];
    let options = ["--gap", "0", "--expect-replay-guard", "--lang", "en", "--json"];
    let files = ["--key-file", key.to_str().unwrap(), "--junit", report.to_str().unwrap()];
    let call =
        [&["online-contact", "doctor", &program.url][..], &deadline, &options, &files].concat();
    let code = online_contact_cli::run(call);

    let report = fs::read_to_string(&report).unwrap();
    assert_eq!(code, ExitCode::SUCCESS, "{report}");
    assert!(report.contains(r#"tests="52" skipped="0" errors="0" failures="0""#), "{report}");
    // An advice has a second line.
    let said = report.split("<system-out>").skip(1).map(|out| out.split("</").next().unwrap());
    for words in said {
        assert_eq!(words.lines().count(), 1, "{words}");
    }
}

/// A running program, which ends with the test.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    fn start(path: &str) -> Self {
        let mut command = Command::new(path);
        for variable in ["OC_SECURITY_KEY", "OC_KEY_FILE", "OC_REPLAY", "OC_DEMO", "RUST_LOG"] {
            command.env_remove(variable);
        }
        command.env("OC_LISTEN", "127.0.0.1:0").env("OC_BODY_TIMEOUT", BODY_TIMEOUT);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let said: Vec<_> =
            stdout.lines().map(Result::unwrap).take_while(|l| l != LAST_LINE).collect();
        let address = said[0].strip_prefix("listening on ").unwrap();
        Self { child, url: format!("{address}/customer") }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

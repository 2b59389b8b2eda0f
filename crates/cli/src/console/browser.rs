//! The user's browser, for `--open`.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::thread;

use crate::context::Context;

/// Opens the page. Where that is not possible it is said, for the address has been printed.
pub(super) fn open(url: &str, context: &Context) {
    let (program, arguments) = opener();
    let mut command = Command::new(program);
    command.args(arguments).arg(url);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.spawn() {
        // Some openers stay until the browser is closed. Whoever ends is to be waited for.
        Ok(mut child) => drop(thread::spawn(move || child.wait())),
        Err(error) => {
            let words = context.lang.pick(
                "can't open the browser: open the printed address yourself",
                "브라우저를 열 수 없습니다. 표시된 주소를 직접 열어 주십시오",
            );
            // Nobody is left to tell if stderr is gone.
            let _ = writeln!(io::stderr(), "online-contact: {words}: {program}: {error}");
        }
    }
}

/// Takes the address as one argument, and no shell looks at it.
const fn opener() -> (&'static str, &'static [&'static str]) {
    if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    }
}

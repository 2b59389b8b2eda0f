//! The user's browser, for `--open`.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::thread;

use crate::context::Context;

/// Opens the page. A failure is only reported, because the address has been printed.
pub(super) fn open(url: &str, context: &Context) {
    let (program, arguments) = opener();
    let mut command = Command::new(program);
    command.args(arguments).arg(url);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.spawn() {
        // Some openers run until the browser is closed. A process that ends must be waited for.
        Ok(mut child) => drop(thread::spawn(move || child.wait())),
        Err(error) => {
            let words = context.lang.pick(
                "cannot open the browser: open the printed address yourself",
                "브라우저를 열 수 없습니다. 표시된 주소를 직접 열어 주십시오",
            );
            // If stderr is closed, nothing can be reported.
            let _ = writeln!(io::stderr(), "online-contact: {words}: {program}: {error}");
        }
    }
}

/// Returns a program that takes the address as one argument, without a shell.
const fn opener() -> (&'static str, &'static [&'static str]) {
    if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    }
}

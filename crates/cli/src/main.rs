//! `online-contact`: the client side, for developers of an endpoint for Online Contact.

use std::process::ExitCode;

fn main() -> ExitCode {
    online_contact_cli::main()
}

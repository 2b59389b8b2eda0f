//! `online-contact`: the other side of the wire, for whoever builds an endpoint of Online Contact.

use std::process::ExitCode;

fn main() -> ExitCode {
    online_contact_cli::main()
}

//! Every reason is in the table of the protocol page, and has its section in the troubleshooting pages.

use online_contact::Reason;

use crate::book::{rows, section};

const PROTOCOL: &str = "docs/protocol.md";
const TROUBLESHOOTING: [&str; 2] =
    ["docs/operation/troubleshooting.md", "docs/ko/troubleshooting.md"];

#[test]
fn every_reason_has_its_row() {
    let rows = rows(&section(PROTOCOL, "## Checks and rejection reasons"));
    for (reason, number) in Reason::ALL.into_iter().zip(1..) {
        let link = format!("[`{reason}`](operation/troubleshooting.md#{reason})");
        let (status, code) = (reason.status(), reason.code());
        let cells = [
            (2, link),
            (3, status.to_string()),
            (4, format!("`\"{code}\"`")),
            (5, reason.grpc_code().name().to_owned()),
        ];
        let row = rows.iter().find(|row| row.cell(0) == number.to_string());
        let row = row.unwrap_or_else(|| panic!("{PROTOCOL}: expected a row {number} for {reason}"));
        for (at, cell) in &cells {
            assert_eq!(row.cell(*at), cell, "{PROTOCOL}, row {number}");
        }
    }
}

#[test]
fn every_reason_has_its_section() {
    for page in TROUBLESHOOTING {
        for reason in Reason::ALL {
            let section = section(page, &format!("## {reason}"));
            assert!(section.contains("explain"), "{page}: expected `explain` under {reason}");
        }
    }
}

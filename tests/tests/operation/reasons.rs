//! Every reason is told of where people look for it.

use online_contact::Reason;

use crate::book::{read, rows, section};

const TROUBLESHOOTING: &str = "docs/operation/troubleshooting.md";

#[test]
fn every_reason_has_its_section() {
    for reason in Reason::ALL {
        let section = section(TROUBLESHOOTING, &format!("## {reason}"));
        let (status, code) = (reason.status(), reason.code());
        let first = format!("{status}, `\"{code}\"`.");
        assert!(
            section.trim_start().starts_with(&first),
            "{TROUBLESHOOTING}: begin the section of {reason} with {first}"
        );
        assert!(
            section.contains("online-contact explain"),
            "{TROUBLESHOOTING}: say under {reason} what `online-contact explain` tells of it"
        );
    }
}

#[test]
fn every_reason_has_its_row_in_both_front_pages() {
    for page in ["README.md", "README.ko.md"] {
        let rows = rows(&read(page));
        for reason in Reason::ALL {
            let cells = [
                format!("`{reason}`"),
                reason.status().to_string(),
                format!("`\"{}\"`", reason.code()),
                reason.grpc_code().name().to_owned(),
            ];
            let there =
                rows.iter().any(|row| (0..).zip(&cells).all(|(at, cell)| row.cell(at) == cell));
            assert!(there, "{page}: add the row | {} | to the table of reasons", cells.join(" | "));
        }
    }
}

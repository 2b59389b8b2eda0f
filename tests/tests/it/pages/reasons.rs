//! Every reason has its section in the troubleshooting pages.

use online_contact::Reason;

use super::book::section;

const PAGES: [&str; 2] = ["docs/operation/troubleshooting.md", "docs/ko/troubleshooting.md"];

#[test]
fn every_reason_has_its_section() {
    for page in PAGES {
        for reason in Reason::ALL {
            let section = section(page, &format!("## {reason}"));
            assert!(section.contains("explain"), "{page}: expected `explain` under {reason}");
        }
    }
}

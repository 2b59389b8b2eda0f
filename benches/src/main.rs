//! Compares verification with the bare MAC and with what a user would pick instead.
//!
//! `cargo run --release -p online-contact-benches`

use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

use online_contact_benches::report::{chart, table, write_summary};
use online_contact_benches::rows::GROUPS;

fn main() -> io::Result<()> {
    let start = Instant::now();
    let mut rows = Vec::new();
    for (number, group) in (1..).zip(GROUPS) {
        let seconds = start.elapsed().as_secs();
        writeln!(io::stderr(), "{number}/{}  {seconds:3} s  {}", GROUPS.len(), group.name)?;
        rows.extend((group.run)());
    }
    let folder = Path::new("target/benches");
    std::fs::create_dir_all(folder)?;
    write_summary(&rows, &folder.join("summary.json"))?;
    if let Some(chart) = chart(&rows) {
        std::fs::write(folder.join("performance.svg"), chart)?;
    }
    let missed = rows.iter().filter(|row| row.met == Some(false)).count();
    let unmeasured = rows.iter().filter(|row| row.met.is_none()).count();
    let mut out = io::stdout().lock();
    writeln!(out, "{}", table(&rows))?;
    writeln!(
        out,
        "{} rows, {missed} missed, {unmeasured} not measured, in {} s. \
         Written to target/benches: summary.json, performance.svg",
        rows.len(),
        start.elapsed().as_secs(),
    )
}

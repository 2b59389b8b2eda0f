//! Compares verification with the bare MAC and with what a user would pick instead.
//!
//! `cargo run --release -p online-contact-benches`, and of some groups only, by a part of their names:
//! `… -- core`.

use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

use online_contact_benches::report::{chart, table, write_summary};
use online_contact_benches::rows::GROUPS;

fn main() -> io::Result<()> {
    let start = Instant::now();
    let asked: Vec<_> = std::env::args().skip(1).collect();
    let is_asked = |name: &str| asked.is_empty() || asked.iter().any(|part| name.contains(part));
    let groups: Vec<_> = GROUPS.iter().filter(|group| is_asked(group.name)).collect();
    if groups.is_empty() {
        let names: Vec<_> = GROUPS.iter().map(|group| group.name).collect();
        return Err(io::Error::other(format!("no such group: expected a part of {names:?}")));
    }
    let mut rows = Vec::new();
    for (number, group) in (1..).zip(&groups) {
        let seconds = start.elapsed().as_secs();
        writeln!(io::stderr(), "{number}/{}  {seconds:3} s  {}", groups.len(), group.name)?;
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

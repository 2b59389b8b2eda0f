//! Compares verification with the bare MAC and with its peers.
//!
//! `cargo run --release -p online-contact-benches` measures everything. An argument selects the groups whose
//! names contain it: `… -- axum`.

use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

use online_contact_benches::chart::chart;
use online_contact_benches::report::table;
use online_contact_benches::rows::GROUPS;

fn main() -> io::Result<()> {
    let start = Instant::now();
    let parts: Vec<_> = std::env::args().skip(1).collect();
    let is_selected = |name: &str| parts.is_empty() || parts.iter().any(|part| name.contains(part));
    let groups: Vec<_> = GROUPS.iter().filter(|(name, _)| is_selected(name)).collect();
    if groups.is_empty() {
        let names = GROUPS.map(|(name, _)| name);
        return Err(io::Error::other(format!("unknown group, expected a part of {names:?}")));
    }
    let mut rows = Vec::new();
    for (number, (name, run)) in (1..).zip(&groups) {
        let seconds = start.elapsed().as_secs();
        writeln!(io::stderr(), "{number}/{}  {seconds:3} s  {name}", groups.len())?;
        rows.extend(run());
    }
    let folder = Path::new("target/benches");
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("summary.json"), serde_json::to_string_pretty(&rows)? + "\n")?;
    if let Some(chart) = chart(&rows) {
        std::fs::write(folder.join("performance.svg"), chart)?;
    }
    let missed = rows.iter().filter(|row| row.met == Some(false)).count();
    let (count, seconds) = (rows.len(), start.elapsed().as_secs());
    let mut out = io::stdout().lock();
    writeln!(out, "{}", table(&rows))?;
    writeln!(out, "{count} rows in {seconds} s, {missed} targets missed; see also {folder:?}")
}

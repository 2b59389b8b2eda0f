//! The results: a table for people, a file for programs, a chart for the README.

mod chart;
mod table;

use std::fs;
use std::io;
use std::path::Path;

use serde::Serialize;

pub use chart::chart;
pub use table::table;

use crate::row::{Row, Target};

#[derive(Serialize)]
struct Written<'a> {
    name: &'a str,
    ours: Option<f64>,
    reference: f64,
    unit: &'static str,
    ratio: Option<f64>,
    target: Target,
    met: Option<bool>,
    against: &'a str,
}

/// Writes one object for each row. What could not be measured is `null`.
///
/// # Errors
///
/// Those of the file system.
pub fn write_summary(rows: &[Row], path: &Path) -> io::Result<()> {
    let written: Vec<_> = rows
        .iter()
        .map(|row| Written {
            name: &row.name,
            ours: row.met.map(|_| row.ours),
            reference: row.reference,
            unit: row.unit,
            ratio: row.met.map(|_| row.ratio),
            target: row.target,
            met: row.met,
            against: &row.against,
        })
        .collect();
    fs::write(path, serde_json::to_string_pretty(&written)? + "\n")
}

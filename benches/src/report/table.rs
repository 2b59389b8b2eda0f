//! The table, which is Markdown too.

use std::fmt::Write as _;

use crate::row::{Row, Target};

/// All rows, with the verdict on each.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut text =
        String::from("| measure | measured | target | | against |\n|---|---:|---:|---|---|\n");
    for row in rows {
        let verdict = match row.met {
            Some(true) => "pass",
            Some(false) => "**miss**",
            None => "not measured",
        };
        let (name, against) = (&row.name, &row.against);
        let (measured, target) = (measured(row), target(row));
        let _ = writeln!(text, "| {name} | {measured} | {target} | {verdict} | {against} |");
    }
    text
}

fn measured(row: &Row) -> String {
    match (row.met, row.unit) {
        (None, _) => "–".to_owned(),
        (_, "allocations" | "bytes") => format!("{} {}", row.ours, row.unit),
        _ => format!("{:.2} ×", row.ratio),
    }
}

fn target(row: &Row) -> String {
    let (sign, bound) = match row.target {
        Target::AtMost(bound) => ('≤', bound),
        Target::AtLeast(bound) => ('≥', bound),
    };
    match row.unit {
        "allocations" | "bytes" => format!("{sign} {bound}"),
        _ => format!("{sign} {bound} ×"),
    }
}

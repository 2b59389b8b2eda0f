//! The table, in Markdown.

use std::fmt::Write as _;

use crate::row::{Row, Target};

/// Renders all rows.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut text =
        String::from("| measure | measured | target | | against |\n|---|---:|---:|---|---|\n");
    for row in rows {
        let verdict = match row.met {
            Some(true) => "pass",
            Some(false) => "**miss**",
            None => "",
        };
        let (name, against) = (&row.name, &row.against);
        let (measured, target) = (measured(row), target(row));
        let _ = writeln!(text, "| {name} | {measured} | {target} | {verdict} | {against} |");
    }
    text
}

fn measured(row: &Row) -> String {
    match (row.value, row.unit) {
        (None, _) => "–".to_owned(),
        (Some(value), unit @ ("allocations" | "bytes")) => format!("{value} {unit}"),
        _ => format!("{:.2} ×", row.ratio),
    }
}

fn target(row: &Row) -> String {
    let times = if matches!(row.unit, "allocations" | "bytes") { "" } else { " ×" };
    match row.target {
        Target::AtMost(bound) => format!("≤ {bound}{times}"),
        Target::AtLeast(bound) => format!("≥ {bound}{times}"),
        Target::Open => "–".to_owned(),
    }
}

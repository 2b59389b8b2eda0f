use std::fmt::{self, Write as _};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::{Adapter, Case, Runner};

/// The result of a case on an adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// All was as expected.
    Green,
    /// A difference from the expected responses.
    Red(String),
    /// The framework can't carry the case, and why.
    NotApplicable(&'static str),
}

/// Does something with each item, in as many threads as there are cores, and keeps their order.
fn on_all_cores<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            match items.get(index) {
                Some(item) => done.push((index, work(item))),
                None => return done,
            }
        }
    };
    let mut done = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let results = workers.into_iter().map(thread::ScopedJoinHandle::join);
        // A panic of a case is one of the test.
        results
            .flat_map(|result| result.unwrap_or_else(|panic| resume_unwind(panic)))
            .collect::<Vec<_>>()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Cases × adapters. `Display` writes it as a table.
pub struct Matrix {
    adapters: Vec<&'static str>,
    rows: Vec<Row>,
}

#[derive(Clone)]
struct Row {
    case: String,
    verdict: &'static str,
    cells: Vec<Cell>,
}

impl Matrix {
    /// Runs every case against every adapter.
    #[must_use]
    pub fn of(runner: Runner, cases: &[Case], adapters: &[&dyn Adapter]) -> Self {
        let row = |case: &Case| {
            let cells = adapters.iter().map(|adapter| runner.run(case, *adapter));
            Row { case: case.name.clone(), verdict: case.verdict(), cells: cells.collect() }
        };
        Self {
            adapters: adapters.iter().map(|adapter| adapter.name()).collect(),
            rows: on_all_cores(cases, row),
        }
    }

    /// Returns only the cases with this [verdict](Case::verdict).
    #[must_use]
    pub fn with_verdict(&self, verdict: &str) -> Self {
        let rows = self.rows.iter().filter(|row| row.verdict == verdict);
        Self { adapters: self.adapters.clone(), rows: rows.cloned().collect() }
    }

    /// Returns the red cells: case, adapter, and the difference.
    #[must_use]
    pub fn red(&self) -> Vec<String> {
        let cells = self.cells().filter_map(|(case, adapter, cell)| match cell {
            Cell::Red(why) => Some(format!("{case} × {adapter}: {why}")),
            _ => None,
        });
        cells.collect()
    }

    /// Returns the number of green cells.
    #[must_use]
    pub fn green(&self) -> usize {
        self.cells().filter(|(.., cell)| **cell == Cell::Green).count()
    }

    /// Writes the table into a folder as `matrix.md` and returns its path.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be written to.
    pub fn write(&self, folder: &Path) -> std::io::Result<PathBuf> {
        std::fs::create_dir_all(folder)?;
        let file = folder.canonicalize()?.join("matrix.md");
        std::fs::write(&file, self.to_string())?;
        Ok(file)
    }

    fn cells(&self) -> impl Iterator<Item = (&str, &'static str, &Cell)> {
        self.rows.iter().flat_map(|Row { case, cells, .. }| {
            let named = self.adapters.iter().zip(cells);
            named.map(move |(adapter, cell)| (case.as_str(), *adapter, cell))
        })
    }

    /// Returns the reasons of empty cells, each once per adapter.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for (_, adapter, cell) in self.cells() {
            if let Cell::NotApplicable(why) = cell {
                let note = format!("{adapter}: {why}");
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
        }
        notes
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| case | {} |", self.adapters.join(" | "))?;
        writeln!(f, "|---|{}", "---|".repeat(self.adapters.len()))?;
        for Row { case, cells, .. } in &self.rows {
            let mut line = String::new();
            for cell in cells {
                let mark = match cell {
                    Cell::Green => "ok",
                    Cell::Red(_) => "**RED**",
                    Cell::NotApplicable(_) => "–",
                };
                write!(line, " {mark} |")?;
            }
            writeln!(f, "| {case} |{line}")?;
        }
        let red = self.red();
        writeln!(f, "\n{} cells are green, {} red.", self.green(), red.len())?;
        for line in red.into_iter().chain(self.notes()) {
            writeln!(f, "- {line}")?;
        }
        Ok(())
    }
}

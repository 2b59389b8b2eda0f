use crate::{
    context::Context,
    problem::{Findings, Outcome},
};

/// Leftovers of work that is not done. Written in halves, so that this file has none.
const LEFTOVERS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("db", "g!("),
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
];

/// Paths that exist on one machine only.
const MACHINE_PATHS: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/ro", "ot/"),
    concat!("C:\\", "Users"),
];

pub(super) fn check(context: &Context, findings: &mut Findings) -> Outcome {
    for file in context.files()?.iter().filter(|file| !is_data(file)) {
        // What is no text has no words.
        let Ok(text) = std::fs::read_to_string(context.root.join(file)) else { continue };
        for (number, line) in (1..).zip(text.lines()) {
            for word in LEFTOVERS.iter().chain(MACHINE_PATHS) {
                if line.contains(word) {
                    findings.add(format!("{file}:{number}: {word}"));
                }
            }
        }
    }
    Ok(())
}

/// Seeds of the fuzzer hold what they hold, and the lock files are cargo's.
fn is_data(file: &str) -> bool {
    file.starts_with("fuzz/corpus/") || file.ends_with(".lock")
}

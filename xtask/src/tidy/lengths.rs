use crate::{
    config::{Lengths, allows},
    context::Context,
    problem::{Findings, Outcome},
    shell,
};

/// Holds all code to files and functions that can be read at one go.
pub(super) fn check(context: &Context, findings: &mut Findings) -> Outcome {
    let limits = &context.config.lengths;
    let mut long = Vec::new();
    for file in context.files()? {
        if file.ends_with(".rs") {
            long.extend(too_long(limits, &file, &shell::read(&context.root.join(&file))?));
        }
    }
    for (name, lines) in &long {
        if !allows(&limits.allowed, name) {
            findings.add(format!("{name} has {lines} lines"));
        }
    }
    for allowed in &limits.allowed {
        if !long.iter().any(|(name, _)| *name == allowed.name) {
            findings.add(format!("xtask.toml: {} is not too long any more", allowed.name));
        }
    }
    Ok(())
}

fn too_long(limits: &Lengths, file: &str, text: &str) -> Vec<(String, usize)> {
    let functions = functions(text);
    let functions = functions.into_iter().filter(|(_, lines)| *lines > limits.function);
    let mut long: Vec<_> =
        functions.map(|(name, lines)| (format!("{file}:{name}"), lines)).collect();
    let lines = text.lines().count();
    if lines > limits.file {
        long.push((file.into(), lines));
    }
    long
}

/// Each function with its lines. Rustfmt puts the closing brace under the first word of the `fn`.
fn functions(text: &str) -> Vec<(&str, usize)> {
    let mut functions = Vec::new();
    let mut open: Vec<(&str, &str, usize)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.trim_start();
        let indent = line.get(..line.len() - code.len()).unwrap_or_default();
        if let Some(name) = function_name(code).filter(|_| !code.ends_with([';', '}'])) {
            open.push((name, indent, number));
        } else if code.starts_with('}') && open.last().is_some_and(|last| last.1 == indent) {
            let closed = open.pop();
            functions.extend(closed.map(|(name, _, start)| (name, number + 1 - start)));
        }
    }
    functions
}

fn function_name(code: &str) -> Option<&str> {
    let (before, rest) = code.split_once("fn ")?;
    let qualified = before.split_whitespace().all(|word| {
        ["const", "async", "unsafe", "extern"].contains(&word) || word.starts_with("pub")
    });
    let end = rest.find(['(', '<'])?;
    qualified.then_some(rest.get(..end)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_measured_from_their_first_line_to_the_brace() {
        let text = "impl A {\n    pub(crate) fn one(\n        a: u8,\n    ) -> u8 {\n        if a > 1 {\n            2\n        } else {\n            3\n        }\n    }\n}\n\nfn two() {}\n\nfn three() {\n}\n";
        assert_eq!(functions(text), [("one", 9), ("three", 2)]);
    }
}

use crate::{
    context::Context,
    problem::{Findings, Outcome},
    shell,
};

/// Holds what pages and manifests tell people to take to the version that there is.
pub(super) fn check(context: &Context, findings: &mut Findings) -> Outcome {
    let published = context.published();
    let Some(version) = published.first().map(|package| package.version.to_string()) else {
        return Ok(());
    };
    let minor = version.rsplit_once('.').map_or(version.as_str(), |(minor, _)| minor);
    for file in context.files()? {
        if !(file.ends_with(".md") || file.starts_with("deploy/")) {
            continue;
        }
        let text = shell::read(&context.root.join(&file))?;
        for (number, line) in (1..).zip(text.lines()) {
            let told = image(line).filter(|told| *told != version);
            if let Some(told) = told.or(dependency(line).filter(|told| *told != minor)) {
                findings.add(format!("{file}:{number}: {told}, where the version is {version}"));
            }
        }
    }
    Ok(())
}

/// The tag of an image of ours.
fn image(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("online-contact-gateway:")?;
    rest.split(|c: char| !(c.is_ascii_digit() || c == '.')).next().filter(|tag| !tag.is_empty())
}

/// What a line of `[dependencies]` asks for: `online-contact… = "0.1"`, or `{ version = "0.1", … }`.
fn dependency(line: &str) -> Option<&str> {
    let (name, asked) = line.split_once(" = ")?;
    let asked = asked.strip_prefix("{ version = ").unwrap_or(asked);
    let version = asked.strip_prefix('"')?.split('"').next()?;
    name.starts_with("online-contact").then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_where_people_are_told_them() {
        assert_eq!(image("docker run online-contact-gateway:0.1.0 -d"), Some("0.1.0"));
        assert_eq!(image("kubectl rollout restart deployment/online-contact"), None);
        assert_eq!(dependency(r#"online-contact-actix = "0.1""#), Some("0.1"));
        let table = r#"online-contact = { version = "0.2", features = ["axum"] }"#;
        assert_eq!(dependency(table), Some("0.2"));
        assert_eq!(dependency(r#"online-contact = { git = "https://example.com" }"#), None);
        assert_eq!(dependency(r#"tokio = "1""#), None);
    }
}

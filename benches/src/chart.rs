//! The chart: the time of each verifier, relative to the slowest of its group.

use std::fmt::Write as _;

use crate::row::Row;

const WIDTH: f64 = 640.0;
const LABEL: f64 = 250.0;
const BAR: f64 = 18.0;
const STEP: f64 = 26.0;

struct Bar {
    label: &'static str,
    nanos: f64,
    is_ours: bool,
}

/// Renders the comparisons with peers at 41 bytes as SVG, or `None` if a row is missing. The colors follow
/// the reader's scheme, light or dark.
#[must_use]
pub fn chart(rows: &[Row]) -> Option<String> {
    let row = |name: &str, against: &str| {
        let mut named = rows.iter().filter(|row| row.name == name);
        named.find(|row| row.against.contains(against))
    };
    let ours = |label, row: &Row| Some(Bar { label, nanos: row.value?, is_ours: true });
    let theirs = |label, row: &Row| Bar { label, nanos: row.reference, is_ours: false };
    let mac = row("core, 41 B", "MAC")?;
    let webhooks = row("core, 41 B", "standardwebhooks")?;
    let layer = |against| row("VerifyLayer adds, 41 B", against);
    let wrap = |against| row("Verify adds, 41 B", against);
    Some(drawn(&[
        (
            "Headers to verdict",
            vec![
                theirs("bare pre-keyed HMAC", mac),
                ours("online-contact", mac)?,
                theirs("standardwebhooks", webhooks),
            ],
        ),
        (
            "Added to an axum router",
            vec![
                ours("VerifyLayer", layer("webhook-verify")?)?,
                theirs("webhook-verify (no time, no limits)", layer("webhook-verify")?),
            ],
        ),
        (
            "Added to an axum route",
            vec![
                ours("VerifyLayer", layer("by hand")?)?,
                theirs("from_fn by hand", layer("by hand")?),
                theirs("tower-github-webhook (no time)", layer("tower-github-webhook")?),
            ],
        ),
        (
            "Added to an actix-web resource",
            vec![
                ours("Verify", wrap("by hand")?)?,
                theirs("webhook-verify (no time)", wrap("webhook-verify")?),
                theirs("from_fn by hand", wrap("by hand")?),
                theirs("RequestSignature", wrap("RequestSignature")?),
            ],
        ),
    ]))
}

fn drawn(groups: &[(&str, Vec<Bar>)]) -> String {
    let mut body = String::new();
    let mut top = 24.0;
    for (title, bars) in groups {
        let _ = writeln!(body, r#"<text class="title" x="8" y="{top}">{title}, 41 bytes</text>"#);
        top += 10.0;
        let longest = bars.iter().map(|bar| bar.nanos).fold(f64::MIN, f64::max);
        for bar in bars {
            draw(&mut body, bar, top, longest);
            top += STEP;
        }
        top += 28.0;
    }
    let height = top - 14.0;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Relative time, shorter is better">
<style>
text {{ fill: #24292f }} .title {{ font-weight: 600 }} .ours {{ fill: #2563eb }} .theirs {{ fill: #94a3b8 }}
@media (prefers-color-scheme: dark) {{ text {{ fill: #e6edf3 }} .ours {{ fill: #60a5fa }} .theirs {{ fill: #64748b }} }}
</style>
{body}</svg>
"#
    )
}

fn draw(body: &mut String, bar: &Bar, top: f64, longest: f64) {
    let class = if bar.is_ours { "ours" } else { "theirs" };
    let length = (bar.nanos / longest * (WIDTH - LABEL - 70.0)).max(1.0);
    let (label, text) = (bar.label, top + 13.5);
    let (end, share) = (LABEL + length + 8.0, bar.nanos / longest * 100.0);
    let _ = writeln!(
        body,
        r#"<text x="20" y="{text:.1}">{label}</text><rect class="{class}" x="{LABEL}" y="{top:.1}" width="{length:.1}" height="{BAR}" rx="3"/><text x="{end:.1}" y="{text:.1}">{share:.0} %</text>"#
    );
}

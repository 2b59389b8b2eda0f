use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Where a page leads, and where one can be led to in it.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) links: Vec<String>,
    pub(super) anchors: BTreeSet<String>,
}

impl Page {
    pub(super) fn parse(text: &str) -> Self {
        let mut page = Self::default();
        let mut seen = BTreeMap::new();
        let mut heading: Option<String> = None;
        let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
        for event in Parser::new_ext(text, options) {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let slug = slug(&heading.take().unwrap_or_default());
                    page.anchors.insert(unique(&mut seen, slug));
                }
                Event::Text(words) | Event::Code(words) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&words);
                    }
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Html(html) | Event::InlineHtml(html) => page.take_html(&html),
                _ => {}
            }
        }
        page
    }

    fn take_html(&mut self, html: &str) {
        self.links.extend(attributes(html, "href=\"").chain(attributes(html, "src=\"")));
        self.anchors.extend(attributes(html, "id=\"").chain(attributes(html, "name=\"")));
    }
}

fn attributes<'a>(html: &'a str, start: &'a str) -> impl Iterator<Item = String> + 'a {
    html.split(start).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
}

/// As GitHub makes an anchor of a heading.
fn slug(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The second heading of the same words gets `-1`.
fn unique(seen: &mut BTreeMap<String, usize>, slug: String) -> String {
    let count = seen.entry(slug.clone()).or_default();
    let anchor = if *count == 0 { slug } else { format!("{slug}-{count}") };
    *count += 1;
    anchor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_those_of_github() {
        let page = Page::parse("# What's `a_b`, now?\n\n# 조회 결과\n\n## Twice\n\n## Twice\n");
        let found: Vec<_> = page.anchors.iter().map(String::as_str).collect();
        assert_eq!(found, ["twice", "twice-1", "whats-a_b-now", "조회-결과"]);
    }

    #[test]
    fn links_in_code_are_none() {
        let page = Page::parse("[a](b.md) `[c](d.md)` <img src=\"e.png\">\n\n    [f](g.md)\n");
        assert_eq!(page.links, ["b.md", "e.png"]);
    }
}

use std::fmt;

/// A doubt about the text of a security key, for a warning to the operator.
///
/// A key is issued as letters and digits. These texts are usually taken from the wrong place, and make
/// signatures that never match.
///
/// ```
/// use online_contact::KeyWarning;
///
/// assert_eq!(KeyWarning::of("OC_SECURITY_KEY=bf77"), Some(KeyWarning::Assignment));
/// assert_eq!(KeyWarning::of("\"bf77\""), Some(KeyWarning::Quoted));
/// assert_eq!(KeyWarning::of("bf7769e5321448de88838cdb"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyWarning {
    /// Blanks, line breaks or invisible characters around the key. They were removed.
    Trimmed,
    /// A quote at the beginning or the end of the key. It counts as part of the key.
    Quoted,
    /// `NAME=key` or `export NAME=key`. All of it counts as the key.
    Assignment,
    /// A JSON object. All of it counts as the key.
    Json,
    /// `Bearer key` or `Basic key`. All of it counts as the key.
    AuthScheme,
    /// Blanks, line breaks or invisible characters within the key. They count as part of it.
    Blanks,
}

impl KeyWarning {
    /// Returns the first doubt about a text that [`SecurityKey::new`](crate::SecurityKey::new) takes as a
    /// key.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let key = trimmed(text);
        let within = |start, end| key.len() > 1 && key.starts_with(start) && key.ends_with(end);
        if key.starts_with(is_quote) || key.ends_with(is_quote) {
            Some(Self::Quoted)
        } else if within('{', '}') {
            Some(Self::Json)
        } else if is_assignment(key) {
            Some(Self::Assignment)
        } else if key.starts_with("Bearer ") || key.starts_with("Basic ") {
            Some(Self::AuthScheme)
        } else if key.contains(is_blank) {
            Some(Self::Blanks)
        } else {
            (key.len() < text.len()).then_some(Self::Trimmed)
        }
    }
}

impl fmt::Display for KeyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trimmed => "removed blanks around the security key",
            Self::Quoted => "the security key is in quotes, expected the key alone",
            Self::Assignment => "the security key looks like NAME=key, expected the key alone",
            Self::Json => "the security key looks like JSON, expected the key alone",
            Self::AuthScheme => {
                "the security key begins with an authentication scheme, expected the key alone"
            }
            Self::Blanks => {
                "the security key contains blanks or invisible characters, expected none"
            }
        })
    }
}

/// Removes what no key begins or ends with: blanks of any script and invisible characters.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// Returns whether a character leaves no mark on a screen: blanks, control characters, and those that
/// Unicode lists as `Default_Ignorable_Code_Point`, such as the byte order mark.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Quotes of English, Korean and other texts.
fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '`' | '´' | '«' | '»' | '\u{2018}'..='\u{201f}' | '「'..='』' | '＂' | '＇'
    )
}

/// `NAME=…`, as in a file of environment variables or properties. Base64 may end with `=`, so a name must be
/// followed by a value.
fn is_assignment(key: &str) -> bool {
    let key = key.strip_prefix("export ").unwrap_or(key).trim_start();
    let Some((name, value)) = key.split_once('=') else { return false };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    !value.trim_matches('=').is_empty()
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.trim_end().chars().all(is_name)
}

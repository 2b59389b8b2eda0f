//! The question: what stands in the body of a verified request.

use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// The JSON body of a verified request.
///
/// As an extractor (features `axum` and `actix`) it reads the body whatever the content type says, for
/// Online Contact always sends JSON, and rejects to run on a request that nothing verified (500, and
/// the log names the missing layer). [`Lookup::from_json`] is the same without a framework.
///
/// What can't be read is answered with 400, code `40020`, and where the fault is in `detail`:
///
/// | the body | the answer |
/// |---|---|
/// | misses a required item | 400; `detail` names it |
/// | has an item of another type | 400; `detail` has its path, line and column |
/// | has an item that `T` does not know | passed over unread, unless `T` says `#[serde(deny_unknown_fields)]` |
/// | has an item of `T` twice | 400; `detail` names it |
/// | is empty, no JSON object, or not UTF-8 | 400 |
/// | is deeper than 128 levels, in an item that `T` knows | 400 |
/// | has something behind the JSON value | 400 |
///
/// ```
/// use online_contact::Lookup;
///
/// #[derive(Debug, serde::Deserialize)]
/// #[serde(rename_all = "camelCase")]
/// struct Query {
///     call_num: String,
///     nation: Option<String>,
/// }
///
/// let Lookup(query) = Lookup::<Query>::from_json(br#"{"callNum":"1","nation":"korea"}"#)?;
/// assert_eq!(query.call_num, "1");
///
/// let failure = Lookup::<Query>::from_json(br#"{"callNum":1}"#).unwrap_err();
/// assert_eq!(
///     failure.detail(),
///     Some("callNum: invalid type: integer `1`, expected a string at line 1 column 12"),
/// );
/// # Ok::<(), online_contact::Failure>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lookup<T>(pub T);

impl<T: DeserializeOwned> Lookup<T> {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// The [`Failure`] to answer with.
    pub fn from_json(body: &[u8]) -> Result<Self, Failure> {
        let text = body.trim_ascii_start();
        if text.is_empty() {
            return Err(unreadable("the body is empty: expected a JSON object"));
        }
        // Serde would take an array for a struct, item by item.
        if !text.starts_with(b"{") {
            return Err(unreadable("expected a JSON object"));
        }
        let mut json = serde_json::Deserializer::from_slice(body);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            // Where the JSON itself is broken, the path ends in a question mark, or is nothing else.
            let path = path.trim_end_matches('?').trim_matches('.').to_owned();
            let error = error.into_inner();
            if path.is_empty() {
                unreadable(&error.to_string())
            } else {
                unreadable(&format!("{path}: {error}"))
            }
        })?;
        json.end().map_err(|error| unreadable(&error.to_string()))?;
        // Serde does not look into what it passes over.
        std::str::from_utf8(body)
            .map_err(|error| unreadable(&format!("the body is not UTF-8: {error}")))?;
        Ok(Self(value))
    }
}

/// Serde tells what it found, and a stranger to the contract may have sent a megabyte of it.
const LONGEST_DETAIL: usize = 512;

fn unreadable(detail: &str) -> Failure {
    let cut = (0..=LONGEST_DETAIL).rev().find_map(|end| detail.get(..end)).unwrap_or_default();
    let detail =
        if detail.len() > LONGEST_DETAIL { format!("{cut}…") } else { detail.to_owned() };
    Failure::no_result("40020", "The request is not what this lookup takes.").with_detail(detail)
}

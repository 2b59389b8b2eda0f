use serde::de::DeserializeOwned;

use crate::envelope::failure::Failure;

/// The JSON body of a verified request.
///
/// As an extractor (features `axum` and `actix`) it ignores the content type, because Online Contact always
/// sends JSON, and reads up to the verifier's body limit, also where a layer inside the verifying one
/// decompresses the body. On a request that no layer verified it responds with 500, and the log names the
/// missing layer. [`Lookup::from_json`] works without a framework.
///
/// An invalid body is a 400 with the code `40020`, and the fault in `detail`:
///
/// | body | response |
/// |---|---|
/// | lacks a required item | 400; `detail` names it |
/// | has an item of another type | 400; `detail` has its path, line and column |
/// | has an item that `T` does not know | ignored, unless `T` has `#[serde(deny_unknown_fields)]` |
/// | has an item of `T` twice | 400; `detail` names it |
/// | is empty, not a JSON object, or not UTF-8 | 400 |
/// | is deeper than 128 levels, in an item that `T` knows | 400 |
/// | has bytes after the JSON value | 400 |
/// | is longer than the verifier's body limit | 400 |
/// | fails in a layer inside the verifying one, which decompresses or limits it | 400; the error is logged |
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
    /// Parses a body.
    ///
    /// # Errors
    ///
    /// Returns the [`Failure`] to respond with.
    pub fn from_json(body: &[u8]) -> Result<Self, Failure> {
        let text = body.trim_ascii_start();
        if text.is_empty() {
            return Err(invalid("the body is empty, expected a JSON object"));
        }
        // Serde accepts an array for a struct, item by item.
        if !text.starts_with(b"{") {
            return Err(invalid("expected a JSON object"));
        }
        let mut json = serde_json::Deserializer::from_slice(body);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            // If the JSON itself is broken, the path ends with a question mark.
            let path = path.trim_end_matches('?').trim_matches('.').to_owned();
            let error = error.into_inner();
            if path.is_empty() {
                invalid(&error.to_string())
            } else {
                invalid(&format!("{path}: {error}"))
            }
        })?;
        json.end().map_err(|error| invalid(&error.to_string()))?;
        // Serde does not check ignored strings for UTF-8.
        std::str::from_utf8(body)
            .map_err(|error| invalid(&format!("the body is not UTF-8: {error}")))?;
        Ok(Self(value))
    }
}

/// Returns the failure of a body that grew over the verifier's limit behind it.
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) fn too_long(limit: u64) -> Failure {
    invalid(&format!("the body is longer than {limit} bytes"))
}

/// Returns the failure of a body that failed after it was verified: a layer in between could not decompress
/// it, or has a limit of its own.
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) fn unreadable(error: Box<dyn std::error::Error + Send + Sync>) -> Failure {
    let detail = if crate::verify::length_limit::is_length_limit(&*error) {
        "the body is longer than a layer of this server accepts"
    } else {
        "the body cannot be read"
    };
    invalid(detail).with_source(error)
}

/// Serde quotes the value that it found, which may be a megabyte long.
const LONGEST_DETAIL: usize = 512;

fn invalid(detail: &str) -> Failure {
    let cut = (0..=LONGEST_DETAIL).rev().find_map(|end| detail.get(..end)).unwrap_or_default();
    let detail =
        if detail.len() > LONGEST_DETAIL { format!("{cut}…") } else { detail.to_owned() };
    Failure::no_result("40020", "The request does not match the items of this lookup.")
        .with_detail(detail)
}

//! The question: what stands in the body of a verified request.

use serde::de::DeserializeOwned;

use crate::reply::Failure;

/// The JSON body of a verified request.
///
/// As an extractor (features `axum` and `actix`) it reads the body whatever the content type says, for
/// Online Contact always sends JSON, and refuses to run on a request that nothing verified (500, and
/// the log names the missing layer). [`Lookup::from_json`] is the same without a framework.
///
/// What can't be read is answered with 400, code `40020`, and where the fault is in `detail`:
///
/// | the body | the answer |
/// |---|---|
/// | misses a required item | 400; `detail` names it |
/// | has an item of another type | 400; `detail` has its path, line and column |
/// | has an item that `T` does not know | passed over, unless `T` says `#[serde(deny_unknown_fields)]` |
/// | has an item of `T` twice | 400; `detail` names it |
/// | is empty, no JSON, not UTF-8, or deeper than 128 levels | 400 |
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
///     failure.detail_text(),
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
        if body.trim_ascii().is_empty() {
            return Err(unreadable("the body is empty: expected a JSON object".to_owned()));
        }
        let mut json = serde_json::Deserializer::from_slice(body);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let error = error.into_inner();
            // At the root the path is a lone dot, which tells nothing.
            if path == "." {
                unreadable(error.to_string())
            } else {
                unreadable(format!("{path}: {error}"))
            }
        })?;
        json.end().map_err(|error| unreadable(error.to_string()))?;
        Ok(Self(value))
    }
}

fn unreadable(detail: String) -> Failure {
    Failure::no_result("40020", "The request is not what this lookup takes.").detail(detail)
}

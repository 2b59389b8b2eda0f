//! A lookup: [`Lookup::from_json`] reads what serde reads, if it is an object in UTF-8. Otherwise it fails with an
//! envelope that Online Contact can read.

use std::collections::BTreeMap;
use std::fmt::Debug;

use online_contact::Lookup;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The maximum length of a detail: 512 bytes and an ellipsis.
const LONGEST_DETAIL: usize = 515;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    call_num: String,
    nation: Option<String>,
    user_no: Option<u64>,
    score: Option<f64>,
    filter: Option<Filter>,
    #[serde(default)]
    memo: BTreeMap<String, Value>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Filter {
    tags: Vec<Tag>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tag {
    name: String,
}

/// Runs one input.
///
/// # Panics
///
/// If library and model disagree.
pub fn run(body: &[u8]) {
    agrees::<Query>(body);
    agrees::<Tag>(body);
    agrees::<BTreeMap<String, i8>>(body);
    agrees::<Value>(body);
}

fn agrees<T: DeserializeOwned + Debug + PartialEq>(body: &[u8]) {
    match (Lookup::<T>::from_json(body), model::<T>(body)) {
        (Ok(Lookup(read)), Some(expected)) => assert_eq!(read, expected),
        (Ok(Lookup(read)), None) => panic!("unexpected success: {read:?}"),
        (Err(failure), Some(expected)) => panic!("{failure}, expected {expected:?}"),
        (Err(failure), None) => {
            let detail = failure.detail().expect("a detail");
            assert!(!detail.is_empty() && detail.len() <= LONGEST_DETAIL, "{}", detail.len());
            let envelope: Value = serde_json::from_slice(&failure.to_json()).expect("JSON");
            let message = "The request does not match the items of this lookup.";
            let error = json!({ "code": "40020", "message": message, "detail": detail });
            assert_eq!(envelope, json!({ "error": error }));
            assert_eq!(failure.status().as_u16(), 400);
        }
    }
}

fn model<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(body).ok()?;
    let is_object = text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{');
    serde_json::from_str(text).ok().filter(|_| is_object)
}

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// A successful response: status 200 with `{"data": …}`.
///
/// Online Contact expects an object whose fields are the result items of the API's settings. The vendor
/// types their values as strings: see [`StringData`](crate::StringData).
///
/// ```
/// use online_contact::Success;
///
/// #[derive(serde::Serialize)]
/// #[serde(rename_all = "camelCase")]
/// struct Customer {
///     user_name: String,
/// }
///
/// let response = Success(Customer { user_name: "test".into() });
/// assert_eq!(response.to_json()?, br#"{"data":{"userName":"test"}}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Success<T>(pub T);

impl<T: Serialize> Success<T> {
    /// Returns the body of the response.
    ///
    /// # Errors
    ///
    /// Returns the error that `T` reports when it is serialized.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

impl<T: Serialize> Serialize for Success<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut envelope = serializer.serialize_struct("Success", 1)?;
        envelope.serialize_field("data", &self.0)?;
        envelope.end()
    }
}

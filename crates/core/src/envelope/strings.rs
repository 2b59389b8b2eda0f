use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use crate::envelope::success::Success;

/// A response like [`Success`](crate::Success) that sends all scalar values as strings, at any depth: the
/// vendor types result values as String, and quotes the numbers in its examples.
///
/// Numbers keep all their digits. `null` stays `null`, and so does what serde writes as `null` (`None`,
/// `()`, a float that is not a number).
///
/// ```
/// use online_contact::StringData;
///
/// #[derive(serde::Serialize)]
/// #[serde(rename_all = "camelCase")]
/// struct Account {
///     user_no: u64,
///     cash_total: i128,
///     rate: f64,
///     active: bool,
///     memo: Option<String>,
/// }
///
/// let account = Account {
///     user_no: u64::MAX,
///     cash_total: 170_141_183_460_469_231_731_687_303_715_884_105_727,
///     rate: 0.1,
///     active: true,
///     memo: None,
/// };
/// let json = String::from_utf8(StringData(account).to_json()?)?;
/// assert_eq!(
///     json,
///     concat!(
///         r#"{"data":{"userNo":"18446744073709551615","#,
///         r#""cashTotal":"170141183460469231731687303715884105727","#,
///         r#""rate":"0.1","active":"true","memo":null}}"#,
///     ),
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct StringData<T>(pub T);

impl<T: Serialize> StringData<T> {
    /// Returns the body of the response.
    ///
    /// # Errors
    ///
    /// Returns the error that `T` reports when it is serialized.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut json = Vec::with_capacity(128);
        let mut serializer = Serializer::with_formatter(&mut json, Quoted::default());
        Success(&self.0).serialize(&mut serializer)?;
        Ok(json)
    }
}

/// Writes JSON with quotes around every number and truth value.
#[derive(Default)]
struct Quoted {
    /// A number as a key of a map is quoted already.
    in_key: bool,
}

macro_rules! quoted {
    ($($write:ident: $type:ty),* $(,)?) => {
        $(
            fn $write<W: ?Sized + Write>(&mut self, writer: &mut W, value: $type) -> io::Result<()> {
                self.quote(writer)?;
                CompactFormatter.$write(writer, value)?;
                self.quote(writer)
            }
        )*
    };
}

impl Quoted {
    fn quote<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        if self.in_key { Ok(()) } else { writer.write_all(b"\"") }
    }
}

impl Formatter for Quoted {
    quoted! {
        write_bool: bool,
        write_i8: i8,
        write_i16: i16,
        write_i32: i32,
        write_i64: i64,
        write_i128: i128,
        write_u8: u8,
        write_u16: u16,
        write_u32: u32,
        write_u64: u64,
        write_u128: u128,
        write_f32: f32,
        write_f64: f64,
        write_number_str: &str,
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.in_key = true;
        CompactFormatter.begin_object_key(writer, first)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.in_key = false;
        CompactFormatter.end_object_key(writer)
    }
}

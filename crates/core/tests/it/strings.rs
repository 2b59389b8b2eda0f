//! Every scalar value is sent as a string, and none loses a digit.

use std::collections::BTreeMap;

use online_contact::{StringData, Success};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Map, Number, Value, json};

/// Returns the JSON of a value.
fn sent(value: impl Serialize) -> String {
    let json = String::from_utf8(StringData(value).to_json().unwrap()).unwrap();
    let data = json.strip_prefix(r#"{"data":"#).and_then(|rest| rest.strip_suffix('}'));
    data.expect("an envelope").to_owned()
}

#[test]
fn integers_keep_every_digit() {
    assert_eq!(sent(u8::MAX), r#""255""#);
    assert_eq!(sent(i8::MIN), r#""-128""#);
    assert_eq!(sent(u16::MAX), r#""65535""#);
    assert_eq!(sent(i16::MIN), r#""-32768""#);
    assert_eq!(sent(u32::MAX), r#""4294967295""#);
    assert_eq!(sent(i32::MIN), r#""-2147483648""#);
    assert_eq!(sent(u64::MAX), r#""18446744073709551615""#);
    assert_eq!(sent(i64::MIN), r#""-9223372036854775808""#);
    assert_eq!(sent(u128::MAX), r#""340282366920938463463374607431768211455""#);
    assert_eq!(sent(i128::MIN), r#""-170141183460469231731687303715884105728""#);
    // Where a number that passes through a double would become an even one.
    assert_eq!(sent((1_u64 << 53) + 1), r#""9007199254740993""#);
}

#[test]
fn floats_are_sent_in_their_shortest_form() {
    assert_eq!(sent(0.1_f64), r#""0.1""#);
    // As a double it would be 0.10000000149011612.
    assert_eq!(sent(0.1_f32), r#""0.1""#);
    assert_eq!(sent(1.0_f64), r#""1.0""#);
    assert_eq!(sent(-0.0_f64), r#""-0.0""#);
    assert_eq!(sent(1e300_f64), r#""1e+300""#);
    assert_eq!(sent(f64::MIN_POSITIVE), r#""2.2250738585072014e-308""#);
}

#[test]
fn what_json_has_no_number_for_is_null() {
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(sent(float), "null");
    }
    assert_eq!(sent(f32::NAN), "null");
}

#[test]
fn nothing_stays_nothing() {
    assert_eq!(sent(()), "null");
    assert_eq!(sent(None::<u8>), "null");
    assert_eq!(sent(Value::Null), "null");
    assert_eq!(sent([Some(1), None]), r#"["1",null]"#);
    assert_eq!(sent(Vec::<u8>::new()), "[]");
    assert_eq!(sent(BTreeMap::<u8, u8>::new()), "{}");
}

#[test]
fn text_is_sent_as_in_any_json() {
    for text in ["", "홍길동", "a \"quoted\" \\ word", "\0\u{1}\n\r\t\u{8}\u{c}\u{7f}", "1", "null"]
    {
        assert_eq!(sent(text), serde_json::to_string(text).unwrap());
    }
    assert_eq!(sent('"'), r#""\"""#);
    // An amount that was text already is not touched: no digit is added or lost.
    assert_eq!(sent("1234567890123456789.10"), r#""1234567890123456789.10""#);
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    active: bool,
    grade: Grade,
    orders: Vec<Order>,
    limits: (u8, i64),
    memo: Option<&'static str>,
    owner: Option<Box<Account>>,
}

#[derive(Serialize)]
struct Order(u64, Price);

#[derive(Serialize)]
struct Price(f64);

#[derive(Serialize)]
enum Grade {
    Plain,
    Points(u32),
    Pair(bool, i8),
    Named { level: u16 },
}

#[test]
fn values_are_strings_however_deep_they_stand() {
    let inner = Account {
        active: false,
        grade: Grade::Pair(true, -1),
        orders: vec![],
        limits: (0, i64::MIN),
        memo: None,
        owner: None,
    };
    let account = Account {
        active: true,
        grade: Grade::Named { level: 3 },
        orders: vec![Order(7, Price(0.5)), Order(8, Price(12.25))],
        limits: (1, -2),
        memo: Some("3"),
        owner: Some(Box::new(inner)),
    };
    assert_eq!(
        sent(account),
        concat!(
            r#"{"active":"true","grade":{"Named":{"level":"3"}},"#,
            r#""orders":[["7","0.5"],["8","12.25"]],"limits":["1","-2"],"memo":"3","#,
            r#""owner":{"active":"false","grade":{"Pair":["true","-1"]},"orders":[],"#,
            r#""limits":["0","-9223372036854775808"],"memo":null,"owner":null}}"#,
        ),
    );
    assert_eq!(sent(Grade::Plain), r#""Plain""#);
    assert_eq!(sent(Grade::Points(5)), r#"{"Points":"5"}"#);
}

/// A key is quoted once, whatever it was.
#[test]
fn keys_are_strings_as_in_any_json() {
    assert_eq!(sent(BTreeMap::from([(-1, 1), (2, 3)])), r#"{"-1":"1","2":"3"}"#);
    assert_eq!(sent(BTreeMap::from([(u128::MAX, true)])), format!(r#"{{"{}":"true"}}"#, u128::MAX));
    assert_eq!(sent(BTreeMap::from([(false, 0), (true, 1)])), r#"{"false":"0","true":"1"}"#);
    assert_eq!(sent(BTreeMap::from([('"', 1)])), r#"{"\"":"1"}"#);
    let nested = BTreeMap::from([(1, BTreeMap::from([(2, 3)])), (4, BTreeMap::new())]);
    assert_eq!(sent(nested), r#"{"1":{"2":"3"},"4":{}}"#);
}

#[test]
fn a_json_value_is_a_value_like_any_other() {
    let value = json!({ "a": [1, -2, 2.5, true, null, "x", { "b": {} }] });
    assert_eq!(sent(&value), r#"{"a":["1","-2","2.5","true",null,"x",{"b":{}}]}"#);
}

/// `Success` sends the same values as they are.
#[test]
fn only_this_answer_quotes() {
    let value = json!({ "active": true, "userNo": 7 });
    assert_eq!(Success(&value).to_json().unwrap(), br#"{"data":{"active":true,"userNo":7}}"#);
    assert_eq!(sent(&value), r#"{"active":"true","userNo":"7"}"#);
}

#[test]
fn what_is_no_json_is_an_error() {
    let pairs = BTreeMap::from([((1, 2), 3)]);
    assert_eq!(StringData(pairs).to_json().unwrap_err().to_string(), "key must be a string");
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    scalar.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..8)
                .prop_map(|map| Value::from(Map::from_iter(map))),
        ]
    })
}

/// The same value with its scalars as text, made without the code under test.
fn in_words(value: &Value) -> Value {
    match value {
        Value::Null | Value::String(_) => value.clone(),
        Value::Bool(_) | Value::Number(_) => Value::String(value.to_string()),
        Value::Array(items) => items.iter().map(in_words).collect(),
        Value::Object(items) => {
            items.iter().map(|(name, item)| (name.clone(), in_words(item))).collect()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_is_sent_as_json_whose_scalars_are_strings(value in value()) {
        let read: Value = serde_json::from_str(&sent(&value)).unwrap();
        prop_assert_eq!(read, in_words(&value));
    }

    #[test]
    fn any_float_is_read_back_as_it_was(float in any::<f64>()) {
        let read: Option<String> = serde_json::from_str(&sent(float)).unwrap();
        let read: Option<f64> = read.map(|text| text.parse().unwrap());
        let expected = Number::from_f64(float).map(|_| float);
        prop_assert_eq!(read.map(f64::to_bits), expected.map(f64::to_bits));
    }

    #[test]
    fn any_integer_is_read_back_as_it_was(integer in any::<i128>()) {
        let read: String = serde_json::from_str(&sent(integer)).unwrap();
        prop_assert_eq!(read.parse(), Ok(integer));
    }
}

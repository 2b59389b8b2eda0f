use online_contact_test_kit::vectors::Vector;

use crate::{LONGEST_BODY, Seed};

const BODIES: &[&str] = &[
    r#"{"callNum":"1","nation":null,"userNo":7,"score":1.5,"filter":{"tags":[{"name":"a"}]}}"#,
    r#"{"callNum":"1","memo":{"a":[1,2.5,null,true,"x",{"b":{}}],"c":-1e-3}}"#,
    r#"{"callNum":1}"#,
    r#"{"callNum":"1","callNum":"2"}"#,
    r#"{"callNum":"1","filter":{"tags":[{"name":"a"},{}]}}"#,
    r#"{"callNum":"1","filter":{"tags":[{"name":"a","other":1}]}}"#,
    r#"{"callNum":"1","userNo":18446744073709551616}"#,
    r#"{"callNum":"1","score":1e999}"#,
    r#"{"callNum":"1","other":1e999}"#,
    r#"{"callNum":"1","other":"\ud800"}"#,
    r#"{"callNum":"\uD64D\ud83d\ude00 \"\\\/\b"}"#,
    r#"{"callNum":"1"}}"#,
    r#"{"callNum":"1",}"#,
    r#"{"callNum":"1"#,
    r#"{"a":127,"b":-128}"#,
    r#"{"a":128}"#,
    r#"["1","korea"]"#,
    "{\"name\":\"a\"}\u{c}",
    "\u{c}{\"name\":\"a\"}",
    " \t\r\n{\"name\":\"a\"} \t\r\n",
    "callNum=1&nation=korea",
    "null",
];

/// The bodies of the vectors, and other lookups.
pub(crate) fn seeds(vectors: &[Vector]) -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for vector in vectors {
        let body = vector.request().body;
        if body.len() <= LONGEST_BODY && !seeds.iter().any(|(_, seed)| *seed == body) {
            seeds.push((vector.name.clone(), body));
        }
    }
    let deep =
        format!("{{\"callNum\":\"1\",\"memo\":{{\"a\":{}{}}}}}", "[".repeat(200), "]".repeat(200));
    let long = format!("{{\"callNum\":\"1\",\"userNo\":\"{}\"}}", "홍".repeat(200));
    for body in BODIES.iter().copied().chain([deep.as_str(), &long]) {
        seeds.push((format!("json {:02}", seeds.len()), body.into()));
    }
    for body in [&b"{\"callNum\":\"1\",\"other\":\"\xff\"}"[..], b"{\"\xff\":1}", b"\xff\xfe{\0}\0"]
    {
        seeds.push((format!("bytes {:02}", seeds.len()), body.into()));
    }
    seeds
}

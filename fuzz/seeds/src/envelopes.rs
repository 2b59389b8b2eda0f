use crate::Seed;

const JSON: &str = "application/json; charset=utf-8";
/// Status, content type and body of a response.
const RESPONSES: &[(&str, &str, &str)] = &[
    ("200", JSON, r#"{"data":{"userName":"test"}}"#),
    ("200", "application/json", r#"{"data":null}"#),
    ("200", "text/plain", r#"{"data":{}}"#),
    ("200", "APPLICATION/JSON;charset=UTF-8", " {\"more\":1,\"data\":[]} "),
    ("201", JSON, r#"{"data":{}}"#),
    ("204", JSON, ""),
    ("200", "text/html", "<html>"),
    ("200", JSON, r#"["data"]"#),
    ("200", JSON, r#"{"data":1,"data":2}"#),
    ("200", JSON, r#"{"data":{"n":1e999}}"#),
    ("200", JSON, r#"{"error":{"code":911,"message":"Not existing user.","detail":null}}"#),
    ("400", JSON, r#"{"error":{"code":911,"message":"Not existing user.","detail":null}}"#),
    ("400", "text/plain", r#"{"error":{"code":"911","message":"No user.","detail":"7"}}"#),
    ("400", JSON, r#"{"error":{"code":911,"message":"Not existing user."}}"#),
    ("400", JSON, r#"{"error":{"code":1.5,"message":"m","detail":{"a":[1]}}}"#),
    ("400", JSON, r#"{"error":{"code":18446744073709551615,"message":"m","detail":[]}}"#),
    ("400", JSON, r#"{"error":{"code":null,"message":"m","detail":null}}"#),
    ("400", JSON, r#"{"error":{"code":1,"message":7,"detail":null}}"#),
    ("400", JSON, r#"{"error":"text"}"#),
    ("422", "text/plain", "Failed to deserialize the JSON body"),
    ("401", JSON, r#"{"error":{"code":1,"message":"m","detail":null}}"#),
    ("405", "", ""),
    ("404", "", ""),
    ("503", JSON, r#"{"error":{"code":1,"message":"m","detail":null}}"#),
    ("302", "text/html", "elsewhere"),
    ("101", "", ""),
    ("999", "", ""),
    ("0", "", ""),
];

/// Responses whose head decides.
const HEADS: &[(&str, &str)] = &[
    ("lenient", "status: 200\nlenient: yes"),
    ("lenient-201", "status: 201\nlenient: yes"),
    ("encoded", "status: 200\nencoded: yes"),
    ("encoded-400", "status: 400\nencoded: yes"),
    ("stream", "status: 200\nlength: none"),
    ("stream-500", "status: 500\nlength: none"),
    ("long", "status: 200\nlength: 65537"),
    ("at-the-limit", "status: 200\nlength: 65536"),
    ("grpc", "status: 200\ncontent-type: application/grpc+proto"),
    ("grpc-web", "status: 404\ncontent-type: application/grpc-web"),
];

/// Responses that once passed unchanged.
const FIXED: &[(&str, &str, &[u8])] = &[
    ("not-utf-8", "status: 200\ncontent-type: application/json", b"{\"data\":\"\xff\"}"),
    (
        "other-charset",
        "status: 200\ncontent-type: application/json; charset=euc-kr",
        b"{\"data\":{}}",
    ),
    ("other-type", "status: 200\ncontent-type: application/jsonl", b"{\"data\":{}}"),
];

pub(crate) fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (status, content_type, body) in RESPONSES {
        let content_type = match *content_type {
            "" => String::new(),
            some => format!("content-type: {some}\n"),
        };
        let seed = format!("status: {status}\n{content_type}\n{body}");
        seeds.push((format!("{:02} {status}", seeds.len()), seed.into_bytes()));
    }
    for (name, head) in HEADS {
        seeds.push(((*name).to_owned(), format!("{head}\n\nsome text").into_bytes()));
    }
    for (name, head, body) in FIXED {
        seeds.push(((*name).to_owned(), [head.as_bytes(), b"\n\n", *body].concat()));
    }
    seeds
}

use crate::{Seed, named};

const SIGNED: &str = "X-TC-Timestamp: 1732400000000\nAuthorization: \
    YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=\n";
const BODY: &str = r#"{"callNum":"1","nation":"korea"}"#;

/// Captures in several formats, valid and invalid.
pub(crate) fn seeds() -> Vec<Seed> {
    let raw = format!("POST /customer?x=1 HTTP/1.1\nHost: a\n{SIGNED}");
    let curl = format!(
        "* Connected\n> POST / HTTP/2\n{}> \n",
        SIGNED.replace("X-", "> X-").replace("Au", "> Au")
    );
    let seeds = [
        ("raw", format!("{raw}\n{BODY}")),
        ("raw-crlf", format!("{raw}Content-Length: 32\n\n{BODY}").replace('\n', "\r\n")),
        ("raw-surplus", format!("{raw}Content-Length: 3\n\n{BODY}")),
        ("raw-short", format!("{raw}Content-Length: 300\n\n{BODY}")),
        ("raw-hangul", format!("{raw}\n{{\"a\": [1, 2.50, {{}}], \"b\": \"\\ud64d/홍\"}}\n")),
        ("raw-no-empty-line", raw.clone()),
        ("forwarded", format!("{raw}X-Forwarded-Prefix: /p/\nX-Original-URI: /o?q\n\n%7B%22")),
        ("chunked", format!("{raw}Transfer-Encoding: chunked\n\n2;x=y\n{{}}\n0\n\n")),
        ("chunked-broken", format!("{raw}Transfer-Encoding: chunked\n\nffffffffffffffff\n{{}}")),
        ("curl", curl.clone()),
        ("curl-empty", "> POST / HTTP/1.1\n> Content-Length: 0\n> \n".to_owned()),
        ("har", har(r#"{"text":"{}"}"#)),
        ("har-base64", har(r#"{"text":"e30=","encoding":"base64"}"#)),
        ("har-null", har("null")),
        ("nested", format!("{raw}\n{}{}", "[".repeat(2_000), "]".repeat(2_000))),
        (
            "curl-with-a-note",
            format!("Note: Unnecessary use of -X\n  % Total\n\r  0  0* Trying\n{curl}"),
        ),
        ("response", "HTTP/1.1 200 OK\n\n".to_owned()),
        ("folded", "POST / HTTP/1.1\na: b\n c\n\n".to_owned()),
        ("empty", " \n".to_owned()),
    ];
    seeds.into_iter().chain(mistakes(&raw)).map(named).collect()
}

/// Requests that are signed with a mistake.
fn mistakes(raw: &str) -> [(&'static str, String); 3] {
    [
        ("prefixed", format!("{raw}\n{BODY}").replace("YK79", "Bearer YK79")),
        (
            "hexadecimal",
            format!("{raw}\n{BODY}").replace(
                "YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=",
                "60aefde28a5a9c6ba7b1087594cc21a517df3c4a0e8cbe5abcee1a04dd29641b",
            ),
        ),
        (
            "seconds",
            format!("{raw}Date: Sat, 23 Nov 2024 22:13:19 GMT\n\n{BODY}")
                .replace("0000000\n", "0000\n"),
        ),
    ]
}

fn har(data: &str) -> String {
    format!(
        r#"{{"log":{{"entries":[{{"request":{{"method":"POST","url":"https://a/b?c#d","headers":[{{"name":"authorization","value":"x"}}],"postData":{data}}}}}]}}}}"#
    )
}

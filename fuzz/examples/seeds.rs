//! Writes the committed seeds: `cargo run --example seeds`, in `fuzz/`.
//!
//! They are made from the published vectors and from what the documents give as examples. The same
//! seeds come out each time, and each is run once, so that none that fails is ever written.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde::Deserialize;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// Longer bodies teach the fuzzer nothing, and this is room for two blocks of SHA-256.
const LONGEST_BODY: usize = 128;

#[derive(Deserialize)]
struct Vector {
    name: String,
    key: String,
    scheme: String,
    now_ms: i64,
    request_uri: String,
    headers: Vec<(String, String)>,
    body_base64: String,
    expect: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let vectors = fs::read(Path::new(HERE).join("../tests/vectors/requests.json"))?;
    let vectors: Vec<Vector> = serde_json::from_slice(&vectors)?;
    write("head", online_contact_fuzz::head::run, heads(&vectors))?;
    write("verification", online_contact_fuzz::verification::run, verifications(&vectors))?;
    write("lookup", online_contact_fuzz::lookup::run, lookups(&vectors))?;
    write("contract", online_contact_fuzz::contract::run, contracts())?;
    write("captured", online_contact_fuzz::captured::run, captures())
}

/// A name and an input.
type Seed = (String, Vec<u8>);

fn write(target: &str, run: fn(&[u8]), seeds: Vec<Seed>) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(HERE).join("corpus").join(target);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for (name, seed) in &seeds {
        run(seed);
        fs::write(folder.join(file_name(name)), seed)?;
    }
    println!("{target}: {} seeds", fs::read_dir(&folder)?.count());
    Ok(())
}

fn file_name(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-").to_lowercase()
}

/// The vectors whose headers have something to say, and what else a head may have.
fn heads(vectors: &[Vector]) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for vector in vectors {
        let mut text = format!("now: {}\nuri: {}\n", vector.now_ms, vector.request_uri);
        for (name, value) in &vector.headers {
            text.push_str(&format!("{name}: {value}\n"));
        }
        // Those differ from the vectors that pass in nothing that a head has.
        let of_the_body = vector.expect == "signature_mismatch" || vector.name.contains("boundary");
        if !of_the_body && text.len() < 1024 {
            seeds.push((vector.name.clone(), text.into_bytes()));
        }
    }
    let passes = "X-TC-Timestamp: 1732400000000\n\
        Authorization: YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=\n";
    for more in [
        "limit: 32\nlength: 32",
        "limit: 32\nlength: 33",
        "length: 18446744073709551615",
        "window: 1\nnow: 1732400000001",
        "window: 1\nnow: 1732400000002",
        "window: 9223372036854775807\nnow: -9223372036854775808",
        "window: 9223372036854775807\nnow: 9223372036854775807",
        "now: -9223372036854775808",
        "now: 9223372036854775807",
        "source: known\nHost: acme.example",
        "source: unknown",
        "source: broken",
        "source: silent",
        "source: known\nlimit: 1\nlength: 2",
        "source: broken\nlimit: 1\nlength: 2",
        "x-tc-timestamp: 1732400000000",
        "AUTHORIZATION: ",
    ] {
        seeds.push((more.to_owned(), format!("{passes}{more}\n").into_bytes()));
    }
    seeds
}

fn verifications(vectors: &[Vector]) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for vector in vectors {
        let body = from_base64(&vector.body_base64);
        let name = &vector.name;
        if body.len() > LONGEST_BODY || name.contains("malformed") || name.contains("numeric") {
            continue;
        }
        let Vector { key, scheme, request_uri, .. } = vector;
        let mut seed = format!("key: {key}\nscheme: {scheme}\nuri: {request_uri}\n").into_bytes();
        for (header, value) in &vector.headers {
            match header.to_ascii_lowercase().as_str() {
                "authorization" => seed.extend(format!("authorization: {value}\n").into_bytes()),
                _ => seed.extend(format!("timestamp: {value}\n").into_bytes()),
            }
        }
        seed.push(b'\n');
        seed.extend(body);
        seeds.push((name.clone(), seed));
    }
    for more in [
        "chunks: 1",
        "chunks: 0,5,0,64",
        "chunks: 63,1,64",
        "key: a\nkey: b\nkey: c\nsigner: 1",
        "key: a\nkey: a\nsigner: 1",
        "key: a\nkey: b\nkey: c\nkey: d\nkey: e\nkey: f\nsigner: 5\nchunks: 7",
        "key: a\nsigner: 9\nstranger: b",
        "limit: 32\nchunks: 31",
        "limit: 31\nchunks: 31",
        "budget: 31\nchunks: 3",
        "budget: 31\nlimit: 31",
        "move: 1",
        "move: -1",
        "move: -13",
        "flip-body: 0",
        "flip-body: 255",
        "flip-time: 100",
        "flip-tag: 0",
        "flip-tag: 343",
        "scheme: uri_body_time\nflip-uri: 14",
        "scheme: uri_body_time\nother-uri: /customer?x=1",
        "scheme: body_time\nother-uri: /elsewhere",
        "timestamp: 1732399700000",
        "timestamp: 1732399699999",
        "timestamp: 1732400300001",
        "timestamp: -1",
    ] {
        let seed = format!("{more}\n\n{{\"callNum\":\"1\",\"nation\":\"korea\"}}");
        seeds.push((more.to_owned(), seed.into_bytes()));
    }
    let digits = "move: 3\nkey: bf7769e5321448de88838cdb\n\n{}100";
    seeds.push(("digits-at-the-end".to_owned(), digits.into()));
    seeds
}

fn lookups(vectors: &[Vector]) -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for vector in vectors {
        let body = from_base64(&vector.body_base64);
        if body.len() <= LONGEST_BODY && !seeds.iter().any(|(_, seed)| *seed == body) {
            seeds.push((vector.name.clone(), body));
        }
    }
    let deep =
        format!("{{\"callNum\":\"1\",\"memo\":{{\"a\":{}{}}}}}", "[".repeat(200), "]".repeat(200));
    let long = format!("{{\"callNum\":\"1\",\"userNo\":\"{}\"}}", "홍".repeat(200));
    for body in [
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
        &deep,
        &long,
    ] {
        seeds.push((format!("json {:02}", seeds.len()), body.into()));
    }
    for body in [&b"{\"callNum\":\"1\",\"other\":\"\xff\"}"[..], b"{\"\xff\":1}", b"\xff\xfe{\0}\0"]
    {
        seeds.push((format!("bytes {:02}", seeds.len()), body.into()));
    }
    seeds
}

fn contracts() -> Vec<Seed> {
    const JSON: &str = "application/json; charset=utf-8";
    let heads_and_bodies = [
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
    let mut seeds = Vec::new();
    for (status, content_type, body) in heads_and_bodies {
        let content_type = match content_type {
            "" => String::new(),
            some => format!("content-type: {some}\n"),
        };
        let seed = format!("status: {status}\n{content_type}\n{body}");
        seeds.push((format!("{:02} {status}", seeds.len()), seed.into_bytes()));
    }
    for (name, head) in [
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
    ] {
        seeds.push((name.to_owned(), format!("{head}\n\nsome text").into_bytes()));
    }
    // Each of these left as it was once.
    for (name, head, body) in [
        ("not-utf-8", "status: 200\ncontent-type: application/json", &b"{\"data\":\"\xff\"}"[..]),
        (
            "other-charset",
            "status: 200\ncontent-type: application/json; charset=euc-kr",
            b"{\"data\":{}}",
        ),
        ("other-type", "status: 200\ncontent-type: application/jsonl", b"{\"data\":{}}"),
    ] {
        seeds.push((name.to_owned(), [head.as_bytes(), b"\n\n", body].concat()));
    }
    seeds
}

/// The three forms of a capture, good and bad; some signed with a mistake.
fn captures() -> Vec<Seed> {
    const SIGNED: &str = "X-TC-Timestamp: 1732400000000\nAuthorization: \
        YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=\n";
    const BODY: &str = r#"{"callNum":"1","nation":"korea"}"#;
    let raw = format!("POST /customer?x=1 HTTP/1.1\nHost: a\n{SIGNED}");
    let curl = format!(
        "* Connected\n> POST / HTTP/2\n{}> \n",
        SIGNED.replace("X-", "> X-").replace("Au", "> Au")
    );
    let har = |data: &str| {
        format!(
            r#"{{"log":{{"entries":[{{"request":{{"method":"POST","url":"https://a/b?c#d","headers":[{{"name":"authorization","value":"x"}}],"postData":{data}}}}}]}}}}"#
        )
    };
    let seeds = [
        ("raw", format!("{raw}\n{BODY}")),
        ("raw-crlf", format!("{raw}Content-Length: 32\n\n{BODY}").replace('\n', "\r\n")),
        ("raw-surplus", format!("{raw}Content-Length: 3\n\n{BODY}")),
        ("raw-short", format!("{raw}Content-Length: 300\n\n{BODY}")),
        ("raw-hangul", format!("{raw}\n{{\"a\": [1, 2.50, {{}}], \"b\": \"\\ud64d/홍\"}}\n")),
        ("raw-no-empty-line", raw.clone()),
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
        ("forwarded", format!("{raw}X-Forwarded-Prefix: /p/\nX-Original-URI: /o?q\n\n%7B%22")),
        ("chunked", format!("{raw}Transfer-Encoding: chunked\n\n2;x=y\n{{}}\n0\n\n")),
        ("chunked-broken", format!("{raw}Transfer-Encoding: chunked\n\nffffffffffffffff\n{{}}")),
        ("curl", curl.clone()),
        ("curl-empty", "> POST / HTTP/1.1\n> Content-Length: 0\n> \n".to_owned()),
        ("har", har(r#"{"text":"{}"}"#)),
        ("har-base64", har(r#"{"text":"e30=","encoding":"base64"}"#)),
        ("har-null", har("null")),
        ("nested", format!("{raw}\n{}{}", "[".repeat(2_000), "]".repeat(2_000))),
        ("curl-with-a-note", format!("Note: Unnecessary use of -X\n  % Total\n\r  0  0* Trying\n{curl}")),
        ("response", "HTTP/1.1 200 OK\n\n".to_owned()),
        ("folded", "POST / HTTP/1.1\na: b\n c\n\n".to_owned()),
        ("empty", " \n".to_owned()),
    ];
    seeds.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect()
}

fn from_base64(text: &str) -> Vec<u8> {
    let alphabet = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']);
    let alphabet: Vec<_> = alphabet.collect();
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.chars().filter_map(|digit| alphabet.iter().position(|&known| known == digit))
    {
        bits = bits << 6 | digit as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

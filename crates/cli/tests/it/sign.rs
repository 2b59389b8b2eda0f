//! `online-contact sign`, through the built program.

mod curl;
mod input;
mod openssl;

use crate::support::{MOMENT, run};

#[test]
fn the_example_of_the_documents_is_signed() {
    let run =
        run(&["sign", "--field", "callNum=1", "--field", "nation=korea", "--timestamp", MOMENT]);
    assert_eq!(
        run.stdout,
        "X-TC-Timestamp: 1732400000000\n\
         Authorization: YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=\n"
    );
    assert_eq!(run.status, 0);
    assert_eq!(run.stderr, "the signed body is: {\"callNum\":\"1\",\"nation\":\"korea\"}\n");
}

#[test]
fn fields_keep_their_order_and_become_strings() {
    let fields = ["b=2", "a=true", "이름=홍길동", "quote=\"\\", "empty=", "equals=a=b"];
    let mut args = vec!["sign", "--json"];
    args.extend(fields.iter().flat_map(|field| ["--field", field]));
    assert_eq!(
        run(&args).json()["body"],
        r#"{"b":"2","a":"true","이름":"홍길동","quote":"\"\\","empty":"","equals":"a=b"}"#
    );
}

#[test]
fn json_says_what_was_signed() {
    let run = run(&[
        "sign",
        "--field",
        "callNum=1",
        "--timestamp",
        MOMENT,
        "--uri",
        "/a/b?c=d",
        "--scheme",
        "uri_body_time",
        "--format",
        "json",
    ]);
    let json = run.json();
    assert_eq!(json["headers"]["X-TC-Timestamp"], MOMENT);
    assert_eq!(json["scheme"], "uri_body_time");
    assert_eq!(json["uri"], "/a/b");
    assert_eq!(json["key"], "OC_SECURITY_KEY");
    assert_eq!(json["body_bytes"], 15);
    assert_eq!(run.stderr, "");
}

#[test]
fn the_moment_is_now_without_a_timestamp() {
    let before = std::time::SystemTime::now();
    let json = run(&["sign", "--field", "a=b", "--json"]).json();
    let signed: u64 = json["headers"]["X-TC-Timestamp"].as_str().unwrap().parse().unwrap();
    let millis = |at: std::time::SystemTime| {
        u64::try_from(at.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap()
    };
    assert!((millis(before)..=millis(std::time::SystemTime::now())).contains(&signed), "{signed}");
}

#[test]
fn an_empty_body_is_signed_and_told() {
    let run = run(&["sign", "--timestamp", MOMENT]);
    assert_eq!(run.status, 0);
    assert_eq!(run.stderr, "the signed body is empty\n");
}

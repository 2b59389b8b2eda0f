//! Settings go to the file and come back; the key does not.

use std::fs;

use serde_json::{Value, json};

use super::program::{Console, settings};
use super::request::problem;
use crate::support::{KEY, command, finish};

const URL: &str = "http://127.0.0.1:1/customer";

#[test]
fn settings_make_the_round_trip_without_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("console.json");
    let path = file.to_str().unwrap();

    let console = Console::start(&["--settings", path]);
    let state = console.request("GET", "/api/state").send();
    assert_eq!(state.json()["settings"]["lookup"][0]["variable"], "callNum");
    assert_eq!(state.json()["settingsFile"], path);
    assert!(!file.exists(), "nothing has been saved yet");
    let saved = console.call("PUT", "/api/settings", &settings(URL));
    assert_eq!((saved.status, &saved.json()["file"]), (200, &json!(path)));
    assert_eq!(console.request("GET", "/api/state").send().json()["settings"], settings(URL));
    drop(console);

    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains(KEY));
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), settings(URL));
    let console = Console::start(&["--settings", path]);
    assert_eq!(console.request("GET", "/api/state").send().json()["settings"], settings(URL));
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "nothing is left beside it");
}

#[test]
fn the_key_is_reported_by_its_label_only() {
    let console = Console::start(&[]);
    let typed = "0cc175b9c0f1b6a831c399e2";
    let answers = [
        console.request("GET", "/api/state").send(),
        console.call("PUT", "/api/key", &json!({ "key": format!(" {typed}\n") })),
        console.request("GET", "/api/state").send(),
        console.call("PUT", "/api/key", &json!({ "key": [typed] })),
        console.request("DELETE", "/api/key").send(),
    ];
    for answer in &answers {
        assert!(!answer.all().contains(KEY) && !answer.all().contains(typed), "{answer:?}");
    }
    assert_eq!(answers[0].json()["key"], json!({ "label": "OC_SECURITY_KEY", "session": false }));
    assert_eq!(answers[2].json()["key"], json!({ "label": "console", "session": true }));
    assert_eq!(answers[4].json()["key"], json!({ "label": "OC_SECURITY_KEY", "session": false }));
}

#[test]
fn a_key_in_another_field_is_neither_saved_nor_sent() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("console.json");
    let console = Console::start(&["--settings", file.to_str().unwrap()]);
    let mut wrong = settings(URL);
    wrong["lookup"][0]["name"] = json!(format!("key {KEY}"));
    let in_value = json!({ "settings": settings(URL), "values": { "callNum": KEY } });
    let answers = [
        console.call("PUT", "/api/settings", &wrong),
        console.call("POST", "/api/settings/check", &wrong),
        console.call("POST", "/api/lookup", &in_value),
    ];
    for answer in answers {
        assert_eq!((answer.status, &*problem(&answer)), (422, "key_in_the_open"));
        assert!(!answer.all().contains(KEY));
    }
    assert!(!file.exists());

    fs::write(&file, wrong.to_string()).unwrap();
    let run = finish(command(&["console", "--settings", file.to_str().unwrap()]));
    assert_eq!(run.status, 2);
    assert!(!run.all().contains(KEY));
}

#[test]
fn every_fault_is_reported_at_its_place() {
    let console = Console::start(&[]);
    let wrong = json!({
        "url": "ftp://example.com",
        "scheme": "uri_body_time",
        "lookup": [
            { "name": " ", "variable": "callNum", "maxLength": 0 },
            { "name": "again", "variable": "callNum" },
        ],
        "result": [{ "name": "name", "variable": "" }],
    });
    let answer = console.call("POST", "/api/settings/check", &wrong);
    assert_eq!((answer.status, &*problem(&answer)), (422, "invalid"));
    let told = answer.json();
    let places = told["problem"]["places"].as_array().unwrap().clone();
    let places: Vec<_> = places.iter().map(|place| place["at"].as_str().unwrap()).collect();
    let expected =
        ["url", "lookup.0.name", "lookup.1.variable", "lookup.0.maxLength", "result.0.variable"];
    assert_eq!(places, expected);

    for url in ["customer", "https://user:pass@example.com/", "http://", "javascript:alert(1)"] {
        let answer = console.call("POST", "/api/settings/check", &settings(url));
        assert_eq!(answer.json()["problem"]["places"][0]["at"], "url", "{url}");
    }
    let mut unknown = settings(URL);
    unknown["key"] = json!("x");
    let answer = console.call("POST", "/api/settings/check", &unknown);
    assert_eq!((answer.status, &*problem(&answer)), (422, "unreadable"));
    assert_eq!(problem(&console.call("PUT", "/api/settings", &settings(URL))), "no_file");
}

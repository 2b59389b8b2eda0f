//! One value in many layouts, as other programs write it.

pub(crate) const COMPACT: &str = r#"{"name":"홍길동","callNum":"1","url":"a/b <c>&d","list":[1,2.50,{}],"deep":{"z":null,"a":[]}}"#;

pub(crate) const SORTED: &str = r#"{"callNum":"1","deep":{"a":[],"z":null},"list":[1,2.50,{}],"name":"홍길동","url":"a/b <c>&d"}"#;

pub(crate) const SPACED: &str = r#"{"name": "홍길동", "callNum": "1", "url": "a/b <c>&d", "list": [1, 2.50, {}], "deep": {"z": null, "a": []}}"#;

pub(crate) const ASCII: &str = r#"{"name":"\ud64d\uae38\ub3d9","callNum":"1","url":"a/b <c>&d","list":[1,2.50,{}],"deep":{"z":null,"a":[]}}"#;

/// Python's `json.dumps`.
pub(crate) const PYTHON: &str = r#"{"name": "\ud64d\uae38\ub3d9", "callNum": "1", "url": "a/b <c>&d", "list": [1, 2.50, {}], "deep": {"z": null, "a": []}}"#;

pub(crate) const PRETTY: &str = r#"{
  "name": "홍길동",
  "callNum": "1",
  "url": "a/b <c>&d",
  "list": [
    1,
    2.50,
    {}
  ],
  "deep": {
    "z": null,
    "a": []
  }
}"#;

pub(crate) const FOUR: &str = r#"{
    "name": "홍길동",
    "callNum": "1",
    "url": "a/b <c>&d",
    "list": [
        1,
        2.50,
        {}
    ],
    "deep": {
        "z": null,
        "a": []
    }
}"#;

pub(crate) const TAB: &str = "{\n\t\"name\": \"홍길동\",\n\t\"callNum\": \"1\",\n\t\"url\": \"a/b <c>&d\",\n\t\"list\": [\n\t\t1,\n\t\t2.50,\n\t\t{}\n\t],\n\t\"deep\": {\n\t\t\"z\": null,\n\t\t\"a\": []\n\t}\n}";

/// Java's Jackson with its default pretty printer.
pub(crate) const JACKSON: &str = r#"{
  "name" : "홍길동",
  "callNum" : "1",
  "url" : "a/b <c>&d",
  "list" : [ 1, 2.50, { } ],
  "deep" : {
    "z" : null,
    "a" : [ ]
  }
}"#;

//! Requests that the console rejects.

use serde_json::json;

use super::program::{Console, ask};
use super::request::{Request, problem};
use crate::support::KEY;

#[test]
fn the_token_is_wanted_for_everything_but_the_page() {
    let console = Console::start(&[]);
    let paths = [
        ("GET", "/api/state"),
        ("PUT", "/api/settings"),
        ("POST", "/api/settings/check"),
        ("PUT", "/api/key"),
        ("DELETE", "/api/key"),
        ("POST", "/api/lookup"),
        ("GET", "/api/nothing"),
    ];
    let wrong = console.token.replace(|_| true, "0");
    for (method, path) in paths {
        let request = || Request::new(console.address, method, path).json(&json!({ "key": "x" }));
        let rejected = [
            request(),
            request().header("X-Console-Token", ""),
            request().header("X-Console-Token", &wrong),
            request().header("X-Console-Token", &console.token[1..]),
            request().header("X-Console-Token", &console.token).header("X-Console-Token", &wrong),
        ];
        for request in rejected {
            let answer = request.send();
            assert_eq!((answer.status, &*problem(&answer)), (401, "token"), "{method} {path}");
        }
    }
    assert_eq!(console.request("GET", "/api/state").send().status, 200);
}

#[test]
fn a_foreign_name_of_this_machine_is_rejected() {
    let console = Console::start(&[]);
    let port = console.address.port();
    let foreign = [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.nip.io:{port}"),
        format!("127.0.0.2:{port}"),
        format!("localhost.:{port}"),
        "127.0.0.1".to_owned(),
        "127.0.0.1:1".to_owned(),
        String::new(),
    ];
    for host in foreign {
        for path in ["/", "/app.js", "/api/state"] {
            let answer = console.request("GET", path).without("host").header("Host", &host).send();
            assert_eq!((answer.status, &*problem(&answer)), (421, "foreign_host"), "{host}");
        }
    }
    let own = format!("localhost:{port}");
    let answer = console.request("GET", "/api/state").without("host").header("Host", &own).send();
    assert_eq!(answer.status, 200);
    let answer = console.request("GET", "http://evil.example/api/state").send();
    assert_eq!(answer.status, 421);
}

#[test]
fn another_page_is_rejected_even_with_the_token() {
    let console = Console::start(&[]);
    let own = format!("http://{}", console.address);
    let state = || console.request("GET", "/api/state");
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", ""] {
        let answer = state().header("Origin", origin).send();
        assert_eq!((answer.status, &*problem(&answer)), (403, "foreign_origin"), "{origin}");
    }
    let twice = state().header("Origin", &own).header("Origin", &own).send();
    assert_eq!(twice.status, 403);
    for site in ["cross-site", "same-site", "", "same-origin, none"] {
        let answer = state().header("Sec-Fetch-Site", site).send();
        assert_eq!((answer.status, &*problem(&answer)), (403, "foreign_site"), "{site}");
    }
    for site in ["same-origin", "none"] {
        let answer = state().header("Origin", &own).header("Sec-Fetch-Site", site).send();
        assert_eq!(answer.status, 200);
    }
}

#[test]
fn what_a_form_can_send_is_rejected() {
    let console = Console::start(&[]);
    let body = ask("http://127.0.0.1:1/", "1").to_string();
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = console.request("POST", "/api/lookup").header("Content-Type", media_type);
        assert_eq!(request.text(&body).send().status, 415);
    }
    let preflight =
        console.request("OPTIONS", "/api/lookup").header("Origin", "http://evil.example");
    let answer = preflight.header("Access-Control-Request-Method", "POST").send();
    assert_eq!(answer.status, 403);
    assert_eq!(answer.header("Access-Control-Allow-Origin"), None);
}

#[test]
fn whatever_leaves_is_guarded() {
    let console = Console::start(&[]);
    let answers = [
        console.request("GET", "/").send(),
        console.request("GET", "/app.js").send(),
        console.request("GET", "/api/state").send(),
        console.request("GET", "/nothing").send(),
        console.request("GET", "/").header("Origin", "http://evil.example").send(),
    ];
    for answer in answers {
        let policy = answer.header("Content-Security-Policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{policy}");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"));
        assert_eq!(answer.header("Referrer-Policy"), Some("no-referrer"));
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
        assert_eq!(answer.header("Cross-Origin-Resource-Policy"), Some("same-origin"));
        assert_eq!(answer.header("Access-Control-Allow-Origin"), None);
        assert!(!answer.all().contains(KEY));
    }
}

#[test]
fn nothing_of_the_page_comes_from_elsewhere() {
    let console = Console::start(&[]);
    let page = console.request("GET", "/").send();
    assert_eq!(page.status, 200);
    let page = page.text();
    assert!(!page.contains("//") && !page.contains("style="), "{page}");
    for path in page.split('"').filter(|part| part.starts_with('/')) {
        assert_eq!(console.request("GET", path).send().status, 200, "{path}");
    }
}

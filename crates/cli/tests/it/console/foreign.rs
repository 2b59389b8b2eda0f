//! Another web page, in the same browser, that knows even the token.

use serde_json::json;

use super::program::{Console, ask};
use super::target::Server;
use crate::browser::{Browser, WIDE};

/// Tries everything that a script can, and returns the results.
const ATTACK: &str = "
    const [console, token, ask, done] = arguments;
    const headers = { 'X-Console-Token': token, 'Content-Type': 'application/json' };
    const tried = (attempt) => attempt.then(() => 'let in', () => 'kept out');
    const loads = (tag, name, path) => new Promise((resolve, reject) => {
      const made = document.createElement(tag);
      made.onload = resolve;
      made.onerror = reject;
      made[name] = console + path;
      document.head.append(made);
    });
    const body = JSON.stringify({ key: 'stolen-stolen-stolen' });
    Promise.all([
      tried(fetch(`${console}/api/state`, { headers })),
      tried(fetch(`${console}/api/key`, { method: 'PUT', headers, body })),
      tried(fetch(`${console}/`)),
      tried(loads('script', 'src', '/look.js')),
      // The browser hides the response from the page: the server shows whether it was a lookup.
      fetch(`${console}/api/lookup`, { method: 'POST', mode: 'no-cors', body: ask }).then(
        () => 'sent', () => 'sent'),
    ]).then(done);";

#[tokio::test]
async fn another_page_can_not_call_it() {
    let (console, server) = (Console::start(&[]), Server::start());
    let Some(browser) = Browser::start(WIDE).await else { return };
    browser.client.goto(&server.url("/empty")).await.unwrap();
    let lookup = ask(&server.url("/customer"), "1");
    let arguments = vec![
        json!(format!("http://{}", console.address)),
        json!(console.token),
        json!(lookup.to_string()),
    ];
    let told = browser.client.execute_async(ATTACK, arguments).await.unwrap();
    let told = told.as_array().unwrap();
    assert_eq!(told[..4], ["kept out"; 4].map(|word| json!(word)));
    assert_eq!(told[4], "sent");
    assert_eq!(server.lookups(), 0);
    // The same lookup is a good one where the page itself asks for it.
    assert_eq!(console.call("POST", "/api/lookup", &lookup).status, 200);
    assert_eq!(server.lookups(), 1);
    let state = console.request("GET", "/api/state").send().json();
    assert_eq!(state["key"]["label"], "OC_SECURITY_KEY");
    browser.close().await;
}

#[tokio::test]
async fn a_rebound_name_leads_nowhere() {
    let console = Console::start(&[]);
    let Some(browser) = Browser::start(WIDE).await else { return };
    let url = console.url.replace("127.0.0.1", "rebound.example");
    browser.client.goto(&url).await.unwrap();
    assert!(browser.text("body").await.contains("foreign_host"));
    browser.close().await;
}

#[tokio::test]
async fn without_the_token_the_page_says_where_to_go() {
    let console = Console::start(&[]);
    let Some(browser) = Browser::start(WIDE).await else { return };
    browser.client.goto(&format!("http://{}/", console.address)).await.unwrap();
    browser.until("!document.getElementById('problem').hidden").await;
    let hint = "open the address that the terminal printed";
    assert!(browser.text("#problem").await.contains(hint));
    // Whatever is tried then, the hint stays: it is all that helps.
    browser.click("input[name=scheme][value=uri_body_time]").await;
    browser.fill("url", &console.url).await;
    for button in ["#ask", "#download", "#save"] {
        let click = format!("document.querySelector('{button}').click()");
        browser.value(&click).await;
        assert!(browser.text("#problem").await.contains(hint), "{button}");
    }
    browser.close().await;
}

//! The live list in a real browser.

use serde_json::json;

use super::client::{post, signed, signed_with};
use super::listener::Listener;
use crate::browser::{Browser, ENTER, Screen, WIDE};
use crate::console::target::Server;
use crate::support::KEY;

const ROWS: &str = "document.querySelectorAll('#received-list tr').length";

async fn open(listener: &Listener, screen: Screen) -> Option<Browser> {
    let browser = Browser::start(screen).await?;
    browser.client.goto(&listener.page()).await.unwrap();
    browser.until("document.documentElement.dataset.ready === 'true'").await;
    Some(browser)
}

#[tokio::test]
async fn a_lookup_goes_through_listen_and_is_listed() {
    let server = Server::start();
    let args = ["--json", "--console=127.0.0.1:0", "--forward", &server.url("")];
    let listener = Listener::spawn(&args);
    let Some(browser) = open(&listener, WIDE).await else { return };
    browser.until("!document.getElementById('received-empty').hidden").await;

    let url = format!("http://{}/customer", listener.address);
    browser.fill("url", &url).await;
    browser.fill("question-0", "1").await;
    browser.press(&ENTER.to_string()).await;
    browser.until(&format!("{ROWS} === 1")).await;
    browser.until("document.querySelector('#result .words') !== null").await;
    assert!(browser.text("#result").await.contains("홍길동"));

    browser.click("#received-list tr").await;
    browser.until("document.getElementById('send-again') !== null").await;
    assert!(browser.text("#result").await.contains("홍길동"));
    let request = browser.text("#request").await;
    assert!(request.contains("POST /customer HTTP/1.1") && request.contains("{\"callNum\":\"1\"}"));
    assert!(browser.text("#findings").await.contains("The request is accepted."));

    browser.click("#send-again").await;
    browser.until(&format!("{ROWS} === 2")).await;
    let latest = browser.text("#received-list tr:first-child").await;
    assert!(latest.contains("#2") && latest.contains("accepted"), "{latest}");
    assert_eq!(server.lookups(), 2);
    browser.close().await;
}

#[tokio::test]
async fn rejections_appear_by_themselves_and_can_be_filtered() {
    let listener = Listener::spawn(&["--json", "--console=127.0.0.1:0"]);
    let Some(browser) = open(&listener, WIDE).await else { return };
    let address = listener.address;
    tokio::task::spawn_blocking(move || {
        post(address, &signed("{\"callNum\":\"1\"}"));
        post(address, &signed_with(&KEY.to_ascii_uppercase(), "{\"callNum\":\"1\"}"));
    })
    .await
    .unwrap();
    browser.until(&format!("{ROWS} === 2")).await;
    assert!(browser.text("#received-list tr").await.contains("signature_mismatch"));

    browser.click("input[name=verdict][value=rejected]").await;
    browser.until(&format!("{ROWS} === 1")).await;
    browser.click("#received-list button").await;
    browser.until("!document.getElementById('findings').hidden").await;
    assert!(browser.text("#findings").await.contains("key_upper_case"));

    let keep =
        "navigator.clipboard.writeText = async (text) => { document.body.dataset.copied = text; };";
    browser.client.execute(keep, vec![]).await.unwrap();
    browser.click("#copy-curl").await;
    browser.until("document.body.dataset.copied !== undefined").await;
    let copied = browser.value("document.body.dataset.copied").await;
    let copied = copied.as_str().unwrap();
    assert!(
        copied.starts_with("curl --globoff") && copied.contains("http://crm.example.com/customer")
    );

    browser.click("input[name=lang][value=ko]").await;
    assert!(browser.text("#received-list").await.contains("거부"));
    assert!(browser.text("#findings").await.contains("요청이 거부되었습니다"));
    let everything = browser.value("document.documentElement.outerHTML").await.to_string();
    assert!(!everything.to_lowercase().contains(KEY));
    for width in [320, 480, 768, 1280] {
        browser.set(Screen { width, ..WIDE }).await;
        let wide = browser.value("[document.documentElement.scrollWidth, innerWidth]").await;
        assert_eq!(wide, json!([width, width]));
    }
    browser.close().await;
}

#[tokio::test]
async fn hostile_requests_are_shown_as_text() {
    let listener = Listener::spawn(&["--json", "--console=127.0.0.1:0"]);
    let Some(browser) = open(&listener, WIDE).await else { return };
    let address = listener.address;
    tokio::task::spawn_blocking(move || {
        let markup = "<img src=x onerror=document.title='x'>";
        let request = format!(
            "POST /%3Cb%3E HTTP/1.1\r\nHost: a\r\nX-Markup: {markup}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{markup}",
            markup.len()
        );
        post(address, request.as_bytes());
    })
    .await
    .unwrap();
    browser.until(&format!("{ROWS} === 1")).await;
    browser.click("#received-list tr").await;
    browser.until("document.getElementById('request').innerText.includes('<img src=x')").await;
    assert_eq!(browser.value("document.querySelectorAll('#request img').length").await, 0);
    assert_eq!(browser.value("document.title").await, "online-contact console");
    browser.close().await;
}

/// `OC_LISTEN_SCREENSHOT=FILE cargo test … screenshot -- --ignored`.
#[tokio::test]
#[ignore = "a tool, not a test: it writes a picture of the live list"]
async fn screenshot() {
    let path = std::env::var_os("OC_LISTEN_SCREENSHOT").expect("OC_LISTEN_SCREENSHOT, the file");
    let listener = Listener::spawn(&["--json", "--console=127.0.0.1:0"]);
    let Some(browser) = open(&listener, Screen { width: 1360, height: 1000, ..WIDE }).await else {
        return;
    };
    let address = listener.address;
    tokio::task::spawn_blocking(move || {
        for number in ["1", "2", "3"] {
            post(address, &signed(&format!("{{\"callNum\":\"{number}\",\"nation\":\"korea\"}}")));
        }
        post(address, &signed_with(&KEY.to_ascii_uppercase(), "{\"callNum\":\"4\"}"));
    })
    .await
    .unwrap();
    browser.until(&format!("{ROWS} === 4")).await;
    browser.click("#received-list button").await;
    browser.until("document.getElementById('send-again') !== null").await;
    let picture = browser.client.screenshot().await.unwrap();
    std::fs::write(&path, picture).unwrap();
    browser.click("input[name=lang][value=ko]").await;
    browser.set(Screen { width: 480, height: 1400, dark: true }).await;
    browser.until("document.getAnimations().length === 0").await;
    let picture = browser.client.screenshot().await.unwrap();
    std::fs::write(std::path::Path::new(&path).with_extension("narrow.png"), picture).unwrap();
    browser.close().await;
}

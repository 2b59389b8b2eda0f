//! The page in a browser.

use online_contact_test_kit::ClosedPort;
use serde_json::{Value, json};

use super::program::Console;
use super::target::Server;
use crate::browser::{Browser, ENTER, ESCAPE, Screen, WIDE};
use crate::support::KEY;

const SHOWN: &str = "document.querySelector('#result .words') !== null";

/// Records downloads of the page, which a driver does not see.
const KEEP_DOWNLOADS: &str = "
    const make = URL.createObjectURL;
    URL.createObjectURL = (content) => {
      content.text().then((text) => { document.body.dataset.kept = text; });
      return make(content);
    };";

/// Fills in URL and number, and looks up.
async fn ask(browser: &Browser, url: &str, number: &str) {
    browser.fill("url", url).await;
    browser.fill("question-0", number).await;
    browser.press(&ENTER.to_string()).await;
}

#[tokio::test]
async fn a_result_is_shown_with_its_request_and_response() {
    let (console, server) = (Console::start(&[]), Server::start());
    let Some(browser) = Browser::open(&console, WIDE).await else { return };
    ask(&browser, &server.url("/customer"), "1").await;
    browser.until(SHOWN).await;
    let result = browser.text("#result").await;
    assert!(result.contains("200") && result.contains("조회 성공"), "{result}");
    assert!(result.contains("이름\n홍길동\n아이디\ntestId"), "{result}");
    assert_eq!(browser.value("document.getElementById('findings').hidden").await, true);

    let request = browser.text("#request").await;
    assert!(request.contains("POST /customer HTTP/1.1"), "{request}");
    assert!(request.contains("{\"callNum\":\"1\"}"), "{request}");
    assert!(request.contains("x-tc-timestamp") && request.contains("signature, not the key"));
    let response = browser.text("#response").await;
    assert!(response.contains("HTTP/1.1 200 OK") && response.contains("\"userName\":\"홍길동\""));
    browser.click("#format").await;
    let response = browser.text("#response pre").await;
    assert_eq!(
        response,
        "{\n  \"data\": {\n    \"userName\": \"홍길동\",\n    \"id\": \"testId\"\n  }\n}"
    );

    let everything = browser.value("document.documentElement.outerHTML").await.to_string();
    assert!(!everything.contains(KEY) && !everything.contains(&console.token));
    assert_eq!(browser.value("location.search").await, "");
    assert_eq!(browser.value("document.cookie").await, "");
    browser.close().await;
}

#[tokio::test]
async fn a_missing_customer_a_rejection_and_a_closed_port_are_shown() {
    let (console, server) = (Console::start(&[]), Server::start());
    let Some(browser) = Browser::open(&console, WIDE).await else { return };
    ask(&browser, &server.url("/customer"), "2").await;
    browser
        .until(
            "document.querySelector('#result .words').innerText.includes('조회 결과가 없습니다.')",
        )
        .await;

    browser.fill("key", "0cc175b9c0f1b6a831c399e2").await;
    browser.press(&ENTER.to_string()).await;
    browser
        .until("document.getElementById('key-state').textContent.includes('this session')")
        .await;
    assert_eq!(browser.value("document.getElementById('key').value").await, "");
    ask(&browser, &server.url("/customer"), "1").await;
    browser
        .until(
            "document.querySelector('#result .words').innerText.includes('조회 권한이 없습니다.')",
        )
        .await;
    let findings = browser.text("#findings").await;
    assert!(
        findings.contains("signature_mismatch") && findings.contains("explain: "),
        "{findings}"
    );

    let closed = ClosedPort::new();
    ask(&browser, &closed.url(), "1").await;
    browser
        .until("document.querySelector('#result .words').innerText.includes('No response')")
        .await;
    assert!(browser.text("#response").await.contains("connection refused"));
    browser.close().await;
}

#[tokio::test]
async fn the_keyboard_is_enough() {
    let (console, server) = (Console::without_key(), Server::start());
    let Some(browser) = Browser::open(&console, WIDE).await else { return };
    browser.tab_to("url").await;
    let seen = "getComputedStyle(document.activeElement).outlineStyle";
    assert_eq!(browser.value(seen).await, "solid");
    browser.value("document.activeElement.select()").await;
    browser.press(&server.url("/customer")).await;
    browser.tab_to("key").await;
    browser.press(KEY).await;
    browser.press(&ENTER.to_string()).await;
    browser.until("!document.getElementById('key-forget').hidden").await;

    browser.tab_to("add-lookup").await;
    browser.press(&ENTER.to_string()).await;
    assert_eq!(browser.value("document.activeElement.dataset.at").await, "lookup.2.name");
    browser.press("Region\u{e004}region").await;
    browser.tab_to("question-2").await;
    browser.press("north").await;
    browser.tab_to("ask").await;
    browser.press(&ENTER.to_string()).await;
    browser.until("document.activeElement.id === 'question-0'").await;
    assert_eq!(browser.value("document.activeElement.getAttribute('aria-invalid')").await, "true");
    assert!(browser.text("#questions").await.contains("This is required."));

    browser.press(&format!("1{ENTER}")).await;
    browser.until(SHOWN).await;
    assert!(browser.text("#result").await.contains("홍길동"));
    assert!(browser.text("#request").await.contains("{\"callNum\":\"1\",\"region\":\"north\"}"));
    browser.close().await;
}

#[tokio::test]
async fn another_machine_is_confirmed_first() {
    let console = Console::start(&[]);
    let Some(browser) = Browser::open(&console, WIDE).await else { return };
    ask(&browser, "https://customer.invalid/lookup", "1").await;
    browser.until("document.getElementById('confirm').open").await;
    assert!(browser.text("#confirm").await.contains("https://customer.invalid"));
    browser.press(&ESCAPE.to_string()).await;
    browser.until("document.activeElement.id === 'ask'").await;
    assert_eq!(browser.value(SHOWN).await, false);

    browser.press(&ENTER.to_string()).await;
    browser.until("document.getElementById('confirm').open").await;
    browser.click("#confirm [value=yes]").await;
    browser.until(SHOWN).await;
    assert!(browser.text("#result").await.contains("No response"));
    browser.close().await;
}

#[tokio::test]
async fn the_language_can_be_switched() {
    let (console, server) = (Console::start(&["--lang", "ko"]), Server::start());
    let Some(browser) = Browser::open(&console, WIDE).await else { return };
    assert_eq!(browser.value("document.documentElement.lang").await, "ko");
    assert_eq!(browser.text("#settings-title").await, "API 설정");
    ask(&browser, &server.url("/plain"), "1").await;
    browser.until(SHOWN).await;
    assert!(browser.text("#findings").await.contains("OC가 모르는 값입니다"));

    browser.click("input[name=lang][value=en]").await;
    assert_eq!(browser.text("#settings-title").await, "API settings");
    assert!(browser.text("#findings").await.contains("is unknown to OC"));
    browser.client.refresh().await.unwrap();
    browser.until("document.documentElement.dataset.ready === 'true'").await;
    assert_eq!(browser.value("document.documentElement.lang").await, "en");
    let unsaid =
        "[...document.querySelectorAll('[data-text]')].filter((e) => e.textContent === '').length";
    assert_eq!(browser.value(unsaid).await, 0);
    browser.close().await;
}

#[tokio::test]
async fn the_dark_look_follows_the_system_or_the_switch() {
    let console = Console::start(&[]);
    let Some(browser) = Browser::open(&console, Screen { dark: true, ..WIDE }).await else {
        return;
    };
    let back = "getComputedStyle(document.body).backgroundColor";
    let dark = browser.value(back).await;
    assert_eq!(dark, "rgb(17, 20, 22)");
    browser.click("input[name=look][value=light]").await;
    assert_eq!(browser.value(back).await, "rgb(244, 245, 246)");
    browser.set(WIDE).await;
    browser.click("input[name=look][value=auto]").await;
    assert_eq!(browser.value(back).await, "rgb(244, 245, 246)");
    browser.click("input[name=look][value=dark]").await;
    assert_eq!(browser.value(back).await, dark);
    browser.close().await;
}

#[tokio::test]
async fn nothing_is_wider_than_a_narrow_screen() {
    let (console, server) = (Console::start(&["--lang", "ko"]), Server::start());
    let Some(browser) = Browser::open(&console, WIDE).await else { return };
    ask(&browser, &server.url("/plain"), "1").await;
    browser.until(SHOWN).await;
    for width in [320, 360, 480, 768, 1024, 1280, 1920] {
        browser.set(Screen { width, ..WIDE }).await;
        let wide = browser.value("[document.documentElement.scrollWidth, innerWidth]").await;
        assert_eq!(wide, json!([width, width]));
    }
    browser.close().await;
}

#[tokio::test]
async fn what_the_server_says_is_text() {
    let (console, server) = (Console::start(&[]), Server::start());
    let Some(browser) = Browser::open(&console, WIDE).await else { return };
    ask(&browser, &server.url("/markup"), "1").await;
    browser.until(SHOWN).await;
    assert!(browser.text("#result").await.contains("<img src=x onerror="));
    assert_eq!(
        browser.value("document.querySelectorAll('#result img, #response img').length").await,
        0
    );
    assert_eq!(browser.value("document.title").await, "online-contact console");
    browser.close().await;
}

#[tokio::test]
async fn settings_are_saved_loaded_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("console.json");
    let console = Console::start(&["--settings", file.to_str().unwrap()]);
    let Some(browser) = Browser::open(&console, WIDE).await else { return };
    browser.click("#lookup-items li:nth-child(2) .remove").await;
    assert_eq!(browser.value("document.querySelectorAll('.question').length").await, 1);
    browser.click("#save").await;
    browser.until("document.getElementById('file-state').textContent.startsWith('Saved')").await;
    let saved: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(saved["lookup"].as_array().unwrap().len(), 1);

    browser.client.execute(KEEP_DOWNLOADS, vec![]).await.unwrap();
    browser.click("#download").await;
    browser.until("document.body.dataset.kept !== undefined").await;
    let kept = browser.value("document.body.dataset.kept").await;
    let kept: Value = serde_json::from_str(kept.as_str().unwrap()).unwrap();
    assert_eq!(kept, saved);

    let other = folder.path().join("other.json");
    let text = saved.to_string().replace("callNum", "customerNo");
    std::fs::write(&other, text).unwrap();
    let input = browser.client.find(fantoccini::Locator::Id("file")).await.unwrap();
    input.send_keys(other.to_str().unwrap()).await.unwrap();
    browser
        .until("document.getElementById('file-state').textContent === 'Loaded other.json'")
        .await;
    assert_eq!(
        browser.value("document.querySelector('[data-at=\"lookup.0.variable\"]').value").await,
        "customerNo"
    );
    browser.close().await;
}

#[tokio::test]
async fn an_old_result_goes_while_the_next_is_waited_for_and_the_wait_can_be_canceled() {
    let (console, server) = (Console::start(&[]), Server::start());
    let Some(browser) = Browser::open(&console, WIDE).await else { return };
    ask(&browser, &server.url("/customer"), "1").await;
    browser.until(SHOWN).await;

    // Takes the connection and never responds.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/customer", silent.local_addr().unwrap());
    ask(&browser, &url, "1").await;
    browser.until("!document.getElementById('cancel').hidden").await;
    assert_eq!(browser.value(SHOWN).await, false);
    for part in ["#result", "#request", "#response"] {
        assert_eq!(browser.text(part).await, "Waiting for the response…");
    }
    browser.click("#cancel").await;
    browser.until("document.getElementById('cancel').hidden").await;
    assert_eq!(browser.text("#result").await, "The result appears here.");
    assert_eq!(browser.value("document.getElementById('problem').hidden").await, true);
    browser.close().await;
}

#[tokio::test]
async fn the_request_is_copied() {
    let (console, server) = (Console::start(&[]), Server::start());
    let Some(browser) = Browser::open(&console, WIDE).await else { return };
    ask(&browser, &server.url("/customer"), "1").await;
    browser.until(SHOWN).await;
    let keep =
        "navigator.clipboard.writeText = async (text) => { document.body.dataset.kept = text; };";
    browser.client.execute(keep, vec![]).await.unwrap();
    browser.click("#copy-body").await;
    browser.until("document.body.dataset.kept === '{\"callNum\":\"1\"}'").await;
    browser.click("#copy-curl").await;
    browser.until("document.body.dataset.kept.startsWith('curl')").await;
    assert_eq!(browser.text("#copy-curl").await, "Copied");
    let curl = browser.value("document.body.dataset.kept").await;
    let mut sh = std::process::Command::new("sh");
    let output = sh.args(["-c", curl.as_str().unwrap()]).output().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    assert!(output.contains("홍길동"), "{output}");
    browser.close().await;
}

//! The picture of the README: `OC_SCREENSHOT=docs/images/console.png cargo test … screenshot -- --ignored`.

use super::program::Console;
use super::target::Server;
use crate::browser::{Browser, ENTER, Screen, WIDE};

#[tokio::test]
#[ignore = "a tool, not a test: it writes the picture of the README"]
async fn screenshot() {
    let path = std::env::var_os("OC_SCREENSHOT").expect("OC_SCREENSHOT, the file to write");
    let (console, server) = (Console::start(&[]), Server::start());
    let screen = Screen { width: 1360, height: 900, ..WIDE };
    let Some(browser) = Browser::open(&console, screen).await else { panic!("no browser") };
    browser.fill("url", &server.url("/customer")).await;
    browser.fill("question-1", "korea").await;
    browser.fill("question-0", "1").await;
    browser.press(&ENTER.to_string()).await;
    browser.until("document.querySelector('#result .words') !== null").await;
    let picture = browser.client.screenshot().await.unwrap();
    std::fs::write(path, picture).unwrap();
    browser.close().await;
}

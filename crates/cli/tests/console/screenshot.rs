//! The picture of the README: `OC_SCREENSHOT=docs/images/console.png cargo test … screenshot`.

use crate::browser::{Browser, ENTER, Screen, WIDE};
use crate::program::Console;
use crate::server::Server;

#[tokio::test]
async fn screenshot() {
    let Some(path) = std::env::var_os("OC_SCREENSHOT") else { return };
    let (console, server) = (Console::start(&[]), Server::start());
    let screen = Screen { width: 1360, height: 900, ..WIDE };
    let Some(browser) = Browser::open(&console, screen).await else { return };
    browser.fill("url", &server.url("/customer")).await;
    browser.fill("question-1", "korea").await;
    browser.fill("question-0", "1").await;
    browser.press(&ENTER.to_string()).await;
    browser.until("document.querySelector('#result .words') !== null").await;
    let picture = browser.client.screenshot().await.unwrap();
    std::fs::write(path, picture).unwrap();
    browser.close().await;
}

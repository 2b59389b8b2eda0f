//! Debian's chromium, driven over `WebDriver`.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use online_contact_test_kit::{Program, require};
use serde_json::{Value, json};
use url::{ParseError, Url};

use crate::console::program::Console;

pub(crate) const TAB: char = '\u{e004}';
pub(crate) const ENTER: char = '\u{e007}';
pub(crate) const ESCAPE: char = '\u{e00c}';

/// The size of the page, and the look that the system asks for.
#[derive(Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
}

pub(crate) const WIDE: Screen = Screen { width: 1440, height: 900, dark: false };

/// A browser of a test's own. Ends when it is dropped.
pub(crate) struct Browser {
    _driver: Program,
    pub(crate) client: Client,
}

impl Browser {
    /// Starts a browser. `None` if there is no driver and none is required.
    pub(crate) async fn start(screen: Screen) -> Option<Self> {
        let (driver, port) = start_driver()?;
        let options = json!({
            "browserName": "chrome",
            "timeouts": { "script": 60_000 },
            "goog:chromeOptions": { "args": [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--lang=en",
                // A name of another site that points to this machine.
                "--host-resolver-rules=MAP rebound.example 127.0.0.1",
            ] },
        });
        let Value::Object(options) = options else { unreachable!() };
        let mut builder =
            ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        let address = format!("http://127.0.0.1:{port}");
        let connecting = builder.capabilities(options).connect(&address);
        let browser = Self { _driver: driver, client: connecting.await.unwrap() };
        browser.set(screen).await;
        Some(browser)
    }

    /// One that shows the console.
    pub(crate) async fn open(console: &Console, screen: Screen) -> Option<Self> {
        let browser = Self::start(screen).await?;
        browser.client.goto(&console.url).await.unwrap();
        browser.until("document.documentElement.dataset.ready === 'true'").await;
        Some(browser)
    }

    pub(crate) async fn set(&self, screen: Screen) {
        let Screen { width, height, dark } = screen;
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let look = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": look }] });
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// Waits until a condition holds. An observer reports every change of the page, and an event every move of
    /// the focus, so nothing is polled.
    pub(crate) async fn until(&self, condition: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const holds = () => {{ try {{ return {condition}; }} catch {{ return false; }} }};
             if (holds()) return done();
             const look = () => {{
               if (!holds()) return;
               watch.disconnect();
               document.removeEventListener('focusin', look);
               done();
             }};
             const watch = new MutationObserver(look);
             watch.observe(document, {{
               subtree: true, childList: true, attributes: true, characterData: true,
             }});
             document.addEventListener('focusin', look);"
        );
        if let Err(error) = self.client.execute_async(&script, vec![]).await {
            panic!("never: {condition}: {error}\n{}", self.text("body").await);
        }
    }

    pub(crate) async fn value(&self, expression: &str) -> Value {
        self.client.execute(&format!("return {expression};"), vec![]).await.unwrap()
    }

    pub(crate) async fn text(&self, selector: &str) -> String {
        let expression = format!("document.querySelector({}).innerText", json!(selector));
        self.value(&expression).await.as_str().unwrap_or_default().to_owned()
    }

    /// Presses keys one after the other, wherever the focus is.
    pub(crate) async fn press(&self, keys: &str) {
        let press = |actions: KeyActions, value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        };
        let actions = keys.chars().fold(KeyActions::new("keyboard".to_owned()), press);
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Presses the tabulator until the focus is there.
    pub(crate) async fn tab_to(&self, id: &str) {
        let mut passed = String::new();
        for _ in 0..60 {
            let focus = self.value("document.activeElement.id").await;
            if focus == id {
                return;
            }
            write!(passed, "{focus} ").unwrap();
            self.press(&TAB.to_string()).await;
        }
        panic!("the tabulator never reaches {id}: {passed}");
    }

    /// Fills in an input as a user does.
    pub(crate) async fn fill(&self, id: &str, text: &str) {
        self.value(&format!("document.getElementById('{id}').select()")).await;
        self.value(&format!("document.getElementById('{id}').focus()")).await;
        self.press(text).await;
    }

    pub(crate) async fn click(&self, selector: &str) {
        self.value(&format!("document.querySelector({}).click()", json!(selector))).await;
    }

    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let command = Devtools(json!({ "cmd": command, "params": parameters }));
        self.client.issue_cmd(command).await.unwrap()
    }

    /// Dropping alone would leave the browser to the driver's end.
    pub(crate) async fn close(self) {
        self.client.clone().close().await.unwrap();
    }
}

/// A command of Chrome's own protocol, which the driver hands on.
#[derive(Debug)]
struct Devtools(Value);

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.0.to_string()))
    }
}

/// Starts the driver on a free port. Returns `None` if there is no driver and none is required.
fn start_driver() -> Option<(Program, u16)> {
    if !require("chromedriver", "OC_REQUIRE_BROWSER") {
        return None;
    }
    // Another program may take the port that the driver has chosen. Then the driver ends.
    for _ in 0..10 {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null());
        let mut driver = Program::spawn(command).unwrap();
        if let Some(port) = port_of(&mut driver) {
            return Some((driver, port));
        }
    }
    panic!("chromedriver does not start");
}

fn port_of(driver: &mut Program) -> Option<u16> {
    while let Some(line) = driver.line() {
        if let Some((_, port)) = line.rsplit_once("successfully on port ") {
            return port.trim_end_matches('.').parse().ok();
        }
    }
    None
}

//! Debian's chromium, driven over `WebDriver`.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

use crate::program::Console;

pub(crate) const TAB: char = '\u{e004}';
pub(crate) const ENTER: char = '\u{e007}';
pub(crate) const ESCAPE: char = '\u{e00c}';

/// How large the page is, and which look the system asks for.
#[derive(Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
}

pub(crate) const WIDE: Screen = Screen { width: 1440, height: 900, dark: false };

/// A browser of a test's own. Ends when it is dropped.
pub(crate) struct Browser {
    driver: Child,
    /// Kept open: the driver writes to it.
    _stdout: BufReader<ChildStdout>,
    pub(crate) client: Client,
}

impl Browser {
    /// `None` where there is no driver and none is required.
    pub(crate) async fn start(screen: Screen) -> Option<Self> {
        let (driver, stdout, port) = start_driver()?;
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
                // A name that somebody pointed to this machine.
                "--host-resolver-rules=MAP rebound.example 127.0.0.1",
            ] },
        });
        let Value::Object(options) = options else { unreachable!() };
        let mut builder =
            ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        let address = format!("http://127.0.0.1:{port}");
        let connecting = builder.capabilities(options).connect(&address);
        let browser = Self { driver, _stdout: stdout, client: connecting.await.unwrap() };
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

    /// Waits until the page has it so. It is told of every change, so nothing is tried again and again.
    pub(crate) async fn until(&self, condition: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const holds = () => {{ try {{ return {condition}; }} catch {{ return false; }} }};
             if (holds()) return done();
             const watch = new MutationObserver(() => {{
               if (holds()) {{ watch.disconnect(); done(); }}
             }});
             watch.observe(document, {{
               subtree: true, childList: true, attributes: true, characterData: true,
             }});"
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

    /// As a user fills in a box and presses Enter.
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

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
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

fn start_driver() -> Option<(Child, BufReader<ChildStdout>, u16)> {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else {
        let required = std::env::var("OC_REQUIRE_BROWSER").is_ok_and(|value| value == "1");
        assert!(!required, "there is no chromedriver, and OC_REQUIRE_BROWSER=1 asks for it");
        // Not `eprintln`, which is kept from the terminal when the test passes.
        let _ = writeln!(std::io::stderr(), "skipped: there is no chromedriver");
        return None;
    };
    let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut said = String::new();
    while stdout.read_line(&mut said).expect("it says its port") > 0 {
        let port = said
            .rsplit_once("successfully on port ")
            .map(|(_, port)| port.trim().trim_end_matches('.'));
        if let Some(port) = port.and_then(|port| port.parse().ok()) {
            return Some((child, stdout, port));
        }
    }
    panic!("chromedriver did not start: {said}");
}

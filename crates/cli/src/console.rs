//! `online-contact console`: a local web page that is the agent's panel, for developers.
//!
//! The page talks to this process only, and this process sends signed lookups to the URL in the
//! settings and nothing else. [`access`] checks every request of a browser.

mod access;
mod api;
mod error;
mod findings;
mod keys;
mod lookup;
mod settings;
mod state;
mod view;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;

use self::access::{Access, Socket, Token};
pub(crate) use self::keys::Keys;
use self::settings::SettingsFile;
use self::state::Console;
pub(crate) use self::state::Received;
use crate::context::{Context, Outcome, Problem};
use crate::exchange::{Exchanges, files};
use crate::http::{Client, HttpArgs};
use crate::key::KeyArgs;
use crate::stop::{Signals, Stopping};
use crate::verdict::Rules;

const EXAMPLES: &str = "\
Examples:
  online-contact console --key-file keys
  online-contact console --settings customer.json --open
  online-contact console --captures requests --key-file keys
  online-contact console --listen 127.0.0.1:0 --json

Without --key-file and OC_SECURITY_KEY the key is entered in the page; there is no prompt.
The page is served only at the printed address, which contains a token. With --open that address is
in the process list for a moment, where other users of this machine can read it.

`listen --console` shows the same page with a live list of the requests that it receives.";

/// The options of `console`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Address of this machine to listen on; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7878")]
    listen: String,
    /// File to load the settings from and to save them to; the key is no part of it
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Folder of captures to list in the page, as `listen --save` writes them
    #[arg(long, value_name = "DIR")]
    captures: Option<PathBuf>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    http: HttpArgs,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let keys = Arc::new(Keys::new(args.key.given(context)?.unwrap_or_default()));
    let (stopping, received) = captures(args.captures.as_deref(), &keys, context)?;
    let page = PageArgs { listen: &args.listen, settings: args.settings, http: &args.http };
    let page = Page::bind(page, keys, received, context).await?;
    let mut signals = Signals::register();
    // Nothing reads it if stdout is closed; the page is there all the same.
    let _ = writeln!(io::stdout(), "{}", announcement(&page, context));
    if args.open {
        page.open_in_browser(context);
    }
    page.serve(async move {
        signals.wait().await;
        let _ = stopping.send(true);
    })
    .await
    .map_err(broke_off)?;
    Ok(Outcome::Good)
}

/// Reads the captures to show.
fn captures(
    folder: Option<&Path>,
    keys: &Keys,
    context: &Context,
) -> Result<(tokio::sync::watch::Sender<bool>, Received), Problem> {
    let rules = Rules::of(online_contact::Scheme::default());
    let exchanges = Exchanges::new();
    if let Some(folder) = folder {
        files::load_folder(folder, &keys.ring(), rules, &exchanges, context)?;
    }
    let (sender, stopping) = Stopping::channel();
    let exchanges = Arc::new(exchanges);
    let received = Received { exchanges, address: None, shown: folder.is_some(), rules, stopping };
    Ok((sender, received))
}

fn announcement(page: &Page, context: &Context) -> String {
    if context.json {
        return page.to_json().to_string();
    }
    let stop = context.lang.pick("Ctrl-C stops the console.", "Ctrl-C를 누르면 종료합니다.");
    format!("{}\n{stop}", page.url())
}

/// Returns the problem of a page whose socket failed.
pub(crate) fn broke_off(error: io::Error) -> Problem {
    Problem::new("the console stopped", "콘솔이 중단되었습니다").source(error)
}

/// The options of the page.
pub(crate) struct PageArgs<'a> {
    pub(crate) listen: &'a str,
    pub(crate) settings: Option<PathBuf>,
    pub(crate) http: &'a HttpArgs,
}

/// The page, with its socket bound.
pub(crate) struct Page {
    socket: Socket,
    app: Router,
    url: String,
    token: String,
}

impl Page {
    pub(crate) async fn bind(
        args: PageArgs<'_>,
        keys: Arc<Keys>,
        received: Received,
        context: &Context,
    ) -> Result<Self, Problem> {
        let socket = Socket::bind(args.listen).await?;
        let token = Token::random().map_err(|error| {
            Problem::new("the system gives no random numbers", "시스템에서 난수를 얻을 수 없습니다")
                .source(error)
        })?;
        let file = SettingsFile::open(args.settings, received.lookup_url())?;
        if file.latest().texts().any(|text| keys.are_in(text)) {
            return Err(Problem::new(
                "the settings contain the security key: remove it from the file",
                "설정 파일에 암호화 키가 들어 있습니다. 파일에서 지워 주십시오",
            ));
        }
        let client = Client::new(args.http)?;
        let http2 = args.http.http2;
        let console = Console { lang: context.lang, keys, file, client, http2, received };
        let url = format!("http://{}/?token={}", socket.address(), token.as_str());
        let text = token.as_str().to_owned();
        let access = Arc::new(Access::new(socket.address(), token));
        Ok(Self { app: api::router(Arc::new(console), access), socket, url, token: text })
    }

    /// Returns the address of the page, with the token.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::json!({ "url": self.url, "token": self.token })
    }

    pub(crate) fn open_in_browser(&self, context: &Context) {
        access::open_browser(&self.url, context);
    }

    /// Serves until `stop` resolves.
    pub(crate) async fn serve(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        access::serve(self.socket, self.app, stop).await
    }
}

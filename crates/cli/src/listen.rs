//! `online-contact listen`: receives requests of Online Contact and judges each of them.
//!
//! [`server`] accepts connections, [`handler`] handles one request, and [`reporter`] reports what came,
//! one exchange after the other.

mod handler;
mod observe;
mod reporter;
mod server;
mod upstream;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use online_contact::Scheme;
use tokio::sync::mpsc;
use url::Url;

use self::handler::Handler;
use self::reporter::Reporter;
use self::upstream::Upstream;
use crate::console::{Keys, Page, PageArgs, Received, broke_off};
use crate::context::{Context, Outcome, Problem};
use crate::exchange::Exchanges;
use crate::exchange::files::Folder;
use crate::http::HttpArgs;
use crate::key::KeyArgs;
use crate::stop::{Signals, Stopping};
use crate::verdict::{BODY_LIMIT, Rules, WINDOW};
use crate::{socket, typed};

const EXAMPLES: &str = "\
Examples:
  online-contact listen --key-file keys
  online-contact listen --key-file keys --forward http://127.0.0.1:8080 --save requests
  online-contact listen --key-file keys --console --open
  online-contact explain --request requests/20261126T033015.123Z-0001-rejected.har

Start a tunnel to the address that is printed, and register the URL of the tunnel in Online Contact.

With --forward the path of each request is kept. A path in the URL replaces it. The Host header is
kept too, but an https:// server gets its own. Hop-by-hop headers are removed.

Ctrl-C prints a summary. The exit status is 0.";

/// The number of exchanges that wait to be reported. More are counted and not reported.
const QUEUE: usize = 64;

/// The exit status after a second Ctrl-C, as shells report it.
const KILLED: i32 = 130;

/// The options of `listen`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Address to listen on; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7879")]
    listen: String,
    /// Server that gets each request and whose response is returned; without it, `listen` responds
    /// with the fields of the request, or with the rejection
    #[arg(long, value_name = "URL", value_parser = typed::endpoint)]
    forward: Option<Url>,
    /// Folder to save each request and its response in, as HAR files without the security key
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Show the requests in the local web page of `console` too, at 127.0.0.1:7878 or at ADDRESS
    #[arg(
        long,
        value_name = "ADDRESS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "127.0.0.1:7878"
    )]
    console: Option<String>,
    /// File to load the settings of the page from and to save them to
    #[arg(long, value_name = "FILE", requires = "console")]
    settings: Option<PathBuf>,
    /// Open the page in the browser
    #[arg(long, requires = "console")]
    open: bool,
    /// Signed bytes
    #[arg(long, default_value = Scheme::BodyTime.as_str(), value_parser = typed::scheme())]
    scheme: Scheme,
    /// Maximum distance of the timestamp from the present
    #[arg(long, value_name = "SECONDS", default_value_t = WINDOW)]
    window: u64,
    /// The longest accepted body, in bytes; up to 16777216
    #[arg(
        long,
        value_name = "BYTES",
        default_value_t = BODY_LIMIT,
        value_parser = clap::value_parser!(u64).range(1..=16 * 1024 * 1024)
    )]
    body_limit: u64,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    http: HttpArgs,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let keys = Arc::new(Keys::new(args.key.all(context)?));
    let (scheme, window) = (args.scheme, Duration::from_secs(args.window));
    let rules = Rules { scheme, window, body_limit: args.body_limit };
    let address = socket::address(&args.listen, "127.0.0.1:7879")?;
    let (listener, address) = socket::bind(address).await?;
    let upstream = args.forward.map(|url| Upstream::new(url, &args.http, address));
    let upstream = upstream.transpose()?;
    let folder = args.save.as_deref().map(Folder::open).transpose()?;
    let (stop, stopping) = Stopping::channel();
    let exchanges = Arc::new(Exchanges::new());
    let page = match args.console {
        Some(listen) => {
            let received = Received {
                exchanges: Arc::clone(&exchanges),
                address: Some(format!("http://{address}")),
                shown: true,
                rules,
                stopping: stopping.clone(),
            };
            let page = PageArgs { listen: &listen, settings: args.settings, http: &args.http };
            Some(Page::bind(page, Arc::clone(&keys), received, context).await?)
        }
        None => None,
    };
    let place = reporter::Place {
        address,
        upstream: upstream.as_ref().map(Upstream::url),
        folder: folder.as_ref().map(Folder::path),
        page: page.as_ref(),
    };
    let mut signals = Signals::register();
    if !typed::is_loopback_ip(address.ip()) {
        warn_of_others(address, context);
    }
    context.print(reporter::announcement(&place, context))?;
    if let Some(page) = page.as_ref().filter(|_| args.open) {
        page.open_in_browser(context);
    }

    let (sender, observed) = mpsc::channel(QUEUE);
    let unreported = Arc::new(AtomicU64::new(0));
    let reporter = Reporter::new(
        *context,
        rules,
        folder,
        exchanges,
        Arc::clone(&unreported),
        stopping.clone(),
    );
    let reporter = tokio::spawn(reporter.run(observed));
    let handler = Handler::new(keys, rules, upstream, args.http.timeout, sender, unreported);
    let serving = server::serve(listener, Arc::new(handler), stopping.clone());
    let signal = async {
        signals.wait().await;
        let _ = stop.send(true);
        tokio::spawn(async move {
            signals.wait().await;
            std::process::exit(KILLED);
        });
    };
    let page = async {
        match page {
            Some(page) => page.serve(stopping.wait()).await,
            None => Ok(()),
        }
    };
    let (served, (), ()) = tokio::join!(page, serving, signal);
    let tally = reporter.await.unwrap_or_default();
    context.print(reporter::summary(&tally, context))?;
    served.map_err(broke_off)?;
    Ok(Outcome::Good)
}

fn warn_of_others(address: SocketAddr, cx: &Context) {
    let words = cx.lang.pick(
        "warning: other machines can reach this address without a tunnel: ",
        "경고: 터널 없이도 다른 컴퓨터에서 접속할 수 있는 주소입니다: ",
    );
    cx.note(words, &address.to_string());
}

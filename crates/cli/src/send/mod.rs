//! `online-contact send`: sends a signed request and checks the response.

mod json;
mod judged;
mod request;
mod text;

use std::path::{Path, PathBuf};

use http::header::{HeaderName, HeaderValue};
use jiff::Timestamp;
use url::Url;

use self::judged::Judged;
use self::request::Sent;
use crate::context::Context;
use crate::exchange::{Exchange, Folder, save_temporary};
use crate::http::{Answer, Client, HttpArgs};
use crate::lang::Words;
use crate::outcome::{Outcome, Problem};
use crate::sign::RequestArgs;
use crate::typed;

const EXAMPLES: &str = "\
Examples:
  online-contact send https://crm.example.com/customer --field callNum=1 --field nation=korea
  online-contact send http://127.0.0.1:3000/customer --body request.json --key-file keys
  online-contact send https://localhost:8443/customer --field callNum=1 --cacert ca.pem --http2
  online-contact send http://127.0.0.1:3000/customer --field callNum=1 --header 'X-Tenant: b' -v
  online-contact send http://127.0.0.1:3000/customer --replay requests/0001.har

In the scheme uri_body_time the path of the URL is signed, without the query.

If the server rejects the request, a capture of it is saved for `explain`.

Exit status:
  0  the response keeps the envelope: 200 with a result, or 400 that reports that there is none
  1  the response breaks the envelope, is a rejection (also one with status 400), 403, 404 or 500,
     broke off, or did not arrive in time
  2  nothing could be sent";

/// The options of `send`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Address of the endpoint
    #[arg(value_name = "URL", value_parser = typed::endpoint)]
    url: Url,
    #[command(flatten)]
    request: RequestArgs,
    /// Capture whose body is sent, newly signed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["body", "fields"])]
    replay: Option<PathBuf>,
    /// Send the capture with its own headers and its own signature
    #[arg(long, requires = "replay", conflicts_with_all = ["scheme", "timestamp"])]
    as_is: bool,
    /// Header to send, in place of any of this name; may be given several times
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = request::header)]
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Folder to save the request and the response in; without it, only a rejected request is saved,
    /// in the folder for temporary files
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Show the request too
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    http: HttpArgs,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let client = Client::new(&args.http, context)?;
    let folder = args.save.as_deref().map(|path| Folder::open(path, context)).transpose()?;
    let sent = Sent::new(&args, context)?;
    if args.verbose && !context.json {
        context.print(text::request(&sent, context.lang))?;
    }
    let started = Timestamp::now();
    let judged = match client.execute(sent.outgoing.to_request(), sent.secrets()).await {
        Ok(answer) => Judged::new(answer, context.lang),
        Err(error) if error.is_servers_fault() => {
            let failure = Words::of(|lang| error.explain(lang));
            let exchange = exchange(&sent, Err(failure.clone()), started);
            let capture = save(&exchange, folder, false, context);
            let why = failure.in_lang(context.lang);
            report_failure(&sent, why, capture.as_deref(), context)?;
            return Ok(Outcome::Finding);
        }
        Err(error) => return Err(Problem::new(error.explain(context.lang))),
    };
    let rejected =
        judged.view.rejection().is_some() || matches!(judged.answer.status.as_u16(), 401 | 403);
    let exchange = exchange(&sent, Ok(judged.answer.clone()), started);
    let capture = save(&exchange, folder, rejected, context);
    if context.json {
        context.print_json(&json::of(&sent, &judged, capture.as_deref()))?;
    } else {
        context.print(text::of(&judged, capture.as_deref(), context.lang))?;
    }
    Ok(judged.outcome())
}

fn report_failure(
    sent: &Sent,
    why: &str,
    capture: Option<&Path>,
    cx: &Context,
) -> Result<(), Problem> {
    if cx.json {
        cx.print_json(&json::of_failure(sent, why, capture))
    } else {
        cx.print(text::of_failure(why, capture, cx.lang))
    }
}

fn exchange(sent: &Sent, response: Result<Answer, Words>, arrived: Timestamp) -> Exchange {
    Exchange {
        number: 1,
        file: None,
        arrived,
        request: sent.shown(),
        version: sent.outgoing.version().to_owned(),
        body_length: sent.outgoing.body.len() as u64,
        verdict: None,
        explanation: None,
        response,
    }
}

/// Saves the exchange in the folder, or a rejected one as a temporary file. A failure is a note.
fn save(
    exchange: &Exchange,
    folder: Option<Folder>,
    rejected: bool,
    cx: &Context,
) -> Option<PathBuf> {
    let saved = match folder {
        Some(mut folder) => folder.save(exchange),
        None if rejected => save_temporary(exchange).map(Some),
        None => return None,
    };
    saved.unwrap_or_else(|error| {
        let words = cx.lang.pick("cannot save the capture: ", "캡처를 저장할 수 없습니다: ");
        cx.note(words, &error.to_string());
        None
    })
}

//! `online-contact send`: sends a signed request and checks the response.

mod args;
mod json;
mod judged;
mod request;
mod text;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

pub(crate) use self::args::Args;
use self::judged::Judged;
use self::request::Sent;
use crate::context::Context;
use crate::exchange::{Exchange, Folder, save_temporary};
use crate::http::{Answer, Client};
use crate::lang::Words;
use crate::outcome::{Outcome, Problem};

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
        context.print(text::of(&sent, &judged, capture.as_deref(), context.lang))?;
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
        cx.print(text::of_failure(sent, why, capture, cx.lang))
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

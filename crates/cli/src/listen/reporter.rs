//! Explains, prints, saves and counts the exchanges, one after the other.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use flate2::read::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use jiff::tz::TimeZone;
use online_contact::Reason;
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use url::Url;

use super::handler::Observed;
use crate::agent::{self, AgentView};
use crate::captured::CapturedRequest;
use crate::console::Page;
use crate::context::Context;
use crate::exchange::files::Folder;
use crate::exchange::{
    Exchange, Exchanges, is_lookup, remarks, response_without_keys, without_keys,
};
use crate::explain::{self, Explanation, explain};
use crate::http::{ANSWER_LIMIT, Answer};
use crate::lang::Lang;
use crate::report::{BAD, DIM, GOOD, TITLE, WARN, json_line, paint, visible};
use crate::secrets::Secrets;
use crate::stop::Stopping;
use crate::verdict::{Rules, Verdict, moment};

/// The time for the search of a mistake.
const SEARCH: Duration = Duration::from_millis(1500);

/// The number of waiting exchanges above which rejections are not explained.
const BUSY: usize = 8;

/// Reports exchanges, and counts them.
pub(super) struct Reporter {
    context: Context,
    rules: Rules,
    folder: Option<Folder>,
    exchanges: Arc<Exchanges>,
    unreported: Arc<AtomicU64>,
    stopping: Stopping,
    started: Instant,
    tally: Tally,
}

impl Reporter {
    pub(super) fn new(
        context: Context,
        rules: Rules,
        folder: Option<Folder>,
        exchanges: Arc<Exchanges>,
        unreported: Arc<AtomicU64>,
        stopping: Stopping,
    ) -> Self {
        let (started, tally) = (Instant::now(), Tally::default());
        Self { context, rules, folder, exchanges, unreported, stopping, started, tally }
    }

    /// Reports exchanges until no more can come.
    pub(super) async fn run(mut self, mut observed: Receiver<Observed>) -> Tally {
        while let Some(next) = observed.recv().await {
            // After Ctrl-C the user waits for the summary.
            let explains = observed.len() <= BUSY && !self.stopping.is_stopping();
            self.report(next, explains).await;
        }
        self.tally.elapsed = self.started.elapsed();
        self.tally.unreported = self.unreported.load(Ordering::Relaxed);
        self.tally.folder = self.folder.map(|folder| folder.path().to_owned());
        self.tally
    }

    async fn report(&mut self, observed: Observed, explains: bool) {
        self.count(observed.verdict.as_ref());
        let forwarded = observed.forwarded;
        let rules = self.rules;
        let explained = tokio::task::spawn_blocking(move || explained(observed, rules, explains));
        let Ok((mut exchange, explanation)) = explained.await else { return };
        let saved = self.save(&exchange);
        exchange.file = saved.map(|path| path.display().to_string());
        let text = exchange_to_text(&exchange, explanation.as_ref(), forwarded, &self.context);
        // A reader that is gone stops nothing: the requests are still answered and saved.
        let _ = self.context.print(text);
        self.exchanges.add(exchange);
    }

    fn count(&mut self, verdict: Option<&Verdict>) {
        match verdict {
            None => self.tally.unknown += 1,
            Some(Verdict::Accepted(_)) => self.tally.accepted += 1,
            Some(Verdict::Rejected(rejection)) => {
                *self.tally.rejected.entry(rejection.reason().as_str()).or_default() += 1;
            }
        }
    }

    fn save(&mut self, exchange: &Exchange) -> Option<PathBuf> {
        let lang = self.context.lang;
        match self.folder.as_mut()?.save(exchange) {
            Ok(Some(path)) => {
                self.tally.saved += 1;
                Some(path)
            }
            Ok(None) => None,
            Err(error) => {
                let words = lang.pick("cannot save the capture: ", "캡처를 저장할 수 없습니다: ");
                self.context.note(words, &error.to_string());
                None
            }
        }
    }
}

/// Searches for the mistake in a rejected request, and takes the keys out.
fn explained(observed: Observed, rules: Rules, explains: bool) -> (Exchange, Option<Explanation>) {
    let is_rejected = matches!(observed.verdict, Some(Verdict::Rejected(_)));
    let is_lookup = is_lookup(&observed.request);
    let (keys, arrived) = (&observed.keys, observed.arrived);
    let explanation = (explains && is_rejected && is_lookup)
        .then(|| {
            let settings = explain::Settings::new(rules, moment(arrived), SEARCH);
            explain(&observed.request, keys, &settings).ok()
        })
        .flatten();
    let secrets = Secrets::of(keys.iter());
    let request = observed.request;
    let response = observed.response.map(|answer| decoded(answer, &request));
    let response = response.map(|answer| response_without_keys(answer, &secrets));
    let exchange = Exchange {
        number: observed.number,
        file: None,
        arrived,
        request: without_keys(request, &secrets),
        version: observed.version,
        body_length: observed.body_length,
        verdict: observed.verdict,
        explanation: explanation.as_ref().map(Explanation::summary),
        response,
    };
    (exchange, explanation)
}

/// Counts of a run.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) accepted: u64,
    unknown: u64,
    /// Rejections by their reason.
    pub(super) rejected: BTreeMap<&'static str, u64>,
    /// Requests that came faster than they could be reported.
    pub(super) unreported: u64,
    saved: u64,
    pub(super) folder: Option<PathBuf>,
    pub(super) elapsed: Duration,
}

/// The number of characters that are shown of a path.
const SHOWN: usize = 120;

/// The addresses and the folder of a run.
pub(super) struct Place<'a> {
    pub(super) address: SocketAddr,
    pub(super) upstream: Option<&'a Url>,
    pub(super) folder: Option<&'a Path>,
    pub(super) page: Option<&'a Page>,
}

pub(super) fn announcement(place: &Place<'_>, cx: &Context) -> String {
    let url = format!("http://{}", place.address);
    if cx.json {
        let listening = json!({
            "listening": url,
            "forward": place.upstream.map(Url::as_str),
            "save": place.folder,
            "console": place.page.map(Page::to_json),
        });
        return json_line(&listening) + "\n";
    }
    let lang = cx.lang;
    let mut lines = format!("listening on {}\n", paint(TITLE, url));
    let mut line = |en: &str, ko: &str, what: &str| {
        lines += &format!("  {}{}\n", lang.pick(en, ko), visible(what));
    };
    if let Some(url) = place.upstream {
        line("forwarding to ", "전달할 서버: ", url.as_str());
    }
    if let Some(path) = place.folder {
        line("saving in ", "저장할 폴더: ", &path.display().to_string());
    }
    if let Some(page) = place.page {
        line("console at ", "콘솔: ", page.url());
    }
    let stop = lang
        .pick("Ctrl-C prints a summary and stops.", "Ctrl-C를 누르면 요약을 표시하고 종료합니다.");
    lines + &paint(DIM, stop) + "\n"
}

fn exchange_to_text(
    exchange: &Exchange,
    explanation: Option<&Explanation>,
    forwarded: bool,
    cx: &Context,
) -> String {
    if cx.json {
        return json_line(&as_json(exchange, explanation, cx.lang)) + "\n";
    }
    let lang = cx.lang;
    let mut text = headline(exchange, lang);
    let mut details = String::new();
    if let Some(explanation) = explanation {
        details += &explanation.to_text(lang);
    }
    match &exchange.response {
        Ok(answer) if forwarded && is_lookup(&exchange.request) => {
            let view = AgentView::of(answer);
            details += &agent::seen_to_text(&view, lang);
            if !view.breaches.is_empty() {
                details += &agent::breaches_to_text(&view.breaches, lang);
            }
        }
        Ok(_) => {}
        Err(failure) => {
            let title = lang.pick("no response: ", "응답 없음: ");
            details += &format!("{}{}\n", paint(BAD, title), visible(failure.in_lang(lang)));
        }
    }
    if let Some(remark) = remarks::remark(exchange) {
        let title = paint(BAD, lang.pick("error:", "오류:"));
        let id = paint(DIM, format!("[{}]", remark.id));
        details += &format!("{title} {} {id}\n", visible(remark.text.in_lang(lang)));
    }
    if let Some(file) = exchange.file.as_ref().filter(|_| explanation.is_some()) {
        let title = lang.pick("saved as ", "저장: ");
        details += &(paint(DIM, format!("{title}{}", visible(file))) + "\n");
    }
    for line in details.lines() {
        // Writing to a string cannot fail.
        let _ = if line.is_empty() { writeln!(text) } else { writeln!(text, "    {line}") };
    }
    text
}

/// Returns `12:30:15  #1  POST /customer  accepted (key key-1)  200  3 ms`.
fn headline(exchange: &Exchange, lang: Lang) -> String {
    let time = exchange.arrived.to_zoned_datetime(TimeZone::system()).strftime("%H:%M:%S");
    let number = exchange.number;
    let target: String = exchange.target().chars().take(SHOWN).collect();
    let request = format!("{} {}", visible(exchange.method()), visible(&target));
    let verdict = match &exchange.verdict {
        Some(Verdict::Accepted(verified)) => {
            let label = verified.key_label();
            let accepted = paint(GOOD, lang.pick("accepted", "통과"));
            format!("{accepted} ({} {})", lang.pick("key", "키"), visible(label))
        }
        Some(Verdict::Rejected(rejection)) => {
            let rejected = paint(BAD, lang.pick("rejected", "거부"));
            format!("{rejected}: {}", rejection.reason())
        }
        None => {
            let unknown = paint(WARN, lang.pick("no verdict", "판정 없음"));
            let why = lang.pick("the body was not read to its end", "본문을 끝까지 읽지 않음");
            format!("{unknown}: {why}")
        }
    };
    let response = match &exchange.response {
        Ok(answer) => format!("{}  {} ms", answer.status.as_u16(), answer.elapsed.as_millis()),
        Err(_) => lang.pick("no response", "응답 없음").to_owned(),
    };
    format!("{}  #{number}  {request}  {verdict}  {response}\n", paint(DIM, time.to_string()))
}

fn as_json(exchange: &Exchange, explanation: Option<&Explanation>, lang: Lang) -> Value {
    let answer = exchange.response.as_ref().ok().filter(|_| is_lookup(&exchange.request));
    let view = answer.map(AgentView::of);
    let remark = remarks::remark(exchange);
    json!({
        "number": exchange.number,
        "time": exchange.arrived.to_string(),
        "method": exchange.method(),
        "target": exchange.target(),
        "body_bytes": exchange.body_length,
        "verdict": exchange.verdict_name(),
        "reason": exchange.reason().map(Reason::as_str),
        "key": exchange.verdict.as_ref().and_then(Verdict::key_label),
        "explanation": explanation.map(|explanation| explanation.to_json(lang)),
        "response": exchange.response.as_ref().ok().map(agent::response_to_json),
        "failure": exchange.response.as_ref().err().map(|failure| failure.in_lang(lang)),
        "agent": view.as_ref().map(|view| agent::seen_to_json(view, lang)),
        "breaches": view.as_ref().map(|view| agent::breaches_to_json(&view.breaches, lang)),
        "remarks": remark.iter().map(|it| json!({ "id": it.id, "message": it.text.in_lang(lang) }))
            .collect::<Vec<_>>(),
        "saved": exchange.file,
    })
}

pub(super) fn summary(tally: &Tally, cx: &Context) -> String {
    let rejected: u64 = tally.rejected.values().sum();
    let all = tally.accepted + rejected + tally.unknown + tally.unreported;
    if cx.json {
        let summary = json!({
            "requests": all,
            "accepted": tally.accepted,
            "rejected": rejected,
            "unknown": tally.unknown,
            "unreported": tally.unreported,
            "reasons": tally.rejected,
            "saved": tally.saved,
            "seconds": tally.elapsed.as_secs(),
        });
        return json_line(&json!({ "summary": summary })) + "\n";
    }
    let (lang, accepted) = (cx.lang, tally.accepted);
    let seconds = tally.elapsed.as_secs();
    let mut text = match lang {
        Lang::En => {
            format!("\n{all} requests in {seconds} s: {accepted} accepted, {rejected} rejected")
        }
        Lang::Ko => {
            format!("\n{seconds}초 동안 요청 {all}개: 통과 {accepted}개, 거부 {rejected}개")
        }
    };
    for (count, en, ko) in [
        (tally.unknown, "without a verdict", "판정 없음"),
        (tally.unreported, "not reported: they came too fast", "너무 빨리 들어와 표시하지 못함"),
    ] {
        if count > 0 {
            text += &match lang {
                Lang::En => format!(", {count} {en}"),
                Lang::Ko => format!(", {ko} {count}개"),
            };
        }
    }
    text.push('\n');
    for (reason, count) in &tally.rejected {
        text += &format!("  {count:>5}  {reason}\n");
    }
    if let Some(folder) = &tally.folder {
        let (saved, shown) = (tally.saved, folder.display().to_string());
        let shown = visible(&shown);
        text += &match lang {
            Lang::En => format!("{saved} captures saved in {shown}\n"),
            Lang::Ko => format!("캡처 {saved}개를 {shown}에 저장했습니다\n"),
        };
    }
    text
}

/// Decodes a gzip response if the request accepts it, so that its envelope can be checked.
fn decoded(mut answer: Answer, request: &CapturedRequest) -> Answer {
    let is_gzip = answer.headers.get(CONTENT_ENCODING).is_some_and(|it| it == "gzip");
    if !is_gzip || answer.truncated || !accepts_gzip(request) {
        return answer;
    }
    let mut body = Vec::new();
    let limit = ANSWER_LIMIT as u64 + 1;
    if MultiGzDecoder::new(&answer.body[..]).take(limit).read_to_end(&mut body).is_err() {
        return answer;
    }
    answer.truncated = body.len() > ANSWER_LIMIT;
    body.truncate(ANSWER_LIMIT);
    answer.headers.remove(CONTENT_ENCODING);
    answer.headers.remove(CONTENT_LENGTH);
    answer.body = body.into();
    answer
}

fn accepts_gzip(request: &CapturedRequest) -> bool {
    let is_gzip = |coding: &str| coding.split(';').next().map(str::trim) == Some("gzip");
    request
        .header("accept-encoding")
        .filter_map(|value| std::str::from_utf8(value).ok())
        .any(|value| value.split(',').any(is_gzip))
}

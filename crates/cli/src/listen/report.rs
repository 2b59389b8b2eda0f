//! The lines that `listen` prints.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use jiff::tz::TimeZone;
use online_contact::Reason;
use serde_json::{Value, json};
use url::Url;

use super::tally::Tally;
use crate::agent::{AgentView, json as agent_json, text as agent_text};
use crate::console::Page;
use crate::context::Context;
use crate::exchange::{Exchange, is_lookup, remarks};
use crate::explain::Explanation;
use crate::lang::Lang;
use crate::report::{BAD, DIM, GOOD, TITLE, WARN, json_line, paint, visible};
use crate::verdict::Verdict;

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

pub(super) fn exchange(
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
            let view = AgentView::of(answer, lang);
            details += &agent_text::seen(&view, lang);
            if !view.breaches.is_empty() {
                details += &agent_text::breaches(&view.breaches, lang);
            }
        }
        Ok(_) => {}
        Err(failure) => {
            let title = lang.pick("no response: ", "응답 없음: ");
            details += &format!("{}{}\n", paint(BAD, title), visible(failure.in_lang(lang)));
        }
    }
    if let Some(remark) = remarks::of(exchange) {
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
    let view = answer.map(|answer| AgentView::of(answer, lang));
    let remark = remarks::of(exchange);
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
        "response": exchange.response.as_ref().ok().map(agent_json::response),
        "failure": exchange.response.as_ref().err().map(|failure| failure.in_lang(lang)),
        "agent": view.as_ref().map(agent_json::seen),
        "breaches": view.as_ref().map(|view| agent_json::breaches(&view.breaches)),
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

//! The consent to send requests to another machine.

use std::io::{self, IsTerminal as _, Write as _};
use std::net::IpAddr;

use url::Url;

use crate::context::Context;
use crate::lang::Lang;
use crate::outcome::Problem;
use crate::typed;

/// Asks, unless the endpoint is on this machine or the user has consented with `--yes`.
pub(super) async fn obtain(
    url: &Url,
    requests: usize,
    yes: bool,
    cx: &Context,
) -> Result<(), Problem> {
    if yes || is_loopback(url, cx.lang).await? {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default();
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        let (en, ko) = (
            format!("{host} is not this machine: pass --yes to send it {requests} requests"),
            format!(
                "{host}은(는) 이 컴퓨터가 아닙니다. 요청 {requests}개를 보내려면 --yes를 붙이십시오"
            ),
        );
        return Err(Problem::new(cx.lang.pick(en, ko)));
    }
    if ask(host, requests, cx.lang).map_err(|error| rejected(cx.lang).source(error))? {
        Ok(())
    } else {
        Err(rejected(cx.lang))
    }
}

fn rejected(lang: Lang) -> Problem {
    Problem::new(lang.pick("nothing was sent", "아무것도 보내지 않았습니다"))
}

/// One address of another machine is enough to ask, because any of them may be used.
async fn is_loopback(url: &Url, lang: Lang) -> Result<bool, Problem> {
    if let Some(known) = typed::is_loopback(url) {
        return Ok(known);
    }
    let addresses = resolve(url.domain().unwrap_or_default(), lang).await?;
    Ok(!addresses.is_empty() && addresses.into_iter().all(typed::is_loopback_ip))
}

async fn resolve(name: &str, lang: Lang) -> Result<Vec<IpAddr>, Problem> {
    let found = tokio::net::lookup_host((name, 0)).await.map_err(|error| {
        let (en, ko) = (
            format!("host {name} not found: check the name in the URL, and DNS"),
            format!("{name} 호스트를 찾을 수 없습니다. URL의 이름과 DNS를 확인하십시오"),
        );
        Problem::new(lang.pick(en, ko)).source(error)
    })?;
    Ok(found.map(|address| address.ip()).collect())
}

fn ask(host: &str, requests: usize, lang: Lang) -> io::Result<bool> {
    let question = lang.pick(
        format!(
            "{host} is not this machine. Send it {requests} requests? All are lookups, many of them \
             forged. [y/N] "
        ),
        format!(
            "{host}은(는) 이 컴퓨터가 아닙니다. 요청 {requests}개를 보낼까요? 모두 조회이고 많은 수가 위조된 \
             요청입니다. [y/N] "
        ),
    );
    io::stderr().write_all(question.as_bytes())?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "예" | "네"))
}

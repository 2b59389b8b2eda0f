//! Rows 9, 11 and 13 of the protocol: the body, its length, its pace and its bytes.

use std::time::Duration;

use crate::doctor::bench::Bench;
use crate::doctor::bodies;
use crate::doctor::draft::{Draft, Pace};
use crate::doctor::paced::PIECES;
use crate::doctor::probe::{Expect, NotHere, Probe};
use crate::input::BYTE_ORDER_MARK;
use crate::lang::Words;

/// Beyond the body's deadline the answer may take so long.
const GRACE: Duration = Duration::from_secs(5);

/// A trickle takes two seconds, or a quarter of the deadline where that is less.
const TRICKLE: Duration = Duration::from_secs(2);

/// Letters of two, three and four bytes.
const LETTERS: &str = "홍길동 Jürgen Groß 🙂";

pub(super) static TABLE: [Probe; 13] = [
    Probe::honest(
        "body_chunked",
        Words::fixed("a body in chunks", "청크로 나눈 본문"),
        |bench| Ok(bench.honest().pace(Pace::CHUNKED)),
    ),
    Probe::honest(
        "body_slow",
        Words::fixed("a body that trickles in for two seconds", "2초에 걸쳐 조금씩 오는 본문"),
        |bench| Ok(bench.honest().pace(Pace::trickle(pause(bench)))),
    ),
    Probe::once(
        "body_stalled",
        Words::fixed("a body of which half never comes", "절반이 오지 않는 본문"),
        Expect::TooSlow,
        |bench| {
            let patience = bench.limits.body_deadline + GRACE;
            Ok(bench.honest().pace(Pace::STALLED).patience(patience))
        },
    ),
    Probe::honest(
        "body_at_limit",
        Words::fixed("a body as long as --body-limit", "--body-limit와 같은 길이의 본문"),
        |bench| Ok(long(bench, 0)),
    ),
    Probe::once(
        "body_too_large",
        Words::fixed("a body one byte longer than that", "그보다 1바이트 긴 본문"),
        Expect::TooLarge,
        |bench| Ok(long(bench, 1)),
    ),
    Probe::once(
        "body_too_large_chunked",
        Words::fixed(
            "the same in chunks, no length declared",
            "길이를 알리지 않고 청크로 보낸 같은 본문",
        ),
        Expect::TooLarge,
        |bench| Ok(long(bench, 1).pace(Pace::hesitant(bench.hesitation()).in_chunks())),
    ),
    Probe::honest(
        "body_respelled",
        Words::fixed("the same JSON in other bytes", "내용은 같고 바이트가 다른 JSON"),
        |bench| Ok(bench.signed(bodies::respelled(bench.body())?)),
    ),
    Probe::honest(
        "body_newline",
        Words::fixed("a body with a newline at its end", "줄바꿈으로 끝나는 본문"),
        |bench| Ok(bench.signed([bench.body(), &b"\n"[..]].concat())),
    ),
    Probe::honest(
        "body_crlf",
        Words::fixed("a body with CRLF line ends", "줄 끝이 CRLF인 본문"),
        |bench| Ok(bench.signed(bodies::with_crlf(bench.body())?)),
    ),
    Probe::once(
        "body_bom",
        Words::fixed("a body with a byte order mark", "BOM으로 시작하는 본문"),
        Expect::Passed,
        |bench| Ok(bench.signed([BYTE_ORDER_MARK, bench.body()].concat())),
    ),
    Probe::once(
        "body_non_ascii",
        Words::fixed("letters of Korea, Europe and an emoji", "한글과 유럽 글자와 이모지"),
        Expect::Passed,
        |bench| Ok(bench.signed(bodies::with_last_text(bench.body(), LETTERS)?)),
    ),
    Probe::forbidden(
        "body_lossy",
        Words::fixed(
            "signed after what is not UTF-8 was replaced",
            "UTF-8이 아닌 바이트를 대체 문자로 바꿔 서명한 본문",
        ),
        lossy,
    ),
    Probe::once(
        "body_empty",
        Words::fixed("an empty body, well signed", "올바르게 서명한 빈 본문"),
        Expect::Senseless,
        |bench| Ok(bench.signed("")),
    ),
];

fn pause(bench: &Bench) -> Duration {
    let pieces = u32::try_from(PIECES).unwrap_or(u32::MAX);
    TRICKLE.min(bench.limits.body_deadline / 4) / pieces
}

/// White space and then the honest body: the limit and this much more.
fn long(bench: &Bench, beyond: usize) -> Draft {
    let body = bodies::padded(bench.body(), bench.limits.body_limit + beyond);
    bench.signed(body).pace(Pace::hesitant(bench.hesitation()))
}

/// Two bodies share this signature where the server decodes before it verifies.
fn lossy(bench: &Bench) -> Result<Draft, NotHere> {
    let decoded = bodies::with_last_text(bench.body(), "\u{fffd}")?;
    let mut sent = decoded.clone();
    let replaced = "\u{fffd}".as_bytes();
    if let Some(at) = sent.windows(replaced.len()).position(|bytes| bytes == replaced) {
        sent.splice(at..at + replaced.len(), [0xff]);
    }
    Ok(bench.signed(decoded).body(sent))
}

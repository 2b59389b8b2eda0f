//! Mistakes that are seen in the timestamp header itself, without the signature.

use crate::lang::Words;
use online_contact::Reason;

use super::mistake::{Mistake, Side, Step};
use super::time;
use crate::captured::CapturedRequest;
use crate::verdict::Verdict;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

static TIME_ZONE: Mistake = Mistake {
    id: "clock_time_zone",
    side: Side::Sender,
    what: Words::fixed(
        "the time is whole hours off, like one of another time zone",
        "시간대처럼 시간이 정시 단위로 어긋남",
    ),
    advice: Words::fixed(
        "Count milliseconds since 1970 in UTC. A local time taken for UTC is 9 hours off in Korea.",
        "UTC 기준 1970년부터의 밀리초를 사용하십시오. 한국 시각을 UTC로 취급하면 9시간이 어긋납니다.",
    ),
};

static METHOD: Mistake = Mistake {
    id: "method_not_post",
    side: Side::Sender,
    what: Words::fixed(
        "the method is not POST, which is the one that Online Contact uses",
        "메서드가 Online Contact가 사용하는 POST가 아님",
    ),
    advice: Words::fixed(
        "Send the lookup as a POST with a JSON body. A redirect (301, 302) turns a POST into a GET: \
         register the final URL.",
        "JSON 본문을 담은 POST로 보내십시오. 리다이렉트(301, 302)는 POST를 GET으로 바꾸므로 최종 URL을 \
         등록하십시오.",
    ),
};

/// The method, where it is another one than OC uses.
pub(super) fn method(request: &CapturedRequest) -> Option<Step> {
    let method = request.method.as_deref().filter(|method| !method.eq_ignore_ascii_case("POST"))?;
    Some(Step::with(&METHOD, method))
}

/// Returns whether a value of `Authorization` was hidden by the program that wrote the capture.
pub(super) fn is_masked(value: &[u8]) -> bool {
    const WORDS: [&str; 11] = [
        "***",
        "xxx",
        "██",
        "••",
        "redact",
        "mask",
        "filtered",
        "hidden",
        "omitted",
        "sanitized",
        "[secret",
    ];
    let text = String::from_utf8_lossy(value).to_lowercase();
    let is_cut = text.ends_with("...") || text.ends_with('…');
    // A digest has no such run of letters but by a rare chance, and then it has its length.
    text.len() < 44 && (is_cut || WORDS.iter().any(|word| text.contains(word)))
}

/// Mistakes seen in a timestamp that lies outside the window.
pub(super) fn mistakes(request: &CapturedRequest, verdict: &Verdict) -> Vec<Step> {
    let outside = [Some(Reason::TimestampExpired), Some(Reason::TimestampInFuture)];
    let value = request
        .header("x-tc-timestamp")
        .next()
        .and_then(|value| std::str::from_utf8(value).ok()?.parse::<u64>().ok());
    let (Some(value), true) = (value, outside.contains(&verdict.reason())) else {
        return Vec::new();
    };
    let in_header = |mistake| vec![Step::with(mistake, "X-TC-Timestamp")];
    if time::is_seconds(value) {
        return in_header(&time::SECONDS);
    }
    // Microseconds and nanoseconds of these decades.
    if time::is_seconds(value / 1_000_000) || time::is_seconds(value / 1_000_000_000) {
        return in_header(&time::MICROSECONDS);
    }
    match verdict.age_ms() {
        Some(age) if is_whole_hours(age) => in_header(&TIME_ZONE),
        _ => Vec::new(),
    }
}

fn is_whole_hours(age: i64) -> bool {
    let hours = age.saturating_add(HOUR / 2).div_euclid(HOUR);
    let off = age.saturating_sub(hours.saturating_mul(HOUR));
    hours != 0 && (-14..=14).contains(&hours) && off.saturating_abs() <= 2 * MINUTE
}

//! What may have been signed as the time.

use crate::lang::Words;
use std::time::{Duration, UNIX_EPOCH};

use super::mistake::{Form, Forms, Step, mistakes};
use crate::captured::CapturedRequest;

const ADVICE: Words = Words::fixed(
    "Read the clock once, in milliseconds, write it in decimal digits, and use the very same text \
     for the signature and for X-TC-Timestamp.",
    "시계를 한 번만 밀리초로 읽어 10진수 숫자로 적고, 바로 그 글자를 서명과 X-TC-Timestamp에 똑같이 \
     사용하십시오.",
);

mistakes! { Sender, ADVICE:
    SECONDS = "time_seconds", "the time in seconds", "초 단위의 시간";
    MILLISECONDS = "time_milliseconds", "the time in milliseconds, while the header has seconds", "헤더는 초 단위인데 밀리초 단위의 시간";
    MICROSECONDS = "time_microseconds", "the time in microseconds or nanoseconds", "마이크로초나 나노초 단위의 시간";
    ROUNDED = "time_rounded", "the time rounded to whole seconds", "초 단위로 자른 시간";
    DECIMAL_POINT = "time_decimal_point", "the time as a number with a decimal point", "소수점이 있는 시간";
    ISO_8601 = "time_iso_8601", "the time in ISO 8601", "ISO 8601 형식의 시간";
    HTTP_DATE = "time_http_date", "the time as an HTTP date", "HTTP 날짜 형식의 시간";
    QUOTED = "time_quoted", "the time in quotes", "따옴표로 감싼 시간";
    WHITE_SPACE = "time_white_space", "the time without the white space around it", "앞뒤 공백을 뺀 시간";
    MISSING = "time_missing", "no time at all", "시간이 빠짐";
    SECOND_HEADER = "time_second_header", "the value of another X-TC-Timestamp header", "다른 X-TC-Timestamp 헤더의 값";
    OTHER_HEADER = "time_of_other_header", "the time of another header", "다른 헤더의 시간";
}

/// What the header says, as it stands there, and what may have been signed in its place.
pub(super) fn forms(request: &CapturedRequest) -> Vec<Form> {
    let mut values = request.header("x-tc-timestamp");
    let value = values.next().unwrap_or_default();
    let mut forms = Forms::new(value.to_vec());
    if let Some(millis) = number(value) {
        add_other_units(&mut forms, millis);
    }
    forms.add(Vec::new(), &MISSING);
    forms.add(value.trim_ascii().to_vec(), &WHITE_SPACE);
    if !value.is_empty() {
        forms.add([b"\"", value, b"\""].concat(), &QUOTED);
        forms.add([value, b".0"].concat(), &DECIMAL_POINT);
    }
    // Of these there may be any number, so they come last.
    for other in values {
        forms.add(other.to_vec(), &SECOND_HEADER);
    }
    add_other_headers(&mut forms, request);
    forms.0
}

/// A header in seconds may stand beside a signature over milliseconds: these are all that they can be.
/// Too many to be combined with anything.
pub(super) fn milliseconds_of_seconds(request: &CapturedRequest) -> Vec<Form> {
    let value = request.header("x-tc-timestamp").next().and_then(number);
    let Some(seconds) = value.filter(|&value| is_seconds(value)) else { return Vec::new() };
    let form = |millis: u64| {
        let text = (seconds * 1000 + millis).to_string();
        Form::mistaken(text.into_bytes(), vec![(&MILLISECONDS).into()])
    };
    (0..1000).map(form).collect()
}

/// Whether it is a moment of these decades, counted in seconds.
pub(super) const fn is_seconds(value: u64) -> bool {
    value >= 1_000_000_000 && value < 10_000_000_000
}

fn number(value: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(value).ok()?;
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_digits)
}

fn add_other_units(forms: &mut Forms, millis: u64) {
    let text = |number: u64| number.to_string().into_bytes();
    forms.add(text(millis / 1000), &SECONDS);
    forms.add(text(millis / 1000 * 1000), &ROUNDED);
    if let Some(more) = millis.checked_mul(1000) {
        forms.add(text(more), if is_seconds(millis) { &MILLISECONDS } else { &MICROSECONDS });
    }
    if let Some(more) = millis.checked_mul(1_000_000) {
        forms.add(text(more), &MICROSECONDS);
    }
    let seconds = format!("{}.{:03}", millis / 1000, millis % 1000);
    forms.add(seconds.into_bytes(), Step::with(&DECIMAL_POINT, Words::fixed("seconds", "초")));
    let moment = UNIX_EPOCH.checked_add(Duration::from_millis(millis));
    // HTTP dates have four digits for the year, and so has the other form made of them.
    let latest = 253_402_300_800_000;
    if let Some(moment) = moment.filter(|_| millis < latest) {
        let date = httpdate::fmt_http_date(moment);
        for iso in iso_8601(&date, millis % 1000) {
            forms.add(iso.into_bytes(), &ISO_8601);
        }
        forms.add(date.into_bytes(), &HTTP_DATE);
    }
}

/// `Sat, 23 Nov 2024 22:13:20 GMT` written the other way, with milliseconds and without.
fn iso_8601(date: &str, millis: u64) -> Vec<String> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let words: Vec<&str> = date.split(' ').collect();
    let [_, day, month, year, time, _] = words.as_slice() else { return Vec::new() };
    let Some(month) = MONTHS.find(month) else { return Vec::new() };
    let second = format!("{year}-{:02}-{day}T{time}", month / 3 + 1);
    vec![format!("{second}Z"), format!("{second}.{millis:03}Z"), format!("{second}+00:00")]
}

/// Dates, and whatever looks like a moment of these decades.
fn add_other_headers(forms: &mut Forms, request: &CapturedRequest) {
    for (name, value) in &request.headers {
        if is_known(name) {
            continue;
        }
        let step = || Step::with(&OTHER_HEADER, &**name);
        if let Some(moment) = http_date(value) {
            forms.add(value.clone(), step());
            forms.add((moment.as_secs()).to_string().into_bytes(), step());
            forms.add(moment.as_millis().to_string().into_bytes(), step());
        } else if number(value).is_some_and(|value| value >= 1_000_000_000) || names_time(name) {
            forms.add(value.clone(), step());
            if let Some(seconds) = number(value).filter(|&value| is_seconds(value)) {
                forms.add((seconds * 1000).to_string().into_bytes(), step());
            } else if let Some(millis) = number(value) {
                forms.add((millis / 1000).to_string().into_bytes(), step());
            }
        }
    }
}

fn is_known(name: &str) -> bool {
    ["x-tc-timestamp", "authorization", "content-length", "host"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

fn names_time(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["time", "date", "stamp"].iter().any(|word| name.contains(word))
}

fn http_date(value: &[u8]) -> Option<Duration> {
    let moment = httpdate::parse_http_date(std::str::from_utf8(value).ok()?).ok()?;
    moment.duration_since(UNIX_EPOCH).ok()
}

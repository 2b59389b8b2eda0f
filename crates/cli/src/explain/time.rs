//! The forms of the time that may have been signed.

use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::mistake::{Form, Forms, Step, mistakes};
use crate::captured::CapturedRequest;
use crate::lang::Words;

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
    EXPONENT = "time_exponent", "the time as a number with an exponent (1.7324E+12)", "지수로 적은 시간(1.7324E+12)";
    ISO_8601 = "time_iso_8601", "the time in ISO 8601", "ISO 8601 형식의 시간";
    HTTP_DATE = "time_http_date", "the time as an HTTP date", "HTTP 날짜 형식의 시간";
    LOCAL_DATE = "time_as_date", "the time as a date", "날짜로 적은 시간";
    ZONE = "time_zone", "the time shifted by a time zone", "시간대만큼 어긋난 시간";
    SECOND_READING = "time_second_reading", "another reading of the clock than the one in the header", "헤더와 다른 순간에 읽은 시간";
    LABELED = "time_labeled", "the time with its name, such as the header line", "헤더 줄처럼 이름까지 붙은 시간";
    QUOTED = "time_quoted", "the time in quotes", "따옴표로 감싼 시간";
    WHITE_SPACE = "time_white_space", "the time without the white space around it", "앞뒤 공백을 뺀 시간";
    MISSING = "time_missing", "no time at all", "시간이 빠짐";
    SECOND_HEADER = "time_second_header", "the value of another X-TC-Timestamp header", "다른 X-TC-Timestamp 헤더의 값";
    OTHER_HEADER = "time_of_other_header", "the time of another header", "다른 헤더의 시간";
}

/// The header value as it stands there, and what may have been signed in its place.
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
        add_labeled(&mut forms, value);
    }
    // There may be any number of these, so they come last.
    for other in values {
        forms.add(other.to_vec(), &SECOND_HEADER);
    }
    add_other_headers(&mut forms, request);
    forms.0
}

fn add_labeled(forms: &mut Forms, value: &[u8]) {
    for name in [
        "X-TC-Timestamp:",
        "X-TC-Timestamp: ",
        "x-tc-timestamp:",
        "timestamp=",
        "time=",
        "ts=",
        "t=",
    ] {
        forms.add([name.as_bytes(), value].concat(), &LABELED);
    }
}

/// The clock is read again within this time.
const SECOND_READING_MS: u64 = 5_000;

/// The many forms that are tried with the right key, prefix and body only: a second reading of
/// the clock, shifts by time zones, dates in every zone, and more labels.
pub(super) fn rare(request: &CapturedRequest) -> Vec<Form> {
    let value = request.header("x-tc-timestamp").next().unwrap_or_default();
    let Some(value) = number(value) else { return Vec::new() };
    let mut all = Vec::new();
    let mut add =
        |text: String, step: Step| all.push(Form::mistaken(text.into_bytes(), vec![step]));
    // A header in seconds may stand beside a signature over milliseconds: these are all that they can be.
    let millis = if is_seconds(value) {
        for millis in 0..1000 {
            add((value * 1000 + millis).to_string(), (&MILLISECONDS).into());
        }
        value * 1000
    } else {
        value
    };
    if !is_seconds(millis / 1000) {
        return all;
    }
    for distance in 1..=SECOND_READING_MS {
        for other in [millis + distance, millis.saturating_sub(distance)] {
            add(other.to_string(), second_reading(other, millis));
        }
    }
    for distance in 1..=SECOND_READING_MS / 1000 {
        let second = millis / 1000;
        for other in [second + distance, second - distance] {
            add(other.to_string(), second_reading(other * 1000, second * 1000));
        }
    }
    for half_hours in 1..=28 {
        let shift = half_hours * 1_800_000;
        for (sign, other) in [('+', millis + shift), ('-', millis - shift)] {
            let hours =
                Words::from(&*format!("{sign}{:02}:{:02}", half_hours / 2, half_hours % 2 * 30));
            for text in [other.to_string(), (other / 1000).to_string()] {
                add(text, Step { mistake: &ZONE, detail: Some(hours.clone()) });
            }
        }
    }
    for offset in (-24..=28).map(|half_hours| half_hours * 1800) {
        dates(millis, offset, &mut add);
    }
    all
}

fn second_reading(other: u64, millis: u64) -> Step {
    let (sign, distance) =
        if other > millis { ('+', other - millis) } else { ('-', millis - other) };
    Step::with(&SECOND_READING, &*format!("{sign}{distance} ms"))
}

/// The moment as programs write dates, in the time zone this many seconds east.
fn dates(millis: u64, offset: i32, add: &mut impl FnMut(String, Step)) {
    let moment = i64::try_from(millis / 1000).ok().and_then(|seconds| {
        let zone = TimeZone::fixed(Offset::from_seconds(offset).ok()?);
        Some(Timestamp::from_second(seconds).ok()?.to_zoned_datetime(zone))
    });
    let Some(at) = moment else { return };
    let (year, month, day) = (at.year(), at.month(), at.day());
    let (hour, minute, second, ms) = (at.hour(), at.minute(), at.second(), millis % 1000);
    let sign = if offset < 0 { '-' } else { '+' };
    let (zh, zm) = (offset.abs() / 3600, offset.abs() % 3600 / 60);
    let (weekday, month_name) = (at.strftime("%a"), at.strftime("%b"));
    let date = format!("{year:04}-{month:02}-{day:02}");
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    let name = match offset {
        0 => "UTC",
        32_400 => "KST",
        _ => "",
    };
    let texts = [
        format!("{date}T{clock}"),
        format!("{date}T{clock}.{ms:03}"),
        format!("{date}T{clock}.{ms:03}000"),
        format!("{date}T{clock}{sign}{zh:02}:{zm:02}"),
        format!("{date}T{clock}.{ms:03}{sign}{zh:02}:{zm:02}"),
        format!("{date}T{clock}{sign}{zh:02}{zm:02}"),
        format!("{date}T{clock}.{ms:03}{sign}{zh:02}{zm:02}"),
        format!("{date}T{clock}Z"),
        format!("{date}T{clock}.{ms:03}Z"),
        format!("{date} {clock}"),
        format!("{date} {clock}.{ms:03}"),
        format!("{date} {clock}.{ms:03}000"),
        format!("{date} {clock}{sign}{zh:02}:{zm:02}"),
        format!("{date} {clock} {sign}{zh:02}{zm:02}"),
        format!("{date} {clock} {sign}{zh:02}{zm:02} {name}"),
        format!("{year:04}/{month:02}/{day:02} {clock}"),
        format!("{year:04}.{month:02}.{day:02} {clock}"),
        format!("{month:02}/{day:02}/{year:04} {clock}"),
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}"),
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}{ms:03}"),
        format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"),
        format!("{weekday} {month_name} {day:02} {clock} {name} {year:04}"),
        format!(
            "{weekday} {month_name} {day:02} {year:04} {clock} GMT{sign}{zh:02}{zm:02} (Korean Standard Time)"
        ),
        format!(
            "{weekday} {month_name} {day:02} {year:04} {clock} GMT{sign}{zh:02}{zm:02} (Coordinated Universal Time)"
        ),
        format!(
            "{weekday} {month_name} {day:02} {year:04} {clock} GMT{sign}{zh:02}{zm:02} (대한민국 표준시)"
        ),
        format!("{weekday}, {day:02} {month_name} {year:04} {clock} {sign}{zh:02}{zm:02}"),
        date,
    ];
    let zone = format!("{sign}{zh:02}:{zm:02}");
    for text in texts {
        add(text, Step::with(&LOCAL_DATE, &*zone));
    }
}

/// Returns whether it is a moment of these decades, counted in seconds.
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
    let seconds = || Words::fixed("seconds", "초");
    let fraction = format!("{}.{:03}", millis / 1000, millis % 1000);
    let short = fraction.trim_end_matches('0');
    let short = if short.ends_with('.') { format!("{short}0") } else { short.to_owned() };
    forms.add(fraction.into_bytes(), Step::with(&DECIMAL_POINT, seconds()));
    forms.add(short.into_bytes(), Step::with(&DECIMAL_POINT, seconds()));
    add_exponents(forms, millis);
    let moment = UNIX_EPOCH.checked_add(Duration::from_millis(millis));
    // HTTP dates have four digits for the year, and so does the other form made of them.
    let latest = 253_402_300_800_000;
    if let Some(moment) = moment.filter(|_| millis < latest) {
        let date = httpdate::fmt_http_date(moment);
        for iso in iso_8601(&date, millis % 1000) {
            forms.add(iso.into_bytes(), &ISO_8601);
        }
        forms.add(date.into_bytes(), &HTTP_DATE);
    }
}

/// The time as a floating point number that is printed with an exponent.
fn add_exponents(forms: &mut Forms, millis: u64) {
    #[allow(clippy::cast_precision_loss)] // The digits that it loses are what this is about.
    let text = format!("{:e}", millis as f64);
    let Some((digits, exponent)) = text.split_once('e') else { return };
    for e in ["E+", "e+", "E", "e"] {
        forms.add(format!("{digits}{e}{exponent}").into_bytes(), &EXPONENT);
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

//! Rows 1 to 5 of the protocol: the timestamp, its spelling and its window.

use online_contact::TIMESTAMP_HEADER;

use crate::doctor::bench::{End, Side};
use crate::doctor::probe::Probe;
use crate::lang::Words;

pub(super) static TABLE: [Probe; 15] = [
    Probe::bad_request(
        "timestamp_missing",
        Words::fixed("no X-TC-Timestamp", "X-TC-Timestamp 없음"),
        |bench| Ok(bench.honest().without(TIMESTAMP_HEADER)),
    ),
    Probe::bad_request(
        "timestamp_empty",
        Words::fixed("an empty X-TC-Timestamp", "빈 X-TC-Timestamp"),
        |bench| Ok(bench.honest().with(TIMESTAMP_HEADER, "")),
    ),
    Probe::bad_request(
        "timestamp_twice",
        Words::fixed("X-TC-Timestamp twice, both the same", "같은 X-TC-Timestamp 두 번"),
        |bench| Ok(bench.honest().twice(TIMESTAMP_HEADER)),
    ),
    Probe::bad_request(
        "timestamp_list",
        Words::fixed("two timestamps with a comma between", "쉼표로 이은 타임스탬프 두 개"),
        |bench| Ok(bench.honest().map(TIMESTAMP_HEADER, |value| [value, b", ", value].concat())),
    ),
    Probe::bad_request(
        "timestamp_leading_zero",
        Words::fixed("a timestamp with a leading zero", "0으로 시작하는 타임스탬프"),
        |bench| Ok(bench.spelled(&format!("0{}", bench.now()))),
    ),
    Probe::bad_request(
        "timestamp_plus",
        Words::fixed("a timestamp with a plus sign", "+로 시작하는 타임스탬프"),
        |bench| Ok(bench.spelled(&format!("+{}", bench.now()))),
    ),
    Probe::bad_request(
        "timestamp_space",
        Words::fixed("a timestamp with white space in it", "공백이 들어간 타임스탬프"),
        |bench| {
            let now = bench.now().to_string();
            let (start, end) = now.split_at_checked(10).unwrap_or_default();
            Ok(bench.spelled(&format!("{start} {end}")))
        },
    ),
    Probe::bad_request(
        "timestamp_fraction",
        Words::fixed("a timestamp with a fraction", "소수점이 있는 타임스탬프"),
        |bench| Ok(bench.spelled(&format!("{}.0", bench.now()))),
    ),
    Probe::bad_request(
        "timestamp_seconds",
        Words::fixed("a timestamp in seconds", "초 단위 타임스탬프"),
        |bench| Ok(bench.spelled(&(bench.now().as_millis() / 1_000).to_string())),
    ),
    Probe::bad_request(
        "timestamp_huge",
        Words::fixed("a timestamp of 20 digits", "20자리 타임스탬프"),
        |bench| Ok(bench.spelled("18446744073709551616")),
    ),
    Probe::bad_request(
        "timestamp_not_a_number",
        Words::fixed("a timestamp that is a date", "날짜로 적은 타임스탬프"),
        |bench| Ok(bench.spelled("2026-11-23T00:00:00.000")),
    ),
    Probe::honest(
        "window_old_inside",
        Words::fixed("5 s younger than the window allows", "유효 시간보다 5초 덜 지난 요청"),
        |bench| Ok(bench.dated(bench.body().clone(), bench.near(End::Old, Side::Inside))),
    ),
    Probe::bad_request(
        "window_old_outside",
        Words::fixed("5 s older than the window allows", "유효 시간보다 5초 더 지난 요청"),
        |bench| Ok(bench.dated(bench.body().clone(), bench.near(End::Old, Side::Outside))),
    ),
    Probe::honest(
        "window_future_inside",
        Words::fixed("dated ahead, 5 s within the window", "유효 시간보다 5초 덜 앞선 요청"),
        |bench| Ok(bench.dated(bench.body().clone(), bench.near(End::Ahead, Side::Inside))),
    ),
    Probe::bad_request(
        "window_future_outside",
        Words::fixed("dated ahead, 5 s beyond the window", "유효 시간보다 5초 더 앞선 요청"),
        |bench| Ok(bench.dated(bench.body().clone(), bench.near(End::Ahead, Side::Outside))),
    ),
];

//! Rows 1, 6, 7 and 13 of the protocol: the signature, how it is written and whether it matches.

use online_contact::{AUTHORIZATION_HEADER, TIMESTAMP_HEADER, Timestamp};

use crate::doctor::bench::Bench;
use crate::doctor::draft::Draft;
use crate::doctor::probe::{NotHere, Probe};
use crate::doctor::spelling;
use crate::lang::Words;

pub(super) static TABLE: [Probe; 16] = [
    Probe::forbidden(
        "authorization_missing",
        Words::fixed("no Authorization", "Authorization 없음"),
        |bench| Ok(bench.honest().without(AUTHORIZATION_HEADER)),
    ),
    Probe::forbidden(
        "authorization_empty",
        Words::fixed("an empty Authorization", "빈 Authorization"),
        |bench| Ok(bench.honest().with(AUTHORIZATION_HEADER, "")),
    ),
    Probe::bad_request(
        "authorization_twice",
        Words::fixed("Authorization twice, both the same", "같은 Authorization 두 번"),
        |bench| Ok(bench.honest().twice(AUTHORIZATION_HEADER)),
    ),
    Probe::forbidden(
        "authorization_list",
        Words::fixed("two signatures with a comma between", "쉼표로 이은 서명 두 개"),
        |bench| respelled(bench, |value| [value, b", ", value].concat()),
    ),
    Probe::forbidden(
        "authorization_bearer",
        Words::fixed("a signature after 'Bearer '", "'Bearer '가 앞에 붙은 서명"),
        |bench| respelled(bench, |value| [b"Bearer ", value].concat()),
    ),
    Probe::forbidden(
        "authorization_truncated",
        Words::fixed("the first 20 characters of a signature", "앞 20자만 보낸 서명"),
        |bench| respelled(bench, |value| value.iter().take(20).copied().collect()),
    ),
    Probe::forbidden(
        "authorization_longer",
        Words::fixed("a signature with more behind it", "뒤에 글자가 더 붙은 서명"),
        |bench| respelled(bench, |value| [value, b"AAAA"].concat()),
    ),
    Probe::forbidden(
        "authorization_last_byte",
        Words::fixed("a signature whose last byte is wrong", "마지막 바이트가 틀린 서명"),
        |bench| respelled(bench, spelling::last_byte_changed),
    ),
    Probe::forbidden(
        "authorization_case",
        Words::fixed("a signature in the other case", "대소문자를 바꾼 서명"),
        |bench| respelled(bench, spelling::case_swapped),
    ),
    Probe::forbidden(
        "authorization_hex",
        Words::fixed("a signature in hexadecimal", "16진수로 적은 서명"),
        |bench| respelled(bench, spelling::hexadecimal),
    ),
    Probe::forbidden(
        "authorization_url_safe",
        Words::fixed("a signature in URL-safe base64", "URL-safe base64로 적은 서명"),
        |bench| {
            let differs = |signature: &str| signature.contains(['+', '/']);
            Ok(bench.signed_such_that(differs).map(AUTHORIZATION_HEADER, spelling::url_safe))
        },
    ),
    Probe::forbidden(
        "authorization_unpadded",
        Words::fixed("a signature without its padding", "끝의 =가 없는 서명"),
        |bench| respelled(bench, |value| value.strip_suffix(b"=").unwrap_or(value).to_vec()),
    ),
    Probe::forbidden(
        "authorization_loose_bits",
        Words::fixed("a signature in base64 that is not canonical", "표준형이 아닌 base64 서명"),
        |bench| respelled(bench, spelling::last_bits_set),
    ),
    Probe::forbidden(
        "signature_other_key",
        Words::fixed("signed with another key", "다른 키로 서명"),
        |bench| Ok(bench.forged()),
    ),
    Probe::forbidden(
        "signature_other_body",
        Words::fixed("a body that is not the signed one", "서명한 뒤 바뀐 본문"),
        |bench| Ok(bench.honest().body([&bench.body()[..], b" "].concat())),
    ),
    Probe::forbidden(
        "signature_other_time",
        Words::fixed("a timestamp that is not the signed one", "서명한 뒤 바뀐 타임스탬프"),
        |bench| {
            let now = bench.now();
            let later = Timestamp::from_millis(now.as_millis() + 10);
            Ok(bench.dated(bench.body().clone(), now).with(TIMESTAMP_HEADER, later.to_string()))
        },
    ),
];

/// An honest request whose signature is written otherwise.
fn respelled(bench: &Bench, change: impl Fn(&[u8]) -> Vec<u8>) -> Result<Draft, NotHere> {
    Ok(bench.honest().map(AUTHORIZATION_HEADER, change))
}

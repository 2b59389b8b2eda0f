//! All readings of `Authorization`. It is read once, so that a mistake in the
//! encoding costs no hashing.

use crate::lang::Words;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::mistake::{Mistake, Side, Step, mistakes};

const ADVICE: Words = Words::fixed(
    "Send the 32 bytes of the MAC in padded standard base64 (44 characters, `+` and `/`, ending in \
     `=`) and nothing before or after it.",
    "MAC 32바이트를 표준 base64(44글자, `+`와 `/` 사용, 끝에 `=`)로만 보내고 앞뒤에 아무것도 붙이지 \
     마십시오.",
);

mistakes! { Sender, ADVICE:
    HEX = "mac_hex", "the MAC is written in hexadecimal", "MAC을 16진수로 적음";
    URL_SAFE = "mac_url_safe", "the MAC is written in URL-safe base64", "MAC을 URL-safe base64로 적음";
    UNPADDED = "mac_unpadded", "the base64 of the MAC lacks its padding", "MAC의 base64에 패딩(=)이 없음";
    PREFIX = "mac_prefix", "a prefix before the MAC", "MAC 앞에 다른 글자가 붙음";
    QUOTED = "mac_quoted", "the MAC is in quotes", "MAC을 따옴표로 감쌈";
    URL_ENCODED = "mac_url_encoded", "the MAC is URL-encoded", "MAC을 URL 인코딩함";
    WHITE_SPACE = "mac_white_space", "white space in or around the MAC", "MAC 안이나 앞뒤에 공백이 있음";
    NOT_CANONICAL = "mac_not_canonical", "the base64 has stray bits or too much padding at its end", "base64 끝에 남는 비트나 지나친 패딩이 있음";
    PLUS_AS_BLANK = "mac_plus_as_blank", "a plus sign of the base64 became a blank", "base64의 더하기 기호가 공백으로 바뀜";
    ENCODED_TWICE = "mac_encoded_twice", "the MAC is inside another base64, as with the scheme Basic", "Basic 인증처럼 MAC을 base64로 한 번 더 인코딩함";
    OVER_HEX_DIGEST = "mac_over_hex_digest", "the base64 is that of the hexadecimal text of the MAC", "MAC의 16진수 글자를 다시 base64로 인코딩함";
}

pub(super) static KEY_INSIDE: Mistake = Mistake {
    id: "key_in_authorization",
    side: Side::Sender,
    what: Words::fixed(
        "the security key itself is in Authorization",
        "Authorization에 암호화 키 자체가 들어 있음",
    ),
    advice: Words::fixed(
        "Send the MAC alone. Everyone who has seen the request, or a log of it, has the key: issue a new one.",
        "MAC만 보내십시오. 이 요청이나 로그를 본 사람은 키를 알 수 있으니 키를 다시 발급해 주십시오.",
    ),
};

/// A MAC that was sent, and what is wrong with how it was written.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) digest: Vec<u8>,
    pub(super) steps: Vec<Step>,
}

/// A shorter digest would be found by chance.
const SHORTEST: usize = 8;

/// All readings of a value that may be a digest, the likeliest first.
pub(super) fn targets(value: &[u8]) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    let mut add = |digest: Vec<u8>, steps: Vec<Step>| {
        let known = targets.iter().any(|known| known.digest == digest);
        if digest.len() >= SHORTEST && !known {
            targets.push(Target { digest, steps });
        }
    };
    for (value, steps) in bare(value) {
        for (digest, more) in decoded(&value) {
            let steps = [&steps[..], &more].concat();
            // Credentials of the scheme Basic are base64 of a name and, here, the MAC.
            let inner = std::str::from_utf8(&digest).ok().map(str::to_owned);
            for inner in inner.iter().flat_map(|text| text.split([':', ' '])) {
                for (digest, more) in decoded(inner.as_bytes()) {
                    if matches!(digest.len(), 20 | 32 | 64) {
                        add(digest, [&steps[..], &[(&ENCODED_TWICE).into()], &more].concat());
                    }
                }
            }
            add(digest, steps);
        }
    }
    // A whole digest of SHA-256 is likelier than anything else.
    targets.sort_by_key(|target| match target.digest.len() {
        32 => 0,
        16 | 20 | 48 | 64 => 1,
        _ => 2,
    });
    targets
}

/// The value without what is around it.
fn bare(value: &[u8]) -> Vec<(Vec<u8>, Vec<Step>)> {
    let mut all = vec![(value.to_vec(), Vec::new())];
    let Ok(text) = std::str::from_utf8(value) else { return all };
    if text.contains('%') {
        let decoded: Vec<u8> = percent_encoding::percent_decode_str(text.trim()).collect();
        let dense: Vec<u8> =
            decoded.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let mut steps = vec![Step::from(&URL_ENCODED)];
        if dense != decoded {
            steps.push((&WHITE_SPACE).into());
        }
        all.push((dense, steps));
    }
    if text.trim().contains(' ') {
        let plus = text.trim().replace(' ', "+").into_bytes();
        all.push((plus, vec![(&PLUS_AS_BLANK).into()]));
    }
    let (text, mut steps) = (text.trim(), Vec::new());
    let mut mac = text;
    if let Some((prefix, rest)) = split_prefix(text) {
        steps.push(Step::with(&PREFIX, prefix.trim_end()));
        mac = rest;
    }
    let unquoted = mac.trim_matches(['"', '\'']);
    if unquoted != mac {
        steps.push((&QUOTED).into());
    }
    all.push((unquoted.as_bytes().to_vec(), steps));
    let dense = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    all.push((dense, vec![(&WHITE_SPACE).into()]));
    all
}

/// The prefix of the MAC, and the MAC: `Bearer …`, `sha256=…`, `HMAC key:…`. The padding of
/// base64 is at the end, so an equals sign with something after it is none.
fn split_prefix(text: &str) -> Option<(&str, &str)> {
    let mac = text.trim_end_matches(['=', '"', '\'']);
    let start = mac.rfind([' ', '=', ':', ','])? + 1;
    let (prefix, mac) = text.split_at_checked(start)?;
    (mac.len() >= 20).then_some((prefix, mac))
}

fn decoded(value: &[u8]) -> Vec<(Vec<u8>, Vec<Step>)> {
    if let Some(bytes) = from_hex(value) {
        return vec![(bytes, vec![(&HEX).into()])];
    }
    let Some(bytes) = lenient_base64(value) else { return Vec::new() };
    let mut steps = spelling(value);
    match hex::decode(&bytes) {
        Ok(digest) if !digest.is_empty() => {
            steps.push((&OVER_HEX_DIGEST).into());
            vec![(digest, steps)]
        }
        _ => vec![(bytes, steps)],
    }
}

/// Hexadecimal, also with `0x` in front or with a sign between bytes.
fn from_hex(value: &[u8]) -> Option<Vec<u8>> {
    let digits = value.strip_prefix(b"0x").unwrap_or(value);
    let pairs: Vec<_> = digits.split(|byte| b":- ".contains(byte)).collect();
    if pairs.len() > 1 && pairs.iter().any(|pair| pair.len() != 2) {
        return None;
    }
    hex::decode(pairs.concat()).ok()
}

/// The oddities of base64 that could be decoded.
fn spelling(value: &[u8]) -> Vec<Step> {
    let mut steps = Vec::new();
    if value.iter().any(|byte| b"-_".contains(byte)) {
        steps.push((&URL_SAFE).into());
    }
    let digits = value.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last + 1);
    let padding = value.len() - digits;
    if padding == 0 && digits % 4 != 0 {
        steps.push((&UNPADDED).into());
    } else if !value.len().is_multiple_of(4) || strict_base64(value).is_none() {
        steps.push((&NOT_CANONICAL).into());
    }
    steps
}

/// Base64 in either alphabet, with any padding and any bits left over.
pub(super) fn lenient_base64(value: &[u8]) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let digits = value.iter().rposition(|&byte| byte != b'=')? + 1;
    decode(value.get(..digits)?, config)
}

fn strict_base64(value: &[u8]) -> Option<Vec<u8>> {
    decode(value, GeneralPurposeConfig::new())
}

fn decode(value: &[u8], config: GeneralPurposeConfig) -> Option<Vec<u8>> {
    let is_url_safe = value.iter().any(|byte| b"-_".contains(byte));
    let alphabet = if is_url_safe { alphabet::URL_SAFE } else { alphabet::STANDARD };
    GeneralPurpose::new(&alphabet, config).decode(value).ok()
}

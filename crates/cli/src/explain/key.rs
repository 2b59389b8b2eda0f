//! The forms in which a key's text is mistaken for the key.

use crate::lang::{Lang, Words};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::authorization::lenient_base64;
use super::mistake::{Form, Forms, Mistake, Side, mistakes};
use crate::input;
use crate::key::KeyText;
use crate::outcome::Problem;

/// A key's bytes are wiped when they are no longer needed.
pub(super) type KeyForm = Form<Zeroizing<Vec<u8>>>;

/// More keys than this are not searched.
pub(super) const MOST_KEYS: usize = 8;

const ADVICE: Words = Words::fixed(
    "Use the text of 암호화 키 exactly as Online Contact's screen shows it, as UTF-8 bytes: no white \
     space or quotes around it, not decoded, its case kept. Check how the signing side reads it \
     (secret file, environment, YAML).",
    "Online Contact 화면에 보이는 암호화 키의 글자를 그대로 UTF-8 바이트로 사용하십시오. 앞뒤의 공백이나 \
     따옴표 없이, 디코딩하지 않고, 대소문자를 바꾸지 않아야 합니다. 서명하는 쪽이 키를 어떻게 읽는지(시크릿 \
     파일, 환경 변수, YAML) 확인하십시오.",
);

mistakes! { Settings, ADVICE:
    TRAILING_NEWLINE = "key_trailing_newline", "the key with a newline after it", "키 뒤에 줄바꿈이 붙음";
    TRAILING_CRLF = "key_trailing_crlf", "the key with CR LF after it", "키 뒤에 CR LF가 붙음";
    TRAILING_SPACE = "key_trailing_space", "the key with a blank after it", "키 뒤에 공백이 붙음";
    LEADING_SPACE = "key_leading_space", "the key with a blank before it", "키 앞에 공백이 붙음";
    WHITE_SPACE = "key_white_space", "the key with the white space that it was given with", "주어진 그대로 공백을 포함한 키";
    QUOTED = "key_quoted", "the key with its quotes", "따옴표를 포함한 키";
    BYTE_ORDER_MARK = "key_byte_order_mark", "the key with a byte order mark before it", "키 앞에 BOM이 붙음";
    FROM_HEX = "key_from_hex", "the key decoded from hexadecimal", "키를 16진수로 보고 디코딩함";
    FROM_BASE64 = "key_from_base64", "the key decoded from base64", "키를 base64로 보고 디코딩함";
    TO_HEX = "key_to_hex", "the key encoded in hexadecimal", "키를 16진수로 인코딩함";
    TO_BASE64 = "key_to_base64", "the key encoded in base64", "키를 base64로 인코딩함";
    UPPER_CASE = "key_upper_case", "the key in upper case", "키를 대문자로 바꿈";
    LOWER_CASE = "key_lower_case", "the key in lower case", "키를 소문자로 바꿈";
    EMPTY = "key_empty", "an empty key", "빈 키";
}

pub(super) static OLDER: Mistake = Mistake {
    id: "key_older",
    side: Side::Settings,
    what: Words::fixed("a key of the ring that is not the first", "키 목록의 첫 번째가 아닌 키"),
    advice: Words::fixed(
        "The sender signs with a key that has been replaced. Give it the current one, or keep the \
         older one in the server's ring until it has it.",
        "보내는 쪽이 교체된 이전 키로 서명합니다. 현재 키로 바꾸거나, 바뀔 때까지 서버의 키 목록에 이전 \
         키를 남겨 두십시오.",
    ),
};

/// The first key and its forms, then the other keys and theirs.
pub(super) fn forms(keys: &[KeyText], lang: Lang) -> Result<Vec<KeyForm>, Problem> {
    let mut all = Vec::<KeyForm>::new();
    for (place, key) in keys.iter().take(MOST_KEYS).enumerate() {
        // Only asked so that an unusable key is a problem here and not a mismatch later.
        key.security_key(lang)?;
        for mut form in forms_of(key).0 {
            if place > 0 {
                form.steps.insert(0, crate::explain::mistake::Step::with(&OLDER, key.label()));
                form.cost += 1;
            }
            let known = all.iter().any(|other| *other.bytes == *form.bytes);
            if form.cost <= 2 && !known {
                all.push(form);
            }
        }
    }
    all.sort_by_key(|form| form.cost);
    Ok(all)
}

fn forms_of(given: &KeyText) -> Forms<Zeroizing<Vec<u8>>> {
    let text = given.key();
    let around = |before: &[u8], after: &[u8]| Zeroizing::new([before, text, after].concat());
    let mut forms = Forms::new(around(b"", b""));
    forms.add(around(b"", b"\n"), &TRAILING_NEWLINE);
    if let Some(bytes) = from_hex(text) {
        forms.add(bytes, &FROM_HEX);
    }
    forms.add(Zeroizing::new(text.to_ascii_uppercase()), &UPPER_CASE);
    forms.add(Zeroizing::new(text.to_ascii_lowercase()), &LOWER_CASE);
    if let Some(bytes) = lenient_base64(text) {
        forms.add(Zeroizing::new(bytes), &FROM_BASE64);
    }
    forms.add(around(b"", b"\r\n"), &TRAILING_CRLF);
    forms.add(around(b"", b" "), &TRAILING_SPACE);
    forms.add(around(b" ", b""), &LEADING_SPACE);
    forms.add(Zeroizing::new(given.bytes().to_vec()), &WHITE_SPACE);
    forms.add(around(b"\"", b"\""), &QUOTED);
    forms.add(around(b"'", b"'"), &QUOTED);
    forms.add(around(input::BYTE_ORDER_MARK, b""), &BYTE_ORDER_MARK);
    forms.add(Zeroizing::new(hex::encode(text).into_bytes()), &TO_HEX);
    forms.add(Zeroizing::new(STANDARD.encode(text).into_bytes()), &TO_BASE64);
    forms.add(Zeroizing::default(), &EMPTY);
    add_spaced_cases(&mut forms, text);
    forms
}

/// Two mistakes with the key: its case, and what is around it.
fn add_spaced_cases(forms: &mut Forms<Zeroizing<Vec<u8>>>, text: &[u8]) {
    let cases =
        [(text.to_ascii_uppercase(), &UPPER_CASE), (text.to_ascii_lowercase(), &LOWER_CASE)];
    let ends: [(&[u8], _); 3] =
        [(b"\n", &TRAILING_NEWLINE), (b"\r\n", &TRAILING_CRLF), (b" ", &TRAILING_SPACE)];
    for (text, case) in cases {
        let text = Zeroizing::new(text);
        for (end, space) in ends {
            let bytes = Zeroizing::new([text.as_slice(), end].concat());
            forms.push(Form { bytes, steps: vec![case.into(), space.into()], cost: 2 });
        }
    }
}

fn from_hex(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    hex::decode(text).ok().map(Zeroizing::new)
}

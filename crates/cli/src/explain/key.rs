//! The forms in which a key's text is mistaken for the key.
//!
//! Most work both ways: the sender may read the right key wrongly, or the key that was given here is
//! the one that was read wrongly.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::authorization::lenient_base64;
use super::mac::digests;
use super::mistake::{Form, Forms, Mistake, Side, Step, mistakes};
use crate::context::Problem;
use crate::input;
use crate::key::KeyText;
use crate::lang::Words;
use crate::text::utf_16;

/// A key's bytes are wiped when they are no longer needed.
pub(super) type KeyForm = Form<Zeroizing<Vec<u8>>>;

/// More keys than this are not searched.
pub(super) const MOST_KEYS: usize = 8;

/// The key in the vendor's sample code, which is public.
const SAMPLE: &[u8] = b"bf7769e5321448de88838cdb";

const ADVICE: Words = Words::fixed(
    "Use the text of 암호화 키 exactly as Online Contact's screen shows it, as UTF-8 bytes: no white \
     space or quotes around it, not decoded, its case kept. Check how the signing side reads it \
     (secret file, environment, YAML).",
    "Online Contact 화면에 보이는 암호화 키의 글자를 그대로 UTF-8 바이트로 사용하십시오. 앞뒤의 공백이나 \
     따옴표 없이, 디코딩하지 않고, 대소문자를 바꾸지 않아야 합니다. 서명하는 쪽이 키를 어떻게 읽는지(시크릿 \
     파일, 환경 변수, YAML) 확인하십시오.",
);

const GIVEN_ADVICE: Words = Words::fixed(
    "The signature is right under a key close to the one given here: correct the key file or \
     OC_SECURITY_KEY, which must hold the text of 암호화 키 and nothing else. A server that reads the \
     same text rejects every request.",
    "여기에 지정한 키와 거의 같은 다른 키로 서명되었습니다. 키 파일이나 OC_SECURITY_KEY에 암호화 키의 글자만 \
     남기도록 고치십시오. 같은 글자를 읽는 서버는 모든 요청을 거부합니다.",
);

const ABSENT_ADVICE: Words = Words::fixed(
    "The sender signs without having the key: the setting is missing, has another name, or its \
     placeholder was not replaced. Stop with an error where the key is missing.",
    "보내는 쪽이 키 없이 서명합니다. 설정이 없거나 이름이 다르거나 자리 표시자가 치환되지 않았습니다. 키가 \
     없으면 오류로 멈추게 하십시오.",
);

mistakes! { Settings, ADVICE:
    TRAILING_NEWLINE = "key_trailing_newline", "the key with a newline after it", "키 뒤에 줄바꿈이 붙음";
    TRAILING_CRLF = "key_trailing_crlf", "the key with CR LF after it", "키 뒤에 CR LF가 붙음";
    TRAILING_SPACE = "key_trailing_space", "the key with a blank after it", "키 뒤에 공백이 붙음";
    LEADING_SPACE = "key_leading_space", "the key with a blank before it", "키 앞에 공백이 붙음";
    WHITE_SPACE = "key_white_space", "the key with the white space that it was given with", "주어진 그대로 공백을 포함한 키";
    INVISIBLE = "key_invisible_character", "the key with an invisible character (no-break space, zero-width space)", "보이지 않는 글자(줄바꿈 없는 공백, 폭 없는 공백)가 붙은 키";
    QUOTED = "key_quoted", "the key with its quotes", "따옴표를 포함한 키";
    NAMED = "key_with_name", "the key with the name of its setting (NAME=value)", "설정 이름까지 포함한 키(이름=값)";
    PREFIXED = "key_prefixed", "the key with a word before it, such as Bearer", "Bearer 같은 단어가 앞에 붙은 키";
    BYTE_ORDER_MARK = "key_byte_order_mark", "the key with a byte order mark before it", "키 앞에 BOM이 붙음";
    FROM_HEX = "key_from_hex", "the key decoded from hexadecimal", "키를 16진수로 보고 디코딩함";
    FROM_BASE64 = "key_from_base64", "the key decoded from base64", "키를 base64로 보고 디코딩함";
    TO_HEX = "key_to_hex", "the key encoded in hexadecimal", "키를 16진수로 인코딩함";
    TO_BASE64 = "key_to_base64", "the key encoded in base64", "키를 base64로 인코딩함";
    HASHED = "key_hashed", "a hash of the key", "키의 해시";
    UTF_16 = "key_utf_16", "the key in UTF-16", "UTF-16으로 인코딩한 키";
    UPPER_CASE = "key_upper_case", "the key in upper case", "키를 대문자로 바꿈";
    LOWER_CASE = "key_lower_case", "the key in lower case", "키를 소문자로 바꿈";
    CUT = "key_cut", "only a part of the key", "키의 일부만 사용함";
    DOUBLED = "key_doubled", "the key twice in a row", "키가 두 번 이어짐";
    REVERSED = "key_reversed", "the key backwards", "키의 순서를 뒤집음";
}

mistakes! { Settings, GIVEN_ADVICE:
    GIVEN_WRAPPED = "key_given_wrapped", "a part of what was given as the key: the rest (quotes, NAME=, export, JSON) is not part of it", "키로 지정한 글자의 일부. 나머지(따옴표, 이름=, export, JSON)는 키가 아님";
    GIVEN_BLANKS = "key_given_blanks", "the given key without the blanks or invisible characters in it", "지정한 키에서 공백이나 보이지 않는 글자를 뺀 키";
    GIVEN_DOUBLED = "key_given_doubled", "half of the given key: it was pasted twice", "지정한 키의 절반. 두 번 붙여 넣은 키";
    GIVEN_CUT = "key_given_cut", "the given key and one character or two more: it was cut when it was copied", "지정한 키에 한두 글자를 더한 키. 복사할 때 잘린 키";
    GIVEN_ENCODED = "key_given_encoded", "the given key decoded, without the line end in it", "지정한 키를 디코딩하고 줄바꿈을 뺀 키";
}

mistakes! { Settings, ABSENT_ADVICE:
    EMPTY = "key_empty", "an empty key", "빈 키";
    WORD = "key_missing", "a word for a missing key (null, undefined, None)", "키가 없음을 뜻하는 단어(null, undefined, None)";
    PLACEHOLDER = "key_placeholder", "a placeholder that was not replaced by the key", "키로 치환되지 않은 자리 표시자";
}

static SAMPLE_KEY: Mistake = Mistake {
    id: "key_of_sample",
    side: Side::Settings,
    what: Words::fixed("the key of the vendor's sample code", "샘플 코드에 있는 키"),
    advice: Words::fixed(
        "Replace the sample's key, which is public, with the 암호화 키 of this API.",
        "누구나 아는 샘플 코드의 키를 이 API의 암호화 키로 바꾸십시오.",
    ),
};

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

/// The first key and its common forms, then the other keys and theirs, by their cost.
pub(super) fn forms(keys: &[KeyText]) -> Result<Vec<KeyForm>, Problem> {
    let mut all = Vec::<KeyForm>::new();
    for (place, key) in keys.iter().take(MOST_KEYS).enumerate() {
        // Only so that an unusable key is a problem here and not a mismatch later.
        key.security_key()?;
        for mut form in common_forms(key).0 {
            if place > 0 {
                form.steps.insert(0, Step::with(&OLDER, key.label()));
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

/// The forms of the first key that are combined with nothing before the body.
pub(super) fn rare(keys: &[KeyText]) -> Vec<KeyForm> {
    let forms = keys.first().map(|key| rare_forms(key).0).unwrap_or_default();
    forms.into_iter().filter(|form| form.cost > 0).collect()
}

type KeyForms = Forms<Zeroizing<Vec<u8>>>;

fn common_forms(given: &KeyText) -> KeyForms {
    let text = given.key();
    let around = |before: &[u8], after: &[u8]| Zeroizing::new([before, text, after].concat());
    let mut forms = Forms::new(around(b"", b""));
    forms.add(around(b"", b"\n"), &TRAILING_NEWLINE);
    if let Ok(bytes) = hex::decode(text) {
        forms.add(Zeroizing::new(bytes), &FROM_HEX);
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
    add_given_wrapped(&mut forms, given);
    add_spaced_cases(&mut forms, text);
    forms
}

/// Two mistakes with the key: its case, and what is around it.
fn add_spaced_cases(forms: &mut KeyForms, text: &[u8]) {
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

/// Words inside of what was given: the key may be one of them.
fn add_given_wrapped(forms: &mut KeyForms, given: &KeyText) {
    const SHORTEST: usize = 6;
    const MOST_WORDS: usize = 8;
    let text = String::from_utf8_lossy(given.key());
    let text = Zeroizing::new(text.into_owned());
    let is_word = |c: char| c.is_ascii_alphanumeric() || "+/=_-.~".contains(c);
    let wide = text.split(|c| !is_word(c)).map(|word| word.trim_end_matches(['.', '=']));
    let narrow = text.split(|c: char| !c.is_ascii_alphanumeric());
    let values = text.split(['=', ':', ' ', '\n']).map(|word| word.trim_matches(is_wrapping));
    let words = values.chain(narrow).chain(wide).filter(|word| word.len() >= SHORTEST);
    // The key is more often the last word than the first.
    let words: Vec<&str> = words.collect();
    for word in words.iter().rev().take(3 * MOST_WORDS) {
        forms.add(Zeroizing::new(word.as_bytes().to_vec()), &GIVEN_WRAPPED);
    }
}

fn is_wrapping(c: char) -> bool {
    c.is_whitespace() || "\"'`,;{}[]()<>“”‘’".contains(c)
}

fn rare_forms(given: &KeyText) -> KeyForms {
    let text = given.key();
    let mut forms = Forms::new(Zeroizing::new(text.to_vec()));
    add_named(&mut forms, text);
    add_absent(&mut forms);
    add_invisible(&mut forms, text);
    add_encoded(&mut forms, text);
    add_given_encoded(&mut forms, text);
    add_parts(&mut forms, text);
    add_longer(&mut forms, text);
    forms.add(Zeroizing::new(SAMPLE.to_vec()), &SAMPLE_KEY);
    forms
}

/// The names that settings with the key have.
const NAMES: [&str; 14] = [
    "OC_SECURITY_KEY",
    "SECURITY_KEY",
    "OC_KEY",
    "OC_API_KEY",
    "API_KEY",
    "APIKEY",
    "SECRET_KEY",
    "SECRET",
    "KEY",
    "OC_SECRET",
    "ONLINE_CONTACT_KEY",
    "ONLINE_CONTACT_SECURITY_KEY",
    "HMAC_KEY",
    "ENCRYPTION_KEY",
];

fn add_named(forms: &mut KeyForms, text: &[u8]) {
    let mut add = |before: String, after: &str, step: &'static Mistake| {
        let bytes = [before.as_bytes(), text, after.as_bytes()].concat();
        forms.add(Zeroizing::new(bytes), step);
    };
    for word in
        ["Bearer ", "bearer ", "Basic ", "HMAC ", "Key ", "key:", "key: ", "key=", "sha256="]
    {
        add(word.to_owned(), "", &PREFIXED);
    }
    for name in NAMES {
        let dotted = name.to_ascii_lowercase().replace('_', ".");
        let dashed = name.to_ascii_lowercase().replace('_', "-");
        let lower = name.to_ascii_lowercase();
        for name in [name, &lower, &dotted, &dashed] {
            for (colon, quote) in [
                ("=", ""),
                ("=", "\""),
                ("=", "'"),
                (" = ", ""),
                (": ", ""),
                (":", ""),
                (": ", "\""),
            ] {
                add(format!("{name}{colon}{quote}"), quote, &NAMED);
            }
        }
        for quote in ["", "\"", "'"] {
            add(format!("export {name}={quote}"), quote, &NAMED);
        }
    }
}

fn add_absent(forms: &mut KeyForms) {
    for word in
        ["undefined", "null", "None", "nil", "NaN", "false", "[object Object]", "\"\"", "''"]
    {
        forms.add(Zeroizing::new(word.as_bytes().to_vec()), &WORD);
    }
    let mut add = |word: &str| {
        forms.add(Zeroizing::new(word.as_bytes().to_vec()), &PLACEHOLDER);
    };
    for name in NAMES {
        let dotted = name.to_ascii_lowercase().replace('_', ".");
        let dashed = name.to_ascii_lowercase().replace('_', "-");
        for name in [name, &dotted, &dashed] {
            for (open, close) in [
                ("${", "}"),
                ("$", ""),
                ("{{", "}}"),
                ("{{ ", " }}"),
                ("%", "%"),
                ("#{", "}"),
                ("<", ">"),
                ("", ""),
            ] {
                add(&format!("{open}{name}{close}"));
            }
        }
    }
    for word in [
        "changeme",
        "changeit",
        "secret",
        "password",
        "test",
        "key",
        "your-key",
        "your_key",
        "YOUR_KEY",
        "your-api-key",
        "YOUR_API_KEY",
        "your-secret-key",
        "YOUR_SECRET_KEY",
        "your-security-key",
        "YOUR_SECURITY_KEY",
        "<your-key>",
        "<your key>",
        "암호화 키",
        "xxxx",
        "...",
        "…",
        "TODO",
    ] {
        add(word);
    }
}

fn add_invisible(forms: &mut KeyForms, text: &[u8]) {
    for letter in [
        "\u{200b}", "\u{a0}", "\u{feff}", "\u{200d}", "\u{200c}", "\u{2060}", "\u{3000}", "\u{ad}",
        "\u{200e}", "\u{2028}",
    ] {
        for parts in [[text, letter.as_bytes()], [letter.as_bytes(), text]] {
            forms.add(Zeroizing::new(parts.concat()), &INVISIBLE);
        }
    }
    let mut add = |before: &[u8], after: &[u8], step: &'static Mistake| {
        forms.add(Zeroizing::new([before, text, after].concat()), step);
    };
    for end in [&b"\t"[..], b"\r", b"\n\n", b"  ", b"\\n", b"\r\n\r\n"] {
        add(b"", end, &WHITE_SPACE);
    }
    for start in [&b"\n"[..], b"\t", b"\r\n"] {
        add(start, b"", &WHITE_SPACE);
    }
    add(b" ", b" ", &WHITE_SPACE);
    for (open, close) in [
        ("`", "`"),
        ("“", "”"),
        ("‘", "’"),
        ("<", ">"),
        ("[", "]"),
        ("{", "}"),
        ("\\\"", "\\\""),
        ("\"", ""),
        ("", "\""),
    ] {
        add(open.as_bytes(), close.as_bytes(), &QUOTED);
    }
    for end in [&b","[..], b";", b"."] {
        add(b"", end, &QUOTED);
    }
}

fn add_encoded(forms: &mut KeyForms, text: &[u8]) {
    let string = String::from_utf8_lossy(text);
    for little in [true, false] {
        for mark in [false, true] {
            forms.add(Zeroizing::new(utf_16(&string, little, mark)), &UTF_16);
        }
    }
    for hash in digests(text) {
        forms.add(Zeroizing::new(hex::encode(&hash).into_bytes()), &HASHED);
        forms.add(Zeroizing::new(hex::encode_upper(&hash).into_bytes()), &HASHED);
        forms.add(Zeroizing::new(STANDARD.encode(&hash).into_bytes()), &HASHED);
        forms.add(Zeroizing::new(hash), &HASHED);
    }
    forms.add(Zeroizing::new(hex::encode_upper(text).into_bytes()), &TO_HEX);
    let mut base64 = STANDARD.encode(text);
    forms.add(Zeroizing::new(base64.trim_end_matches('=').as_bytes().to_vec()), &TO_BASE64);
    base64.push('\n');
    forms.add(Zeroizing::new(base64.into_bytes()), &TO_BASE64);
    let with_newline = Zeroizing::new([text, b"\n"].concat());
    forms.add(Zeroizing::new(STANDARD.encode(&with_newline).into_bytes()), &TO_BASE64);
    forms.add(Zeroizing::new(text.iter().rev().copied().collect()), &REVERSED);
}

/// The key given in base64 or hexadecimal, perhaps with a line end inside, as `echo` adds one.
fn add_given_encoded(forms: &mut KeyForms, text: &[u8]) {
    let decoded = [lenient_base64(text), hex::decode(text).ok()];
    for bytes in decoded.into_iter().flatten().map(Zeroizing::new) {
        forms.add(Zeroizing::new(bytes.trim_ascii().to_vec()), &GIVEN_ENCODED);
    }
    let string = String::from_utf8_lossy(text);
    let visible: String = string.chars().filter(|c| !is_blank(*c)).collect();
    forms.add(Zeroizing::new(visible.into_bytes()), &GIVEN_BLANKS);
    let (first, second) = text.split_at(text.len() / 2);
    if first == second {
        forms.add(Zeroizing::new(first.to_vec()), &GIVEN_DOUBLED);
    }
    // With something between both.
    let half = text.len() / 2;
    if let (Some(first), Some(second)) = (text.get(..half), text.get(half + 1..))
        && first == second
    {
        forms.add(Zeroizing::new(first.to_vec()), &GIVEN_DOUBLED);
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// The start of the key, its end, and it twice.
fn add_parts(forms: &mut KeyForms, text: &[u8]) {
    for between in [&b""[..], b" ", b"\n", b","] {
        forms.add(Zeroizing::new([text, between, text].concat()), &DOUBLED);
    }
    let shortest = 4.min(text.len());
    for length in (shortest..text.len()).rev().take(64) {
        let (start, _) = text.split_at(length);
        let (_, end) = text.split_at(text.len() - length);
        forms.add(Zeroizing::new(start.to_vec()), &CUT);
        forms.add(Zeroizing::new(end.to_vec()), &CUT);
    }
}

/// The key with what a careless copy left out: one character, or two digits.
fn add_longer(forms: &mut KeyForms, text: &[u8]) {
    const DIGITS: &[u8] = b"0123456789abcdef";
    for letter in b'!'..=b'~' {
        forms.add(Zeroizing::new([text, &[letter]].concat()), &GIVEN_CUT);
        forms.add(Zeroizing::new([&[letter], text].concat()), &GIVEN_CUT);
    }
    if text.iter().all(u8::is_ascii_hexdigit) {
        for first in DIGITS {
            for second in DIGITS {
                forms.add(Zeroizing::new([text, &[*first, *second]].concat()), &GIVEN_CUT);
            }
        }
    }
}

//! The mistakes with bodies: one row each.

use super::json::{
    self, COMPACT, FOUR, JACKSON, LOOSE, Layout, PADDED, SPACED, TAB, TWO, hashed, kept, orders,
    reversed, sorted, sorted_without_case, without_empties, without_nulls,
};
use super::{encoded, objects, text};
use crate::explain::mistake::{Mistake, Side};
use crate::lang::Words;
use crate::text::of_hex_escapes;

/// A mistake with the body, and the forms that it gives a body.
pub(super) struct Row {
    pub(super) mistake: Mistake,
    pub(super) kind: Kind,
    reach: Reach,
    pub(super) forms: &'static [Variant],
}

/// A form, or several, and the detail that distinguishes it within its row.
pub(super) struct Variant {
    pub(super) en: &'static str,
    pub(super) ko: &'static str,
    pub(super) apply: Apply,
    /// Overrides that of the row.
    reach: Option<Reach>,
}

impl Row {
    pub(super) fn reach(&self, variant: &Variant) -> Reach {
        variant.reach.unwrap_or(self.reach)
    }
}

impl Variant {
    const fn only(self, reach: Reach) -> Self {
        Self { reach: Some(reach), ..self }
    }
}

/// The function that makes a form.
#[derive(Clone, Copy)]
pub(super) enum Apply {
    /// The form, or `None` where the change is not possible.
    One(fn(&[u8]) -> Option<Vec<u8>>),
    /// Several forms that need no telling apart.
    Many(fn(&[u8]) -> Vec<Vec<u8>>),
    /// Several forms with their names, which are the same in both languages.
    Named(fn(&[u8]) -> Vec<objects::Named>),
}

/// The combinations that a form takes part in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// With everything, and early.
    Common,
    /// With everything, late.
    Rare,
    /// With what follows the body only.
    Alone,
}

/// The stages of a program, in its order. Two mistakes of one stage exclude each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Text,
    Values,
    Order,
    Layout,
    Escapes,
    Slashes,
    LineEnds,
    Charset,
    Mark,
    Wrapped,
    /// Nothing of the body is left to be changed.
    Replaced,
}

const SERIALIZED: Words = Words::fixed(
    "Serialize the body once, keep the bytes, sign these and send these. On the server, verify the \
     raw body before anything parses it. If neither side writes the JSON again, a proxy, gateway or \
     firewall does: switch that off for this route.",
    "본문을 한 번만 직렬화한 뒤 그 바이트에 서명하고 그대로 보내십시오. 서버는 파싱하기 전의 원본 본문으로 \
     검증해야 합니다. 양쪽 모두 JSON을 다시 쓰지 않는다면 중간의 프록시, 게이트웨이, 방화벽이 바꾸는 것이니 이 \
     경로에서는 끄십시오.",
);

const FILTERED: Words = Words::fixed(
    "A filter against cross-site scripting (such as Lucy) or a template escapes the body. Verify the \
     raw body in front of that filter, and escape when the text is shown, not when it comes in.",
    "XSS 필터(Lucy 등)나 템플릿이 본문을 이스케이프합니다. 필터보다 앞에서 원본 본문을 검증하고, 이스케이프는 \
     입력이 아니라 화면에 표시할 때 하십시오.",
);

const LINE_ENDS: Words = Words::fixed(
    "Sign the very bytes that are sent. Line ends are changed by editors, Windows, git (autocrlf), \
     loggers and `curl -d @file`, which removes them: use `--data-binary @file`.",
    "보내는 바이트를 그대로 서명하십시오. 편집기, Windows, git(autocrlf), 로그가 줄 끝을 바꾸고, \
     `curl -d @file`은 줄 끝을 지웁니다. `--data-binary @file`을 사용하십시오.",
);

const CHARSET: Words = Words::fixed(
    "Sign and send the same bytes in UTF-8: getBytes(UTF_8) in Java, never the platform's default; on \
     the server, verify bytes and not a decoded text.",
    "같은 UTF-8 바이트를 서명하고 보내십시오. Java라면 플랫폼 기본 인코딩이 아니라 getBytes(UTF_8)을 \
     사용하고, 서버는 디코딩한 글자가 아니라 바이트로 검증해야 합니다.",
);

const WRAPPED: Words = Words::fixed(
    "Sign the body as it is sent: not URL-encoded, not serialized twice, and after it has been \
     written, not before. On the server, take the body before a parser or a filter has read it away.",
    "보내는 본문 그대로 서명하십시오. URL 인코딩하거나 두 번 직렬화하지 말고, 본문을 다 만든 뒤에 서명해야 \
     합니다. 서버는 파서나 필터가 본문을 읽어 버리기 전에 본문을 가져와야 합니다.",
);

const ENCODED: Words = Words::fixed(
    "Sign the bytes of the body that travel, not an encoding or a hash of them. Behind an API gateway, \
     decode base64 first (isBase64Encoded); where the body is compressed, sign and verify what is \
     sent, before decompression.",
    "전송되는 본문 바이트 자체에 서명하십시오. 인코딩한 값이나 해시가 아닙니다. API Gateway 뒤에서는 먼저 \
     base64를 디코딩하고(isBase64Encoded), 압축한 본문은 압축을 풀기 전의 전송된 바이트로 서명하고 검증해야 \
     합니다.",
);

const LOGGED: Words = Words::fixed(
    "The capture is a log that escapes the body, and the signature fits the body without the escapes. \
     Take a capture that keeps the bytes before looking further.",
    "본문을 이스케이프하는 로그를 캡처한 것이며, 서명은 이스케이프하지 않은 본문과 맞습니다. 더 살펴보기 전에 \
     바이트를 그대로 보존하는 방법으로 다시 캡처하십시오.",
);

const fn row(
    (id, kind, reach): (&'static str, Kind, Reach),
    advice: Words,
    what: (&'static str, &'static str),
    forms: &'static [Variant],
) -> Row {
    let what = Words::fixed(what.0, what.1);
    Row { mistake: Mistake { id, side: Side::Between, what, advice }, kind, reach, forms }
}

const fn plain(apply: fn(&[u8]) -> Option<Vec<u8>>) -> Variant {
    Variant { en: "", ko: "", apply: Apply::One(apply), reach: None }
}

/// A form whose detail is the same in both languages.
const fn named(name: &'static str, apply: fn(&[u8]) -> Option<Vec<u8>>) -> Variant {
    Variant { en: name, ko: name, apply: Apply::One(apply), reach: None }
}

const fn form(en: &'static str, ko: &'static str, apply: fn(&[u8]) -> Option<Vec<u8>>) -> Variant {
    Variant { en, ko, apply: Apply::One(apply), reach: None }
}

const fn many(apply: fn(&[u8]) -> Vec<Vec<u8>>) -> Variant {
    Variant { en: "", ko: "", apply: Apply::Many(apply), reach: None }
}

use Kind::{
    Charset, Escapes, Layout as Laid, LineEnds, Mark, Order, Replaced, Slashes, Values, Wrapped,
};
use Reach::{Alone, Common, Rare};

pub(in crate::explain) const LINE_ENDS_REMOVED: &str = "body_line_ends_removed";

/// All of them. A form that equals an earlier one costs nothing.
pub(super) static ROWS: &[Row] = &[
    row(
        ("body_unicode_normalized", Kind::Text, Rare),
        CHARSET,
        (
            "the body in another Unicode normalization form (NFC, NFD)",
            "유니코드 정규화 형식(NFC, NFD)이 다른 본문",
        ),
        &[
            named("NFD", text::nfd),
            named("NFC", text::nfc),
            named("NFKC", text::nfkc),
            named("NFKD", text::nfkd),
        ],
    ),
    row(
        ("body_json_numbers", Values, Rare),
        SERIALIZED,
        ("the JSON with its numbers written in another way", "숫자를 다른 방식으로 다시 쓴 JSON"),
        &[
            named("JavaScript: 1.0 → 1", |body| json::mapped(body, json::javascript_numbers)),
            named("Gson: 1 → 1.0", |body| json::mapped(body, json::java_doubles)),
            named("1 → 1.0", |body| json::mapped(body, json::decimals)),
            named("Java double: 1e3 → 1000.0", |body| json::mapped(body, json::java_fractions)),
            named("Python float: 1e3 → 1000.0", |body| json::mapped(body, json::python_floats)),
        ],
    ),
    row(
        ("body_json_number_strings", Values, Rare),
        SERIALIZED,
        (
            "the JSON with strings turned into numbers, or numbers into strings",
            "문자열을 숫자로, 또는 숫자를 문자열로 바꾼 JSON",
        ),
        &[
            named("\"1\" → 1", |body| json::mapped(body, json::unquoted_numbers)),
            named("\"01\" → 1", |body| json::mapped(body, json::parsed_integers)),
            named("\"true\" → true", |body| json::mapped(body, json::unquoted_values)),
            named("1 → \"1\"", |body| json::mapped(body, json::quoted_numbers)),
            named("true → \"true\"", |body| json::mapped(body, json::quoted_values)),
        ],
    ),
    row(
        ("body_json_nulls", Values, Rare),
        SERIALIZED,
        (
            "the JSON with null or empty members left out or replaced",
            "null이거나 빈 항목을 빼거나 바꾼 JSON",
        ),
        &[
            form("null left out", "null을 뺌", |body| changed(body, &COMPACT, without_nulls)),
            form("null and empty left out", "null과 빈 값을 뺌", |body| {
                changed(body, &COMPACT, without_empties)
            }),
            named("null → \"\"", |body| json::mapped(body, json::nulls_emptied)),
            named("null → \"null\"", |body| json::mapped(body, json::nulls_quoted)),
            named("\"\" → null", |body| json::mapped(body, json::empties_nulled)),
        ],
    ),
    row(
        ("body_json_strings_trimmed", Values, Alone),
        SERIALIZED,
        ("the JSON with the blanks around its strings removed", "문자열 앞뒤의 공백을 뺀 JSON"),
        &[plain(|body| json::mapped(body, json::trimmed_strings))],
    ),
    row(
        ("body_json_sorted", Order, Common),
        SERIALIZED,
        ("the JSON with its keys sorted", "키를 정렬한 JSON"),
        &[
            plain(|body| changed(body, &COMPACT, sorted)),
            form("a blank after commas and colons", "쉼표와 콜론 뒤에 공백", |body| {
                changed(body, &SPACED, sorted)
            }),
            named("2", |body| changed(body, &TWO, sorted)),
            named("4", |body| changed(body, &FOUR, sorted)),
            form("without regard to case", "대소문자 무시", |body| {
                changed(body, &COMPACT, sorted_without_case)
            }),
        ],
    ),
    row(
        ("body_json_order", Order, Rare),
        SERIALIZED,
        ("the JSON with its members in another order", "항목의 순서가 다른 JSON"),
        &[
            named("Java HashMap", |body| changed(body, &COMPACT, hashed)),
            form("reversed", "역순", |body| changed(body, &COMPACT, reversed)),
            many(|body| orders(body, &[&COMPACT, &SPACED, &TWO])).only(Alone),
        ],
    ),
    row(
        ("body_json_compact", Laid, Common),
        SERIALIZED,
        ("the JSON without white space", "공백 없는 JSON"),
        &[plain(|body| laid(body, &COMPACT))],
    ),
    row(
        ("body_json_spaced", Laid, Common),
        SERIALIZED,
        (
            "the JSON with a blank after commas and colons, as Python writes it",
            "쉼표와 콜론 뒤에 공백이 있는 JSON(Python 방식)",
        ),
        &[plain(|body| laid(body, &SPACED))],
    ),
    row(
        ("body_json_spaced", Laid, Rare),
        SERIALIZED,
        (
            "the JSON with blanks after colons or inside braces",
            "콜론 뒤나 중괄호 안에 공백이 있는 JSON",
        ),
        &[plain(|body| laid(body, &LOOSE)), plain(|body| laid(body, &PADDED))],
    ),
    row(
        ("body_json_pretty", Laid, Common),
        SERIALIZED,
        ("the JSON with line breaks and indents", "줄바꿈과 들여쓰기가 있는 JSON"),
        &[
            named("2", |body| laid(body, &TWO)),
            named("4", |body| laid(body, &FOUR)),
            form("tab", "탭", |body| laid(body, &TAB)).only(Rare),
            named("Jackson", |body| laid(body, &JACKSON)).only(Rare),
        ],
    ),
    row(
        ("body_ascii_escaped", Escapes, Common),
        SERIALIZED,
        ("the JSON with \\uXXXX for all but ASCII", "ASCII가 아닌 글자를 \\uXXXX로 바꾼 JSON"),
        &[
            plain(|body| text::ascii_escaped(body, false)),
            form("upper case", "대문자", |body| text::ascii_escaped(body, true)).only(Rare),
        ],
    ),
    row(
        ("body_unescaped", Escapes, Common),
        SERIALIZED,
        ("the JSON with characters in place of \\uXXXX", "\\uXXXX를 글자로 바꾼 JSON"),
        &[plain(text::unescaped)],
    ),
    row(
        ("body_python_json", Escapes, Common),
        SERIALIZED,
        (
            "the JSON as Python's json.dumps writes it: blanks, and \\uXXXX escapes",
            "Python json.dumps가 쓰는 JSON(공백과 \\uXXXX)",
        ),
        &[
            plain(|body| text::ascii_escaped(&laid(body, &SPACED)?, false)),
            named("sort_keys", |body| text::ascii_escaped(&changed(body, &SPACED, sorted)?, false)),
        ],
    ),
    row(
        ("body_dotnet_escaped", Escapes, Rare),
        SERIALIZED,
        (
            "the JSON as System.Text.Json (.NET) escapes it: \\uXXXX, also for <, >, &, ' and +",
            "System.Text.Json(.NET)이 이스케이프한 JSON(<, >, &, ', +도 \\uXXXX)",
        ),
        &[plain(|body| {
            text::ascii_escaped(&text::or_same(body, dotnet), true).or_else(|| dotnet(body))
        })],
    ),
    row(
        ("body_slash_escaped", Slashes, Common),
        SERIALIZED,
        ("the JSON with \\/ for slashes, as PHP writes it", "빗금을 \\/로 바꾼 JSON(PHP 방식)"),
        &[plain(slashes)],
    ),
    row(
        ("body_php_json", Slashes, Common),
        SERIALIZED,
        (
            "the JSON as PHP's json_encode writes it: \\/ for slashes, and \\uXXXX escapes",
            "PHP json_encode가 쓰는 JSON(\\/와 \\uXXXX 이스케이프)",
        ),
        &[
            plain(|body| text::ascii_escaped(&slashes(&laid(body, &COMPACT)?)?, false)),
            named("JSON_PRETTY_PRINT", |body| {
                text::ascii_escaped(&text::or_same(&laid(body, &FOUR)?, slashes), false)
            }),
        ],
    ),
    row(
        ("body_html_escaped", Slashes, Rare),
        SERIALIZED,
        (
            "the JSON with \\u003c, \\u003e and \\u0026 for <, > and &, as Go and Gson write it",
            "<, >, &를 \\u003c, \\u003e, \\u0026으로 바꾼 JSON(Go, Gson 방식)",
        ),
        &[
            named("Go", |body| text::replaced(body, GO_ESCAPES)),
            named("Gson", |body| text::replaced(body, GSON_ESCAPES)),
            named("PHP", |body| text::replaced(body, PHP_ESCAPES)),
        ],
    ),
    row(
        ("body_go_json", Slashes, Rare),
        SERIALIZED,
        (
            "the JSON as Go marshals a map: sorted, <, > and & escaped",
            "Go가 map을 직렬화한 JSON(키 정렬, <, >, & 이스케이프)",
        ),
        &[plain(|body| text::replaced(&changed(body, &COMPACT, sorted)?, GO_ESCAPES))],
    ),
    row(
        ("body_html_entities", Slashes, Alone),
        FILTERED,
        (
            "the body with HTML entities (&quot; for a quote)",
            "HTML 엔티티로 바꾼 본문(따옴표를 &quot;로)",
        ),
        &[many(text::entities), form("undone", "되돌림", text::entities_undone)],
    ),
    row(
        ("body_crlf", LineEnds, Common),
        LINE_ENDS,
        ("the body with CR LF at its line ends", "줄 끝이 CR LF인 본문"),
        &[plain(text::crlf)],
    ),
    row(
        ("body_lf", LineEnds, Common),
        LINE_ENDS,
        ("the body with LF at its line ends", "줄 끝이 LF인 본문"),
        &[plain(text::lf)],
    ),
    row(
        (LINE_ENDS_REMOVED, LineEnds, Rare),
        LINE_ENDS,
        ("the body without its line ends", "줄바꿈을 뺀 본문"),
        &[plain(|body| text::replaced(body, &[(b'\r', b""), (b'\n', b"")]))],
    ),
    row(
        ("body_trimmed", LineEnds, Rare),
        LINE_ENDS,
        ("the body without the white space around it", "앞뒤의 공백을 뺀 본문"),
        &[plain(|body| Some(body.trim_ascii().to_vec()))],
    ),
    row(
        ("body_euc_kr", Charset, Common),
        CHARSET,
        (
            "the body in EUC-KR (CP949) in place of UTF-8, or the other way round",
            "UTF-8 대신 EUC-KR(CP949)인 본문, 또는 그 반대",
        ),
        &[plain(text::euc_kr), form("decoded", "디코딩", text::of_euc_kr)],
    ),
    row(
        ("body_utf_16", Charset, Rare),
        CHARSET,
        ("the body in UTF-16", "UTF-16인 본문"),
        &[
            form("big-endian, marked", "빅 엔디언, BOM 포함", |body| {
                text::utf_16(body, false, true)
            }),
            form("little-endian", "리틀 엔디언", |body| text::utf_16(body, true, false)),
            form("little-endian, marked", "리틀 엔디언, BOM 포함", |body| {
                text::utf_16(body, true, true)
            }),
            form("big-endian", "빅 엔디언", |body| text::utf_16(body, false, false)),
        ],
    ),
    row(
        ("body_latin_1", Charset, Common),
        CHARSET,
        ("the body in UTF-8 that was taken for Latin-1", "UTF-8을 Latin-1로 잘못 읽은 본문"),
        &[
            plain(text::mojibake),
            named("Windows-1252", text::windows_mojibake).only(Rare),
            form("undone", "되돌림", text::unmojibake).only(Rare),
            named("EUC-KR", text::korean_mojibake).only(Rare),
        ],
    ),
    row(
        ("body_question_marks", Charset, Rare),
        CHARSET,
        (
            "the body with question marks for all but ASCII",
            "ASCII가 아닌 글자가 물음표로 바뀐 본문",
        ),
        &[
            plain(text::question_marks),
            form("one for each byte", "바이트마다 하나씩", text::question_marks_of_bytes),
        ],
    ),
    row(
        ("body_lossy", Charset, Rare),
        CHARSET,
        ("the body with U+FFFD for what is not UTF-8", "UTF-8이 아닌 바이트가 U+FFFD로 바뀐 본문"),
        &[plain(text::lossy), named("ASCII", text::lossy_ascii)],
    ),
    row(
        ("body_byte_order_mark", Mark, Common),
        CHARSET,
        (
            "the body with a byte order mark before it, or without the one it has",
            "앞에 BOM이 붙었거나 빠진 본문",
        ),
        &[form("added", "더함", text::marked), form("removed", "뺌", text::unmarked)],
    ),
    row(
        ("body_url_encoded", Wrapped, Common),
        WRAPPED,
        ("the body URL-encoded", "URL 인코딩한 본문"),
        &[
            plain(|body| Some(text::component(body))),
            form("a blank as +", "공백을 +로", |body| Some(text::form_encoded(body))),
            named("RFC 3986", |body| Some(text::quoted(body))).only(Rare),
        ],
    ),
    row(
        ("body_url_decoded", Wrapped, Common),
        WRAPPED,
        ("the body URL-decoded", "URL 디코딩한 본문"),
        &[plain(text::percent_decoded), form("+ as a blank", "+를 공백으로", text::form_decoded)],
    ),
    row(
        ("body_json_string", Wrapped, Common),
        WRAPPED,
        ("the body as a JSON string (serialized twice)", "JSON 문자열로 감싼(두 번 직렬화한) 본문"),
        &[plain(text::json_string), form("undone", "되돌림", text::of_json_string)],
    ),
    row(
        ("body_base64", Wrapped, Common),
        ENCODED,
        ("the body in base64, or decoded from it", "base64로 인코딩했거나 디코딩한 본문"),
        &[
            plain(encoded::base64),
            form("decoded", "디코딩", encoded::of_base64),
            named("URL-safe", encoded::base64_url).only(Alone),
            named("URL-safe", encoded::base64_url_padded).only(Alone),
            named("MIME", encoded::base64_mime).only(Alone),
        ],
    ),
    row(
        ("body_hexadecimal", Wrapped, Alone),
        ENCODED,
        ("the body in hexadecimal", "16진수로 적은 본문"),
        &[plain(encoded::hexadecimal)],
    ),
    row(
        ("body_compressed", Wrapped, Alone),
        ENCODED,
        ("the body before or after compression (gzip)", "압축(gzip) 전이나 후의 본문"),
        &[
            form("decompressed", "압축을 풂", encoded::decompressed),
            Variant {
                en: "compressed",
                ko: "압축함",
                apply: Apply::Many(encoded::compressed),
                reach: None,
            },
        ],
    ),
    row(
        ("body_hash", Wrapped, Alone),
        ENCODED,
        ("a hash (digest) of the body in its place", "본문 대신 본문의 해시(digest)"),
        &[many(encoded::hashes)],
    ),
    row(
        ("body_log_escaped", Wrapped, Rare),
        LOGGED,
        (
            "the body without the escapes of a log (\\x22 of nginx, \\\" of JSON)",
            "로그가 이스케이프하기 전의 본문(nginx의 \\x22, JSON의 \\\")",
        ),
        &[
            named("\\x22", of_hex_escapes),
            named("\\\"", |body| text::of_json_string(&[b"\"", body, b"\""].concat())),
        ],
    ),
    row(
        ("body_quotes_lost", Wrapped, Alone),
        WRAPPED,
        (
            "the body with its quotes, which a shell took away on the way",
            "셸이 따옴표를 없애기 전의 본문",
        ),
        &[
            plain(text::requoted),
            form("without quotes", "따옴표 없이", |body| text::replaced(body, &[(b'"', b"")])),
            form("in single quotes", "작은따옴표로 감쌈", |body| {
                Some([b"'", body, b"'"].concat())
            }),
        ],
    ),
    row(
        ("body_form_fields", Replaced, Common),
        WRAPPED,
        ("the body as fields of a form or a query", "폼이나 쿼리의 필드로 바꾼 본문"),
        &[many(objects::form_fields)],
    ),
    row(
        ("body_form_parameter", Replaced, Alone),
        WRAPPED,
        (
            "the body as a parameter of a form, or as its name (getParameterMap)",
            "폼 파라미터의 값이나 이름이 된 본문(getParameterMap)",
        ),
        &[many(objects::form_parameters)],
    ),
    row(
        ("body_object_text", Replaced, Alone),
        WRAPPED,
        (
            "the parsed body as the text of an object, not as JSON (dict, Map.toString)",
            "JSON이 아니라 객체를 글자로 바꾼 본문(dict, Map.toString)",
        ),
        &[
            Variant { en: "", ko: "", apply: Apply::Named(objects::texts), reach: None },
            named("PHP print_r", objects::php),
            named("Python bytes", objects::python_bytes),
        ],
    ),
    row(
        ("body_values", Replaced, Alone),
        WRAPPED,
        ("the values of the body alone, joined", "본문의 값만 이어 붙임"),
        &[many(objects::values)],
    ),
    row(
        ("body_empty", Replaced, Common),
        WRAPPED,
        ("an empty body", "빈 본문"),
        &[plain(|_| Some(Vec::new()))],
    ),
    row(
        ("body_empty_object", Replaced, Rare),
        WRAPPED,
        ("an empty object or array in place of the body: {}", "본문 대신 빈 객체나 배열({})"),
        &[named("{}", |_| Some(b"{}".to_vec())), named("[]", |_| Some(b"[]".to_vec()))],
    ),
    row(
        ("body_object_object", Replaced, Rare),
        WRAPPED,
        (
            "[object Object], which JavaScript makes of an object",
            "JavaScript 객체를 글자로 바꾼 [object Object]",
        ),
        &[plain(|_| Some(b"[object Object]".to_vec()))],
    ),
    row(
        ("body_word", Replaced, Rare),
        WRAPPED,
        (
            "a word for nothing in place of the body: null, undefined, None",
            "본문 대신 없음을 뜻하는 단어(null, undefined, None)",
        ),
        &[
            named("null", |_| Some(b"null".to_vec())),
            named("undefined", |_| Some(b"undefined".to_vec())),
            named("None", |_| Some(b"None".to_vec())),
            named("nil", |_| Some(b"nil".to_vec())),
            named("<nil>", |_| Some(b"<nil>".to_vec())),
            named("NaN", |_| Some(b"NaN".to_vec())),
            named("Array", |_| Some(b"Array".to_vec())),
            named("false", |_| Some(b"false".to_vec())),
            named("\"\"", |_| Some(b"\"\"".to_vec())),
        ],
    ),
];

const GO_ESCAPES: &[(u8, &[u8])] = &[(b'<', b"\\u003c"), (b'>', b"\\u003e"), (b'&', b"\\u0026")];
const GSON_ESCAPES: &[(u8, &[u8])] = &[
    (b'<', b"\\u003c"),
    (b'>', b"\\u003e"),
    (b'&', b"\\u0026"),
    (b'=', b"\\u003d"),
    (b'\'', b"\\u0027"),
];
const PHP_ESCAPES: &[(u8, &[u8])] =
    &[(b'<', b"\\u003C"), (b'>', b"\\u003E"), (b'&', b"\\u0026"), (b'\'', b"\\u0027")];
const DOTNET_ESCAPES: &[(u8, &[u8])] = &[
    (b'<', b"\\u003C"),
    (b'>', b"\\u003E"),
    (b'&', b"\\u0026"),
    (b'\'', b"\\u0027"),
    (b'+', b"\\u002B"),
    (b'`', b"\\u0060"),
];

fn dotnet(body: &[u8]) -> Option<Vec<u8>> {
    text::replaced(body, DOTNET_ESCAPES)
}

/// The body with its tree changed; `None` if the layout alone differs, which has a row of its own.
fn changed(body: &[u8], layout: &Layout, change: fn(&mut json::Node<'_>)) -> Option<Vec<u8>> {
    let same = laid(body, layout)?;
    json::relaid(body, layout, change).filter(|changed| *changed != same)
}

fn laid(body: &[u8], layout: &Layout) -> Option<Vec<u8>> {
    json::relaid(body, layout, kept)
}

fn slashes(body: &[u8]) -> Option<Vec<u8>> {
    text::replaced(body, &[(b'/', b"\\/")])
}

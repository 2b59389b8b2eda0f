//! Every mistake: its name, and how the sender makes it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::draft::{
    Draft, MOMENT, base64, hex, hmac_sha1, hmac_sha512, key_then_message, message_alone,
    message_then_key,
};
use super::texts::{ASCII, COMPACT, FOUR, JACKSON, PRETTY, SORTED, SPACED, TAB};

/// The part of a signature that a mistake changes. Two in different parts make a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Key,
    Body,
    Time,
    Message,
    Uri,
    Mode,
    Writing,
}

/// A mistake.
pub(crate) struct Case {
    pub(crate) id: &'static str,
    pub(crate) part: Part,
    /// The body that is sent, where it must be a certain one.
    pub(crate) sent: Option<&'static str>,
    /// The scheme of the server, where it must be a certain one.
    pub(crate) uri_scheme: Option<bool>,
    /// Whether the key has no part in the MAC.
    pub(crate) keyless: bool,
    /// Other names that give the same bytes.
    pub(crate) same_as: &'static [&'static str],
    pub(crate) apply: fn(&mut Draft),
}

const fn case(id: &'static str, part: Part, apply: fn(&mut Draft)) -> Case {
    Case { id, part, sent: None, uri_scheme: None, keyless: false, same_as: &[], apply }
}

impl Case {
    const fn sent(mut self, body: &'static str) -> Self {
        self.sent = Some(body);
        self
    }

    const fn uri(mut self, uri_scheme: bool) -> Self {
        self.uri_scheme = Some(uri_scheme);
        self
    }

    const fn keyless(mut self) -> Self {
        self.keyless = true;
        self
    }

    const fn or(mut self, ids: &'static [&'static str]) -> Self {
        self.same_as = ids;
        self
    }
}

pub(crate) fn all() -> Vec<Case> {
    [keys(), bodies(), texts(), times(), messages(), uris(), macs(), writings()]
        .into_iter()
        .flatten()
        .collect()
}

fn keys() -> Vec<Case> {
    use Part::Key;
    vec![
        case("key_trailing_newline", Key, |d| d.key.push(b'\n')),
        case("key_trailing_crlf", Key, |d| d.key.extend(b"\r\n")),
        case("key_trailing_space", Key, |d| d.key.push(b' ')),
        case("key_leading_space", Key, |d| d.key.insert(0, b' ')),
        case("key_quoted", Key, |d| d.key = [b"\"", &d.key[..], b"\""].concat()),
        case("key_byte_order_mark", Key, |d| d.key = [b"\xef\xbb\xbf", &d.key[..]].concat()),
        case("key_from_hex", Key, |d| {
            let digit = |byte: u8| char::from(byte).to_digit(16).unwrap();
            let byte = |pair: &[u8]| u8::try_from(digit(pair[0]) * 16 + digit(pair[1])).unwrap();
            d.key = d.key.chunks(2).map(byte).collect();
        }),
        case("key_from_base64", Key, |d| d.key = STANDARD.decode(&d.key).unwrap()),
        case("key_to_hex", Key, |d| d.key = hex(&d.key).into_bytes()),
        case("key_to_base64", Key, |d| d.key = STANDARD.encode(&d.key).into_bytes()),
        case("key_upper_case", Key, |d| d.key.make_ascii_uppercase()),
        case("key_empty", Key, |d| d.key.clear()),
    ]
}

/// Bodies written again.
fn bodies() -> Vec<Case> {
    use Part::Body;
    vec![
        case("body_json_compact", Body, |d| d.body = COMPACT.into()).sent(PRETTY),
        case("body_json_spaced", Body, |d| d.body = SPACED.into()).sent(COMPACT),
        case("body_json_pretty", Body, |d| d.body = PRETTY.into()).sent(COMPACT),
        case("body_json_pretty", Body, |d| d.body = FOUR.into()).sent(PRETTY),
        case("body_json_pretty", Body, |d| d.body = TAB.into()).sent(COMPACT),
        case("body_json_pretty", Body, |d| d.body = JACKSON.into()).sent(COMPACT),
        case("body_json_sorted", Body, |d| d.body = SORTED.into()).sent(COMPACT),
        case("body_json_numbers", Body, |d| d.body = COMPACT.replace("2.50", "2.5").into())
            .sent(COMPACT),
        case("body_ascii_escaped", Body, |d| d.body = ASCII.into()).sent(COMPACT),
        case("body_ascii_escaped", Body, |d| {
            d.body = ASCII
                .replace("ud64d", "uD64D")
                .replace("uae38", "uAE38")
                .replace("ub3d9", "uB3D9")
                .into();
        })
        .sent(COMPACT),
        case("body_unescaped", Body, |d| d.body = COMPACT.into()).sent(ASCII),
        case("body_slash_escaped", Body, |d| d.body = COMPACT.replace('/', "\\/").into())
            .sent(COMPACT),
        case("body_html_escaped", Body, |d| {
            let text = COMPACT.replace('<', "\\u003c").replace('>', "\\u003e");
            d.body = text.replace('&', "\\u0026").into();
        })
        .sent(COMPACT),
        case("body_crlf", Body, |d| d.body = PRETTY.replace('\n', "\r\n").into()).sent(PRETTY),
        case("body_lf", Body, |d| d.body = b"{\n\"a\":1\n}".to_vec()).sent("{\r\n\"a\":1\r\n}"),
        case("body_line_ends_removed", Body, |d| d.body = PRETTY.replace('\n', "").into())
            .sent(PRETTY),
        case("body_trailing_newline_added", Body, |d| d.body.push(b'\n'))
            .or(&["time_delimiter_newline"]),
        case("body_trailing_newline_removed", Body, |d| d.body = b"{\"a\":1}".to_vec())
            .sent("{\"a\":1}\n"),
        case("body_empty", Body, |d| d.body.clear()),
        case("body_object_object", Body, |d| d.body = b"[object Object]".to_vec()),
        case("body_json_string", Body, |d| {
            d.body = format!("\"{}\"", COMPACT.replace('"', "\\\"")).into();
        })
        .sent(COMPACT),
    ]
}

/// Bodies in another encoding.
fn texts() -> Vec<Case> {
    use Part::Body;
    vec![
        case("body_euc_kr", Body, |d| d.body = b"\xc8\xab\xb1\xe6\xb5\xbf".to_vec()).sent("홍길동"),
        // A letter that only code page 949 has.
        case("body_euc_kr", Body, |d| d.body = b"\x8c\x63".to_vec()).sent("똠"),
        case("body_utf_16", Body, |d| d.body = b"\xfe\xff\xd6\x4d".to_vec()).sent("홍"),
        case("body_utf_16", Body, |d| d.body = b"\x4d\xd6".to_vec()).sent("홍"),
        case("body_latin_1", Body, |d| d.body = "Ã©".into()).sent("é"),
        case("body_latin_1", Body, |d| d.body = "é".into()).sent("Ã©"),
        case("body_question_marks", Body, |d| d.body = b"{\"a\":\"???\"}".to_vec())
            .sent("{\"a\":\"홍길동\"}"),
        case("body_byte_order_mark", Body, |d| d.body = [b"\xef\xbb\xbf", &d.body[..]].concat()),
        case("body_byte_order_mark", Body, |d| d.body = b"{}".to_vec()).sent("\u{feff}{}"),
        case("body_url_encoded", Body, |d| d.body = b"%7B%22a%22%3A%22b%20c%22%7D".to_vec())
            .sent("{\"a\":\"b c\"}"),
        case("body_url_encoded", Body, |d| d.body = b"%7B%22a%22%3A%22b+c%22%7D".to_vec())
            .sent("{\"a\":\"b c\"}"),
        case("body_url_decoded", Body, |d| d.body = b"{\"a\":1}".to_vec())
            .sent("%7B%22a%22%3A1%7D"),
        case("body_form_fields", Body, |d| d.body = b"callNum=1&name=%ED%99%8D".to_vec())
            .sent("{\"callNum\":1,\"name\":\"홍\"}"),
    ]
}

fn times() -> Vec<Case> {
    use Part::Time;
    vec![
        case("time_seconds", Time, |d| d.time = b"1732400000".to_vec()),
        case("time_rounded", Time, |d| d.time = b"1732400000000".to_vec()),
        case("time_microseconds", Time, |d| d.time.extend(b"000")),
        case("time_microseconds", Time, |d| d.time.extend(b"000000")),
        case("time_decimal_point", Time, |d| d.time.extend(b".0")),
        case("time_decimal_point", Time, |d| d.time = b"1732400000.123".to_vec()),
        case("time_iso_8601", Time, |d| d.time = b"2024-11-23T22:13:20Z".to_vec()),
        case("time_iso_8601", Time, |d| d.time = b"2024-11-23T22:13:20.123Z".to_vec()),
        case("time_http_date", Time, |d| d.time = b"Sat, 23 Nov 2024 22:13:20 GMT".to_vec()),
        case("time_quoted", Time, |d| d.time = format!("\"{MOMENT}\"").into()),
        case("time_missing", Time, |d| d.time.clear()),
        case("time_of_other_header", Time, |d| d.time = b"1732399999000".to_vec()),
        case("time_of_other_header", Time, |d| d.time = b"Sat, 23 Nov 2024 22:13:19 GMT".to_vec()),
        case("time_of_other_header", Time, |d| d.time = b"1732399999777".to_vec()),
    ]
}

fn messages() -> Vec<Case> {
    use Part::Message;
    vec![
        case("time_delimiter_newline", Message, |d| d.delimiter = b"\n".to_vec())
            .or(&["body_trailing_newline_added"]),
        case("time_delimiter_crlf", Message, |d| d.delimiter = b"\r\n".to_vec())
            .or(&["body_trailing_newline_added"]),
        case("time_delimiter_dot", Message, |d| d.delimiter = b".".to_vec()),
        case("time_delimiter_colon", Message, |d| d.delimiter = b":".to_vec()),
        case("time_delimiter_comma", Message, |d| d.delimiter = b",".to_vec()),
        case("time_delimiter_pipe", Message, |d| d.delimiter = b"|".to_vec()),
        case("time_delimiter_ampersand", Message, |d| d.delimiter = b"&".to_vec()),
        case("time_delimiter_space", Message, |d| d.delimiter = b" ".to_vec()),
        case("time_delimiter_semicolon", Message, |d| d.delimiter = b";".to_vec()),
        case("time_delimiter_hyphen", Message, |d| d.delimiter = b"-".to_vec()),
        case("time_delimiter_underscore", Message, |d| d.delimiter = b"_".to_vec()),
        case("time_delimiter_plus", Message, |d| d.delimiter = b"+".to_vec()),
        case("time_delimiter_slash", Message, |d| d.delimiter = b"/".to_vec()),
        case("time_delimiter_tab", Message, |d| d.delimiter = b"\t".to_vec()),
        case("message_trailing_newline", Message, |d| d.end = b"\n".to_vec()),
        case("message_trailing_crlf", Message, |d| d.end = b"\r\n".to_vec()),
        case("time_before_body", Message, |d| d.time_first = true),
        case("time_before_body", Message, |d| {
            d.time_first = true;
            d.delimiter = b".".to_vec();
        }),
    ]
}

fn uris() -> Vec<Case> {
    use Part::Uri;
    let uri = |id, apply| case(id, Uri, apply).uri(true);
    vec![
        case("scheme_uri_body_time", Uri, |d| d.uri = super::draft::PATH.into()).uri(false),
        uri("scheme_body_time", |d| d.uri.clear()),
        uri("uri_with_query", |d| d.uri.extend(b"?src=oc")),
        uri("uri_full_url", |d| d.uri = [b"https://crm.example.com", &d.uri[..]].concat()),
        uri("uri_full_url", |d| d.uri = [b"http://crm.example.com", &d.uri[..]].concat()),
        uri("uri_full_url", |d| {
            d.uri = [b"https://crm.example.com", &d.uri[..], b"?src=oc"].concat();
        }),
        uri("uri_with_host", |d| d.uri = [b"crm.example.com", &d.uri[..]].concat()),
        uri("uri_decoded", |d| d.uri = "/api/고객".into()),
        uri("uri_encoded", |d| d.uri = b"/api/%ea%b3%a0%ea%b0%9d".to_vec()),
        uri("uri_proxy_prefix", |d| d.uri = b"/%EA%B3%A0%EA%B0%9D".to_vec()),
        uri("uri_proxy_prefix", |d| d.uri = [b"/gateway", &d.uri[..]].concat()),
        uri("uri_proxy_original", |d| d.uri = b"/original/customer".to_vec()),
        uri("uri_trailing_slash", |d| d.uri.push(b'/')).or(&["uri_delimiter"]),
        uri("uri_leading_slash", |d| d.uri = d.uri.split_off(1)),
        uri("uri_with_method", |d| d.uri = [b"POST", &d.uri[..]].concat()),
        uri("uri_delimiter", |d| d.uri.push(b'\n')),
    ]
}

fn macs() -> Vec<Case> {
    use Part::Mode;
    vec![
        case("mac_sha1", Mode, |d| d.mac = hmac_sha1),
        case("mac_sha512", Mode, |d| d.mac = hmac_sha512),
        case("mac_plain_sha256", Mode, |d| d.mac = key_then_message),
        case("mac_plain_sha256", Mode, |d| d.mac = message_then_key),
        case("mac_plain_sha256", Mode, |d| d.mac = message_alone).keyless(),
    ]
}

fn writings() -> Vec<Case> {
    use Part::Writing;
    vec![
        case("mac_hex", Writing, |d| d.write = hex),
        case("mac_hex", Writing, |d| d.write = |mac| hex(mac).to_uppercase()),
        case("mac_url_safe", Writing, |d| {
            d.write = |mac| base64(mac).replace('+', "-").replace('/', "_");
        }),
        case("mac_unpadded", Writing, |d| {
            d.write = |mac| base64(mac).trim_end_matches('=').to_owned();
        }),
        case("mac_prefix", Writing, |d| d.write = |mac| format!("Bearer {}", base64(mac))),
        case("mac_prefix", Writing, |d| d.write = |mac| format!("HMAC {}", base64(mac))),
        case("mac_prefix", Writing, |d| d.write = |mac| format!("sha256={}", base64(mac))),
        case("mac_quoted", Writing, |d| d.write = |mac| format!("\"{}\"", base64(mac))),
        case("mac_url_encoded", Writing, |d| {
            d.write = |mac| base64(mac).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        }),
        case("mac_over_hex_digest", Writing, |d| d.write = |mac| base64(hex(mac).as_bytes())),
        case("mac_white_space", Writing, |d| {
            d.write = |mac| {
                let text = base64(mac);
                format!("{} {}", &text[..10], &text[10..])
            };
        }),
        case("mac_not_canonical", Writing, |d| d.write = |mac| base64(mac) + "="),
    ]
}

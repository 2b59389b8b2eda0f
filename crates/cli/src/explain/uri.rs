//! What may have been signed before the body: nothing, a form of the URI, or the time.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::message::{DELIMITERS, TIME_FIRST};
use super::mistake::{Form, Forms, Mistake, Side, Step, mistakes};
use crate::captured::CapturedRequest;
use online_contact::Scheme;

const ADVICE: (&str, &str) = (
    "In the scheme uri_body_time, sign the path exactly as it stands on the request line: not \
     decoded, without scheme, host and query, and before any proxy adds or strips a prefix. The \
     server must take the original path too.",
    "uri_body_time 방식에서는 요청 줄에 있는 경로를 그대로 서명하십시오. 디코딩하지 않고, 스킴·호스트·쿼리 \
     없이, 프록시가 접두 경로를 더하거나 빼기 전의 경로여야 합니다. 서버도 원래 경로를 써야 합니다.",
);

const SCHEME_ADVICE: (&str, &str) = (
    "Sender and server use different schemes. Set both to the same: body_time (body, time) as in the \
     vendor's sample, or uri_body_time (URI, body, time).",
    "보내는 쪽과 서버의 서명 방식이 다릅니다. 샘플 코드의 body_time(본문, 시간)이나 uri_body_time(URI, 본문, \
     시간) 중 하나로 맞추십시오.",
);

static SCHEME_WITH_URI: Mistake = Mistake {
    id: "scheme_uri_body_time",
    side: Side::Settings,
    what: (
        "the URI before the body, as in the scheme uri_body_time",
        "uri_body_time 방식처럼 본문 앞에 URI",
    ),
    advice: SCHEME_ADVICE,
};

static SCHEME_WITHOUT_URI: Mistake = Mistake {
    id: "scheme_body_time",
    side: Side::Settings,
    what: ("no URI, as in the scheme body_time", "body_time 방식처럼 URI가 없음"),
    advice: SCHEME_ADVICE,
};

mistakes! { Sender, ADVICE:
    WITH_QUERY = "uri_with_query", "the URI with its query", "쿼리를 포함한 URI";
    FULL_URL = "uri_full_url", "the full URL", "전체 URL";
    WITH_HOST = "uri_with_host", "the host and the path", "호스트와 경로";
    DECODED = "uri_decoded", "the URI after percent-decoding", "퍼센트 디코딩한 URI";
    ENCODED = "uri_encoded", "the URI after percent-encoding", "퍼센트 인코딩한 URI";
    TRAILING_SLASH = "uri_trailing_slash", "the URI with or without a slash at its end", "끝의 빗금이 있거나 없는 URI";
    LEADING_SLASH = "uri_leading_slash", "the URI without its first slash", "첫 빗금이 없는 URI";
    WITH_METHOD = "uri_with_method", "the method before the URI", "URI 앞에 메서드";
    DELIMITER = "uri_delimiter", "a delimiter behind the URI", "URI 뒤에 구분자";
}

mistakes! { Between, ADVICE:
    PROXY_PREFIX = "uri_proxy_prefix", "the URI with a prefix that a proxy adds or strips", "프록시가 더하거나 빼는 접두 경로가 다른 URI";
    PROXY_ORIGINAL = "uri_proxy_original", "the URI that a proxy's header names", "프록시의 헤더에 있는 URI";
}

/// What stands before the body.
#[derive(Debug)]
pub(super) struct Prefix {
    pub(super) form: Form,
    /// The time is in it, so it does not stand behind the body.
    pub(super) has_time: bool,
}

/// What the scheme says, then what else there may have been, the likeliest first.
pub(super) fn prefixes(
    request: &CapturedRequest,
    scheme: Scheme,
    proxy_prefix: Option<&str>,
    time: &[u8],
) -> Vec<Prefix> {
    let mut forms = match (&request.target, scheme) {
        (Some(target), Scheme::UriBodyTime) => uris(request, target, proxy_prefix),
        (Some(target), _) => {
            let mut forms = Forms::new(Vec::new());
            for mut uri in uris(request, target, proxy_prefix).0 {
                uri.steps.insert(0, (&SCHEME_WITH_URI).into());
                uri.cost = 1;
                forms.push(uri);
            }
            forms
        }
        (None, _) => Forms::new(Vec::new()),
    };
    forms.add(Vec::new(), &SCHEME_WITHOUT_URI);
    let prefix = |form| Prefix { form, has_time: false };
    let mut prefixes: Vec<_> = forms.0.into_iter().map(prefix).collect();
    prefixes.extend(with_time(prefixes.first().map_or(&[], |right| &right.form.bytes), time));
    prefixes
}

/// The time first; the usual delimiters of other services between it and the body.
fn with_time(uri: &[u8], time: &[u8]) -> Vec<Prefix> {
    let mut forms = Forms(Vec::new());
    for parts in [
        [time, uri, b""],
        [uri, time, b""],
        [time, b".", uri],
        [time, b"\n", uri],
        [time, b":", uri],
    ] {
        forms.add(parts.concat(), &TIME_FIRST);
    }
    if time.is_empty() {
        return Vec::new();
    }
    forms.0.into_iter().map(|form| Prefix { form, has_time: true }).collect()
}

fn uris(request: &CapturedRequest, target: &str, proxy_prefix: Option<&str>) -> Forms {
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    let mut forms = Forms::new(path.as_bytes().to_vec());
    forms.add(target.as_bytes().to_vec(), &WITH_QUERY);
    add_proxied(&mut forms, request, path, proxy_prefix);
    add_decoded(&mut forms, path, target);
    add_urls(&mut forms, request, path, target);
    let (slashed, bare) = (format!("{path}/"), path.trim_end_matches('/'));
    forms.add(slashed.into_bytes(), &TRAILING_SLASH);
    forms.add(bare.as_bytes().to_vec(), &TRAILING_SLASH);
    forms.add(path.trim_start_matches('/').as_bytes().to_vec(), &LEADING_SLASH);
    let method = request.method.as_deref().unwrap_or("POST");
    forms.add([method, path].concat().into_bytes(), &WITH_METHOD);
    forms.add([method, " ", path].concat().into_bytes(), &WITH_METHOD);
    for (delimiter, _) in DELIMITERS {
        forms.add([path.as_bytes(), delimiter].concat(), &DELIMITER);
    }
    forms
}

fn add_decoded(forms: &mut Forms, path: &str, target: &str) {
    /// What must not stand in a path as it is. A percent sign may: it is encoded already.
    const PATH: &AsciiSet =
        &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}');
    forms.add(percent_decode_str(path).collect(), &DECODED);
    forms.add(percent_decode_str(target).collect(), Step::with(&DECODED, "with the query"));
    forms.add(utf8_percent_encode(path, PATH).collect::<String>().into_bytes(), &ENCODED);
    let lower = lower_case_escapes(path);
    forms.add(lower.into_bytes(), Step::with(&ENCODED, "lower case"));
}

/// `%EA` and `%ea` mean the same and are other bytes.
fn lower_case_escapes(path: &str) -> String {
    let mut parts = path.split('%');
    let mut lowered = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        lowered.push('%');
        match part.split_at_checked(2) {
            Some((digits, rest)) => lowered.extend([digits.to_ascii_lowercase().as_str(), rest]),
            None => lowered.push_str(part),
        }
    }
    lowered
}

fn add_urls(forms: &mut Forms, request: &CapturedRequest, path: &str, target: &str) {
    let host = request
        .header("host")
        .chain(request.header("x-forwarded-host"))
        .chain(request.header(":authority"));
    let hosts: Vec<_> = host.filter_map(|host| std::str::from_utf8(host).ok()).collect();
    for host in hosts {
        let mut schemes = vec!["https", "http"];
        if request.scheme.as_deref() == Some("http") {
            schemes.reverse();
        }
        for scheme in schemes {
            forms.add(format!("{scheme}://{host}{path}").into_bytes(), &FULL_URL);
            forms.add(
                format!("{scheme}://{host}{target}").into_bytes(),
                Step::with(&FULL_URL, "with the query"),
            );
        }
        forms.add(format!("{host}{path}").into_bytes(), &WITH_HOST);
    }
}

fn add_proxied(forms: &mut Forms, request: &CapturedRequest, path: &str, given: Option<&str>) {
    let forwarded = request.header("x-forwarded-prefix").chain(request.header("x-script-name"));
    let forwarded = forwarded.filter_map(|prefix| std::str::from_utf8(prefix).ok());
    for prefix in given.into_iter().chain(forwarded) {
        let prefix = prefix.trim_end_matches('/');
        forms.add([prefix, path].concat().into_bytes(), Step::with(&PROXY_PREFIX, prefix));
        if let Some(rest) = path.strip_prefix(prefix) {
            forms.add(rest.as_bytes().to_vec(), Step::with(&PROXY_PREFIX, prefix));
        }
    }
    for name in [
        "x-original-uri",
        "x-forwarded-uri",
        "x-original-url",
        "x-rewrite-url",
        "x-envoy-original-path",
    ] {
        for uri in request.header(name) {
            let path = uri.split(|&byte| byte == b'?').next().unwrap_or_default();
            forms.add(path.to_vec(), Step::with(&PROXY_ORIGINAL, name));
            forms.add(uri.to_vec(), Step::with(&PROXY_ORIGINAL, name));
        }
    }
    let slashes = path.match_indices('/').map(|(at, _)| at).skip(1).take(3);
    for (dropped, rest) in slashes.map(|at| path.split_at(at)) {
        forms.add(rest.as_bytes().to_vec(), Step::with(&PROXY_PREFIX, dropped));
    }
}

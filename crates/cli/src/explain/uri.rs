//! The bytes that may have been signed before the body: nothing, a form of the URI, or the time.

use online_contact::Scheme;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::message::{DELIMITERS, TIME_FIRST};
use super::mistake::{Form, Forms, Mistake, Side, Step, mistakes};
use crate::captured::CapturedRequest;
use crate::lang::Words;

const ADVICE: Words = Words::fixed(
    "In the scheme uri_body_time, sign the path exactly as it stands on the request line: not \
     decoded, without scheme, host and query, and before any proxy adds or strips a prefix. The \
     server must take the original path too.",
    "uri_body_time 방식에서는 요청 줄에 있는 경로를 그대로 서명하십시오. 디코딩하지 않고, 스킴·호스트·쿼리 \
     없이, 프록시가 접두 경로를 더하거나 빼기 전의 경로여야 합니다. 서버도 원래 경로를 써야 합니다.",
);

const SCHEME_ADVICE: Words = Words::fixed(
    "Sender and server use different schemes. Set both to the same: body_time (body, time) as in the \
     vendor's sample, or uri_body_time (URI, body, time).",
    "보내는 쪽과 서버의 서명 방식이 다릅니다. 샘플 코드의 body_time(본문, 시간)이나 uri_body_time(URI, 본문, \
     시간) 중 하나로 맞추십시오.",
);

static SCHEME_WITH_URI: Mistake = Mistake {
    id: "scheme_uri_body_time",
    side: Side::Settings,
    what: Words::fixed(
        "the URI before the body, as in the scheme uri_body_time",
        "uri_body_time 방식처럼 본문 앞에 URI",
    ),
    advice: SCHEME_ADVICE,
};

static SCHEME_WITHOUT_URI: Mistake = Mistake {
    id: "scheme_body_time",
    side: Side::Settings,
    what: Words::fixed("no URI, as in the scheme body_time", "body_time 방식처럼 URI가 없음"),
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
    DELIMITER = "uri_delimiter", "a delimiter after the URI", "URI 뒤에 구분자";
}

mistakes! { Between, ADVICE:
    PROXY_PREFIX = "uri_proxy_prefix", "the URI with a prefix that a proxy adds or strips", "프록시가 더하거나 빼는 접두 경로가 다른 URI";
    PROXY_ORIGINAL = "uri_proxy_original", "the URI that a proxy's header names", "프록시의 헤더에 있는 URI";
}

/// A request with hundreds of headers must not make the search longer than its bound.
const MOST: usize = 72;
const MOST_PAIRS: usize = 1_200;

/// The bytes before the body.
#[derive(Debug)]
pub(super) struct Prefix {
    pub(super) form: Form,
    /// The time is in it, so it does not follow the body.
    pub(super) has_time: bool,
}

/// The bytes that may precede the body.
#[derive(Debug)]
pub(super) struct Prefixes {
    /// The right one, then those with one mistake, the likeliest first.
    pub(super) singles: Vec<Prefix>,
    /// Those with two mistakes.
    pub(super) pairs: Vec<Prefix>,
    /// `true` if these are all.
    pub(super) complete: bool,
}

/// The forms of the URI, and the time in front with each of them and in each of its own forms.
pub(super) fn prefixes(
    request: &CapturedRequest,
    scheme: Scheme,
    proxy_prefix: Option<&str>,
    times: &[Form],
) -> Prefixes {
    let parts = request.target.as_deref().map(|target| Parts::of(request, target, proxy_prefix));
    let forms = match (&parts, scheme) {
        (Some(parts), Scheme::UriBodyTime) => uris(parts),
        (Some(parts), _) => in_the_other_scheme(uris(parts)),
        (None, _) => Forms::new(Vec::new()),
    };
    let (uris, complete) = cut(forms.0, MOST);
    let pairs = match (&parts, scheme) {
        (Some(parts), Scheme::UriBodyTime) => parts.pairs(),
        _ => Vec::new(),
    };
    let timed = with_time(&uris, times);
    let (pairs, all_pairs) = cut(pairs, MOST_PAIRS);
    let without = |form| Prefix { form, has_time: false };
    let with = |form| Prefix { form, has_time: true };
    let (timed_once, timed): (Vec<_>, Vec<_>) = timed.into_iter().partition(|form| form.cost == 1);
    let (timed, all_timed) = cut(timed, MOST_PAIRS);
    Prefixes {
        singles: uris.into_iter().map(without).chain(timed_once.into_iter().map(with)).collect(),
        pairs: pairs.into_iter().map(without).chain(timed.into_iter().map(with)).collect(),
        complete: complete && all_pairs && all_timed,
    }
}

/// The first of them, and whether these are all.
fn cut(mut forms: Vec<Form>, most: usize) -> (Vec<Form>, bool) {
    let complete = forms.len() <= most;
    forms.truncate(most);
    (forms, complete)
}

/// Those of the URI, where the scheme has none.
fn in_the_other_scheme(uris: Forms) -> Forms {
    let mut forms = Forms::new(Vec::new());
    for mut uri in uris.0 {
        uri.steps.insert(0, (&SCHEME_WITH_URI).into());
        uri.cost = 1;
        forms.push(uri);
    }
    forms
}

/// The URI with one mistake, and no URI at all. What repeated headers say stands at the end.
fn uris(parts: &Parts<'_>) -> Forms {
    let mut forms = Forms::new(parts.path.as_bytes().to_vec());
    forms.add(Vec::new(), &SCHEME_WITHOUT_URI);
    forms.add(parts.target.as_bytes().to_vec(), &WITH_QUERY);
    for form in parts.paths.0.iter().filter(|form| form.cost > 0) {
        forms.push(form.clone());
    }
    forms.add(
        percent_decode_str(parts.target).collect(),
        Step::with(&DECODED, Words::fixed("with the query", "쿼리 포함")),
    );
    for front in &parts.fronts {
        forms.push(joined(&[front], parts.path.as_bytes()));
        if front.steps.iter().any(|step| step.mistake.id == FULL_URL.id) {
            let whole = [&front.bytes, parts.target.as_bytes()].concat();
            forms.add(whole, Step::with(&FULL_URL, Words::fixed("with the query", "쿼리 포함")));
        }
    }
    for (delimiter, _) in DELIMITERS {
        forms.add([parts.path.as_bytes(), delimiter].concat(), &DELIMITER);
    }
    for form in &parts.repeated {
        forms.push(form.clone());
    }
    forms
}

/// Forms joined in their order, and what follows them.
fn joined(forms: &[&Form], end: &[u8]) -> Form {
    let mut bytes: Vec<u8> = forms.iter().flat_map(|form| form.bytes.iter().copied()).collect();
    bytes.extend_from_slice(end);
    Form {
        bytes,
        steps: forms.iter().flat_map(|form| form.steps.iter().cloned()).collect(),
        cost: forms.iter().map(|form| form.cost).sum(),
    }
}

/// The time first; the usual delimiters of other services between it and the rest. Both as they are
/// are one mistake, and with a mistake of either there are two.
fn with_time(uris: &[Form], times: &[Form]) -> Vec<Form> {
    let mut forms = Forms(Vec::new());
    let (Some(uri), Some(time)) = (uris.first(), times.first()) else { return forms.0 };
    let right = std::iter::once((uri, time));
    let other_uris = uris.iter().skip(1).map(|other| (other, time));
    let other_times = times.iter().skip(1).map(|other| (uri, other));
    for (uri, time) in right.chain(other_uris).chain(other_times) {
        // Without a time nothing stands in front.
        if time.bytes.is_empty() {
            continue;
        }
        let (uri_bytes, time_bytes) = (&uri.bytes[..], &time.bytes[..]);
        for parts in [
            [b"", time_bytes, uri_bytes, b""],
            [b"", uri_bytes, time_bytes, b""],
            [b"", time_bytes, b".", uri_bytes],
            [b"", time_bytes, b"\n", uri_bytes],
            [b"", time_bytes, b":", uri_bytes],
            [b"", time_bytes, b"|", uri_bytes],
            // As Slack and others do it.
            [b"v0:", time_bytes, b":", uri_bytes],
            [b"v1:", time_bytes, b":", uri_bytes],
        ] {
            let steps = [&[Step::from(&TIME_FIRST)], &uri.steps[..], &time.steps].concat();
            let cost = 1 + uri.cost + time.cost;
            forms.push(Form { bytes: parts.concat(), steps, cost });
        }
    }
    forms.0
}

/// The headers in which a proxy names the prefix that it has stripped.
const PREFIX_HEADERS: [&str; 2] = ["x-forwarded-prefix", "x-script-name"];

/// Those in which it names the URI as it was.
const URI_HEADERS: [&str; 5] = [
    "x-original-uri",
    "x-forwarded-uri",
    "x-original-url",
    "x-rewrite-url",
    "x-envoy-original-path",
];

const HOST_HEADERS: [&str; 2] = ["host", "x-forwarded-host"];

/// The parts of what stands on the request line.
struct Parts<'a> {
    path: &'a str,
    target: &'a str,
    /// The mistaken fronts of the path: the method, the host.
    fronts: Vec<Form>,
    /// The path as it is, and what may stand in its place.
    paths: Forms,
    /// The forms from second and later headers of a name. There may be any number of them.
    repeated: Vec<Form>,
}

impl<'a> Parts<'a> {
    fn of(request: &'a CapturedRequest, target: &'a str, proxy_prefix: Option<&str>) -> Self {
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        let first = |name| values(request, name).next();
        let mut paths = Forms::new(path.as_bytes().to_vec());
        for prefix in proxy_prefix.into_iter().chain(PREFIX_HEADERS.into_iter().filter_map(first)) {
            add_prefixed(&mut paths, path, prefix);
        }
        for name in URI_HEADERS {
            first(name).into_iter().for_each(|uri| add_original(&mut paths, name, uri));
        }
        add_shortened(&mut paths, path);
        add_decoded(&mut paths, path);
        add_slashes(&mut paths, path);
        let mut fronts = Forms(Vec::new());
        for host in HOST_HEADERS.into_iter().filter_map(first) {
            add_host(&mut fronts, request, host);
        }
        let method = request.method.as_deref().unwrap_or("POST");
        fronts.add(method.as_bytes().to_vec(), &WITH_METHOD);
        fronts.add([method, " "].concat().into_bytes(), &WITH_METHOD);
        let repeated = repeated(request, path);
        Self { path, target, fronts: fronts.0, paths, repeated }
    }

    /// Two mistakes in two parts.
    fn pairs(&self) -> Vec<Form> {
        let right = Form::right(Vec::new());
        let query = self.target.get(self.path.len()..).unwrap_or_default();
        let mut queries = Forms::new(Vec::new());
        queries.add(query.as_bytes().to_vec(), &WITH_QUERY);
        let delimiter = |bytes: &[u8]| Form::mistaken(bytes.to_vec(), vec![(&DELIMITER).into()]);
        let ends: Vec<_> = DELIMITERS.iter().map(|(bytes, _)| delimiter(bytes)).collect();
        let mut pairs = Forms(Vec::new());
        // A slash at the end of a path is not a delimiter, so these come last.
        for end in [&right].into_iter().chain(&ends) {
            for front in [&right].into_iter().chain(&self.fronts) {
                for path in &self.paths.0 {
                    for query in &queries.0 {
                        let parts = [front, path, query, end];
                        if parts.iter().map(|part| part.cost).sum::<usize>() == 2 {
                            pairs.push(joined(&parts, b""));
                        }
                    }
                }
            }
        }
        pairs.0
    }
}

fn values<'a>(request: &'a CapturedRequest, name: &'a str) -> impl Iterator<Item = &'a str> {
    request.header(name).filter_map(|value| std::str::from_utf8(value).ok())
}

/// Whole URIs, each with one mistake.
fn repeated(request: &CapturedRequest, path: &str) -> Vec<Form> {
    let mut forms = Forms(Vec::new());
    for name in PREFIX_HEADERS {
        values(request, name).skip(1).for_each(|prefix| add_prefixed(&mut forms, path, prefix));
    }
    for name in URI_HEADERS {
        values(request, name).skip(1).for_each(|uri| add_original(&mut forms, name, uri));
    }
    let mut fronts = Forms(Vec::new());
    for name in HOST_HEADERS {
        values(request, name).skip(1).for_each(|host| add_host(&mut fronts, request, host));
    }
    fronts.0.iter().for_each(|front| forms.push(joined(&[front], path.as_bytes())));
    forms.0
}

fn add_host(fronts: &mut Forms, request: &CapturedRequest, host: &str) {
    let mut schemes = ["https", "http"];
    if request.scheme.as_deref() == Some("http") {
        schemes.reverse();
    }
    for scheme in schemes {
        fronts.add(format!("{scheme}://{host}").into_bytes(), &FULL_URL);
    }
    fronts.add(host.as_bytes().to_vec(), &WITH_HOST);
}

/// A prefix that a proxy adds or strips.
fn add_prefixed(paths: &mut Forms, path: &str, prefix: &str) {
    let prefix = prefix.trim_end_matches('/');
    paths.add([prefix, path].concat().into_bytes(), Step::with(&PROXY_PREFIX, prefix));
    if let Some(rest) = path.strip_prefix(prefix) {
        paths.add(rest.as_bytes().to_vec(), Step::with(&PROXY_PREFIX, prefix));
    }
}

fn add_original(paths: &mut Forms, name: &'static str, uri: &str) {
    let path = uri.split_once('?').map_or(uri, |(path, _)| path);
    paths.add(path.as_bytes().to_vec(), Step::with(&PROXY_ORIGINAL, name));
    paths.add(uri.as_bytes().to_vec(), Step::with(&PROXY_ORIGINAL, name));
}

/// The path without its first parts, as after a proxy that strips them.
fn add_shortened(paths: &mut Forms, path: &str) {
    let slashes = path.match_indices('/').map(|(at, _)| at).skip(1).take(3);
    for (dropped, rest) in slashes.map(|at| path.split_at(at)) {
        paths.add(rest.as_bytes().to_vec(), Step::with(&PROXY_PREFIX, dropped));
    }
}

fn add_decoded(paths: &mut Forms, path: &str) {
    /// The characters that a path must not have as they are. A percent sign may stay: it is encoded already.
    const PATH: &AsciiSet =
        &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}');
    paths.add(percent_decode_str(path).collect(), &DECODED);
    paths.add(utf8_percent_encode(path, PATH).collect::<String>().into_bytes(), &ENCODED);
    let lower = lower_case_escapes(path);
    paths.add(lower.into_bytes(), Step::with(&ENCODED, Words::fixed("lower case", "소문자")));
}

fn add_slashes(paths: &mut Forms, path: &str) {
    paths.add(format!("{path}/").into_bytes(), &TRAILING_SLASH);
    paths.add(path.trim_end_matches('/').as_bytes().to_vec(), &TRAILING_SLASH);
    paths.add(path.trim_start_matches('/').as_bytes().to_vec(), &LEADING_SLASH);
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

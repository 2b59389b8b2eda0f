//! A URI in its parts, each with the forms that it may have had.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::{
    DECODED, DELIMITER, ENCODED, FULL_URL, LEADING_SLASH, PROXY_ORIGINAL, PROXY_PREFIX,
    TRAILING_SLASH, WITH_HOST, WITH_METHOD, WITH_QUERY, joined,
};
use crate::captured::CapturedRequest;
use crate::explain::message::DELIMITERS;
use crate::explain::mistake::{Form, Forms, Step};
use crate::lang::Words;

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
pub(super) struct Parts<'a> {
    pub(super) path: &'a str,
    pub(super) target: &'a str,
    /// The mistaken fronts of the path: the method, the host.
    pub(super) fronts: Vec<Form>,
    /// The path as it is, and what may stand in its place.
    pub(super) paths: Forms,
    /// The forms from second and later headers of a name. There may be any number of them.
    pub(super) repeated: Vec<Form>,
}

impl<'a> Parts<'a> {
    pub(super) fn of(
        request: &'a CapturedRequest,
        target: &'a str,
        proxy_prefix: Option<&str>,
    ) -> Self {
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
    pub(super) fn pairs(&self) -> Vec<Form> {
        let right = Form::right(Vec::new());
        let query = self.target.get(self.path.len()..).unwrap_or_default();
        let mut queries = Forms::new(Vec::new());
        queries.add(query.as_bytes().to_vec(), &WITH_QUERY);
        let delimiter = |bytes: &[u8]| Form::mistaken(bytes.to_vec(), vec![(&DELIMITER).into()]);
        let ends: Vec<_> = DELIMITERS.iter().map(|(bytes, _)| delimiter(bytes)).collect();
        let mut pairs = Forms(Vec::new());
        // A slash at the end of a path is no delimiter, so these come last.
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

//! The options for signing: the body, the scheme, the time and the key.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use online_contact::{Clock, Scheme, Signer, SystemClock, Timestamp};
use url::Url;

use crate::context::Context;
use crate::input;
use crate::key::{KeyArgs, KeyText};
use crate::lang::Lang;
use crate::outcome::Problem;
use crate::secrets::Secrets;
use crate::typed;

/// A request that is to be signed, without its address.
#[derive(Debug, clap::Args)]
pub(crate) struct RequestArgs {
    /// File with the body, byte for byte; - is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "fields")]
    body: Option<PathBuf>,
    /// A lookup field; may be given several times
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = typed::field)]
    fields: Vec<(String, String)>,
    /// Signed bytes
    #[arg(long, default_value = Scheme::BodyTime.as_str(), value_parser = typed::scheme())]
    scheme: Scheme,
    /// Time of signing in milliseconds since 1970, by default the present
    #[arg(long, value_name = "MS", value_parser = typed::timestamp)]
    timestamp: Option<Timestamp>,
    #[command(flatten)]
    key: KeyArgs,
}

/// A body and its two headers.
pub(crate) struct Signed {
    pub(crate) body: Bytes,
    pub(crate) timestamp: Timestamp,
    pub(crate) authorization: String,
    pub(crate) scheme: Scheme,
    pub(crate) key_label: String,
    /// The keys that must not be shown.
    pub(crate) secrets: Secrets,
    path: String,
}

impl RequestArgs {
    /// Signs the typed body for this path with the first key.
    pub(crate) fn sign(&self, path: &str, cx: &Context) -> Result<Signed, Problem> {
        let body = input::body(self.body.as_deref(), &self.fields, cx.lang)?.unwrap_or_default();
        self.sign_body(body, path, cx)
    }

    /// Signs another body in its place.
    pub(crate) fn sign_body(
        &self,
        body: Bytes,
        path: &str,
        cx: &Context,
    ) -> Result<Signed, Problem> {
        let timestamp = self.timestamp.unwrap_or_else(|| SystemClock.now());
        Signed::new(&self.key.all(cx)?, self.scheme, path, body, timestamp, cx.lang)
    }

    /// Returns the keys that were given, without a prompt.
    pub(crate) fn given_keys(&self, cx: &Context) -> Result<Vec<KeyText>, Problem> {
        self.key.given(cx).map(Option::unwrap_or_default)
    }

    pub(crate) fn has_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    /// Returns the file of the body, if it can be read again.
    pub(super) fn body_file(&self) -> Option<&Path> {
        let path = self.body.as_deref().filter(|path| *path != Path::new("-"))?;
        path.metadata().ok().filter(fs::Metadata::is_file).map(|_| path)
    }
}

impl Signed {
    /// Signs a body for this path with the first of these keys.
    pub(crate) fn new(
        keys: &[KeyText],
        scheme: Scheme,
        path: &str,
        body: Bytes,
        timestamp: Timestamp,
        lang: Lang,
    ) -> Result<Self, Problem> {
        let key = keys.first().ok_or_else(|| crate::key::no_key(lang))?;
        let signer = Signer::new(&key.security_key(lang)?).scheme(scheme);
        let authorization = signer.sign(path, &body, timestamp).signature().to_base64();
        let (key_label, secrets) = (key.label().to_owned(), Secrets::of(keys));
        let path = path.split_once('?').map_or(path, |(path, _)| path).to_owned();
        Ok(Self { body, timestamp, authorization, scheme, key_label, secrets, path })
    }

    /// Returns the path, if it was signed.
    pub(crate) fn signed_uri(&self) -> Option<&str> {
        (self.scheme == Scheme::UriBodyTime).then_some(&*self.path)
    }
}

/// The target of a request.
pub(super) struct Target {
    /// The path as on the request line.
    pub(super) path: String,
    pub(super) url: Option<String>,
}

/// Reads a path or a full URL.
pub(super) fn target(uri: &str, lang: Lang) -> Result<Target, Problem> {
    if uri.starts_with('/') {
        // It is signed as it is, so it must be exactly that of the request line.
        let fits = uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        return if fits {
            Ok(Target { path: uri.to_owned(), url: None })
        } else {
            Err(no_path(lang))
        };
    }
    let url = Url::parse(uri).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| {
        Problem::new(lang.pick(
            "--uri is neither a path nor a URL: expected /customer or https://host/customer",
            "--uri가 경로도 URL도 아닙니다. /customer 또는 https://host/customer처럼 적어 주십시오",
        ))
    })?;
    Ok(Target { path: url.path().to_owned(), url: Some(url.into()) })
}

fn no_path(lang: Lang) -> Problem {
    Problem::new(lang.pick(
        "--uri is not valid on a request line: expected ASCII without blanks and #, everything \
         else percent-encoded (/%EA%B3%A0%EA%B0%9D)",
        "--uri가 요청 줄의 형식이 아닙니다. ASCII만 쓰고 나머지는 퍼센트 인코딩(/%EA%B3%A0%EA%B0%9D)해야 \
         하며 공백과 #은 쓸 수 없습니다",
    ))
}

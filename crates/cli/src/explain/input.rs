//! The source of the captured request.

use std::path::{Path, PathBuf};

use crate::captured::CapturedRequest;
use crate::input;
use crate::lang::{Lang, Words};
use crate::outcome::Problem;

/// The request: a capture, pieces of one, or a capture with pieces in their place.
#[derive(Debug, clap::Args)]
pub(super) struct InputArgs {
    /// File with the captured request; - is stdin
    #[arg(long, value_name = "FILE", required_unless_present = "headers")]
    request: Option<PathBuf>,
    /// Number of the request in a HAR file, from 1; without it, the first signed POST
    #[arg(long, value_name = "N", conflicts_with = "headers")]
    entry: Option<usize>,
    /// A header of the request, in place of a capture; may be given several times
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE", conflicts_with = "request")]
    headers: Vec<String>,
    /// File with the body, byte for byte; - is stdin. In place of the one in the capture
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// The request URI as it stands on the request line, in place of the one in the capture
    #[arg(long, value_name = "PATH")]
    uri: Option<String>,
}

impl InputArgs {
    pub(super) fn read(&self, lang: Lang) -> Result<CapturedRequest, Problem> {
        let mut request = match &self.request {
            Some(path) => self.read_capture(path, lang)?,
            None => CapturedRequest { headers: self.headers(lang)?, ..Default::default() },
        };
        if let Some(path) = &self.body {
            self.reject_stdin_twice(lang)?;
            request.body = Some(input::read(path, &Words::fixed("the body", "본문"), lang)?);
            request.surplus.clear();
        }
        if let Some(uri) = &self.uri {
            request.target = Some(uri.clone());
        }
        complete(request, lang)
    }

    fn read_capture(&self, path: &Path, lang: Lang) -> Result<CapturedRequest, Problem> {
        let capture = input::read(path, &Words::fixed("the request", "요청"), lang)?;
        CapturedRequest::parse(&capture, self.entry).map_err(|error| {
            let (shown, fault) = (path.display(), error.in_lang(lang));
            let en = format!("can't read the request in {shown}: {fault}");
            let ko = format!("{shown}의 요청을 읽을 수 없습니다: {fault}");
            Problem::new(lang.pick(en, ko))
        })
    }

    fn headers(&self, lang: Lang) -> Result<Vec<(String, Vec<u8>)>, Problem> {
        let header = |text: &String| {
            let (name, value) = text.split_once(':').filter(|(name, _)| !name.trim().is_empty())?;
            // As HTTP reads it: the blanks around a value are no part of it.
            let value = value.trim_matches([' ', '\t', '\r', '\n']);
            Some((name.trim().to_owned(), value.as_bytes().to_vec()))
        };
        let headers: Option<Vec<_>> = self.headers.iter().map(header).collect();
        headers.ok_or_else(|| {
            Problem::new(lang.pick(
                "a --header is not of the form 'Name: value', such as 'X-TC-Timestamp: 1732400000000'",
                "--header의 형식이 '이름: 값'이 아닙니다. 예: 'X-TC-Timestamp: 1732400000000'",
            ))
        })
    }

    fn reject_stdin_twice(&self, lang: Lang) -> Result<(), Problem> {
        let stdin = Some(Path::new("-"));
        if self.request.as_deref() == stdin && self.body.as_deref() == stdin {
            return Err(Problem::new(lang.pick(
                "--request and --body can't both come from stdin: give one of them as a file",
                "--request와 --body를 모두 표준 입력에서 읽을 수 없습니다. 하나는 파일로 지정해 주십시오",
            )));
        }
        Ok(())
    }
}

/// A request without a body in the capture may have been sent with one: only if it declares none is
/// it certain that it is empty.
fn complete(mut request: CapturedRequest, lang: Lang) -> Result<CapturedRequest, Problem> {
    let is_get = request.method.as_deref().is_some_and(|method| method.eq_ignore_ascii_case("GET"));
    let is_empty = match request.declared_length() {
        Some(length) => length == 0,
        None => is_get,
    };
    if request.body.is_none() && is_empty {
        request.body = Some(Vec::new());
    }
    if request.body.is_some() {
        return Ok(request);
    }
    Err(Problem::new(lang.pick(
        "the capture has no body (`curl -v` does not print it): give it with --body FILE, or with \
         --body /dev/null if it is empty",
        "캡처에 본문이 없습니다(`curl -v`는 본문을 출력하지 않습니다). --body FILE로, 빈 본문이면 --body \
         /dev/null로 지정해 주십시오",
    )))
}

//! The errors of captures.

use std::fmt;

use crate::input::LONGEST;

/// More headers than any server takes.
pub(super) const MOST_HEADERS: usize = 256;

// The words below name both.
const _: () = assert!(LONGEST == 64 * 1024 * 1024 && MOST_HEADERS == 256);

/// An unreadable capture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CaptureError {
    /// There is nothing in it.
    Empty,
    /// It is longer than [`LONGEST`].
    TooLong,
    /// The first line is not a request line.
    NotARequest,
    /// The capture is a response.
    IsAResponse,
    /// Invalid headers.
    Headers,
    /// It has too many headers.
    TooManyHeaders,
    /// Invalid chunked body: the expected element, and the byte offset.
    Chunked(ChunkPart, usize),
    /// Invalid HAR file.
    Har(String),
    /// The HAR file has no entry with this number; the second value is the number of entries.
    NoSuchEntry(usize, usize),
    /// No request in the HAR file is a signed POST; the value is the number of requests.
    NoSignedEntry(usize),
    /// Invalid base64 in a HAR body.
    HarBase64,
    /// An entry was picked, but the capture is not a HAR file.
    EntryOfNoHar,
    /// An access log: it has neither the signed headers nor the body.
    AccessLog,
}

/// An element of the chunked transfer coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChunkPart {
    /// The size of a chunk.
    Size,
    /// The bytes of a chunk.
    Data,
    /// The line end after a chunk.
    End,
}

impl ChunkPart {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Size => ("the size of a chunk in hexadecimal", "16진수로 적은 청크 길이"),
            Self::Data => ("a chunk as long as its size says", "적힌 길이만큼의 청크"),
            Self::End => ("a line end after a chunk", "청크 뒤의 줄바꿈"),
        }
    }
}

impl CaptureError {
    /// The text in English and in Korean.
    pub(crate) fn words(&self) -> (String, String) {
        match self {
            Self::Chunked(expected, at) => {
                let (en, ko) = expected.words();
                (
                    format!("the chunked body is broken at byte {at}: expected {en}"),
                    format!(
                        "chunked 본문의 {at}번째 바이트가 잘못되었습니다. {ko}이(가) 있어야 합니다"
                    ),
                )
            }
            Self::Har(fault) => (
                format!("invalid HAR file: {fault}"),
                format!("HAR 파일로 보이지만 읽을 수 없습니다: {fault}"),
            ),
            Self::NoSuchEntry(entry, count) => (
                format!("there is no entry {entry}: the HAR file has {count}, counted from 1"),
                format!("{entry}번째 항목이 없습니다. HAR 파일의 항목은 {count}개입니다(1부터)"),
            ),
            Self::NoSignedEntry(count) => (
                format!(
                    "none of the {count} requests of the HAR file is a POST with X-TC-Timestamp or \
                     Authorization: pick one with --entry"
                ),
                format!(
                    "HAR 파일의 요청 {count}개 중에 X-TC-Timestamp나 Authorization이 있는 POST가 \
                     없습니다. --entry로 고르십시오"
                ),
            ),
            other => {
                let (en, ko) = other.fixed_words();
                (en.to_owned(), ko.to_owned())
            }
        }
    }

    const fn fixed_words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Empty => (
                "the capture is empty: expected a request, such as raw HTTP, a curl command or a HAR file",
                "캡처가 비어 있습니다. HTTP 원문, curl 명령, HAR 파일 같은 요청이 필요합니다",
            ),
            Self::TooLong => (
                "the capture is longer than 64 MiB: expected a single request",
                "캡처가 64 MiB보다 깁니다. 요청 하나만 담아 주십시오",
            ),
            Self::IsAResponse => (
                "the capture begins with a status line, so it is the answer: expected the request, \
                 which begins like `POST /path HTTP/1.1`",
                "캡처가 상태 줄로 시작하므로 응답입니다. `POST /path HTTP/1.1`처럼 시작하는 요청이 \
                 필요합니다",
            ),
            Self::Headers => (
                "invalid headers: expected `Name: value` on each line, then an empty line",
                "헤더를 읽을 수 없습니다. 한 줄에 `이름: 값` 하나씩, 그다음 빈 줄이 필요합니다",
            ),
            Self::TooManyHeaders => (
                "the capture has more than 256 headers: expected a single request",
                "캡처의 헤더가 256개를 넘습니다. 요청 하나만 담아 주십시오",
            ),
            Self::HarBase64 => (
                "the body in the HAR file is said to be base64, but it is not",
                "HAR 파일의 본문이 base64라고 되어 있지만 base64가 아닙니다",
            ),
            Self::EntryOfNoHar => (
                "--entry picks a request of a HAR file, but the capture is none",
                "--entry는 HAR 파일의 요청을 고르는 옵션인데 캡처가 HAR 파일이 아닙니다",
            ),
            Self::AccessLog => (
                "this is an access log: it has neither X-TC-Timestamp and Authorization nor the body, so \
                 nothing can be verified. Log both headers and the body (nginx: $http_x_tc_timestamp, \
                 $http_authorization, $request_body with escape=json), or capture the request with \
                 tcpdump -A or in the application",
                "액세스 로그입니다. X-TC-Timestamp, Authorization, 본문이 없어 검증할 수 없습니다. 두 헤더와 본문을 \
                 로그에 남기거나(nginx: $http_x_tc_timestamp, $http_authorization, escape=json과 \
                 $request_body) tcpdump -A나 애플리케이션에서 요청을 캡처하십시오",
            ),
            // Those with something to fill in have been handled.
            _ => (
                "the capture has no request that can be read: expected raw HTTP that begins like \
                 `POST /path HTTP/1.1`, a curl command, the output of `curl -v`, a HAR file, or a log with \
                 X-TC-Timestamp and Authorization",
                "캡처에서 요청을 찾을 수 없습니다. `POST /path HTTP/1.1`처럼 시작하는 HTTP 원문, curl 명령, \
                 `curl -v` 출력, HAR 파일 또는 X-TC-Timestamp와 Authorization이 있는 로그가 필요합니다",
            ),
        }
    }
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().0)
    }
}

impl std::error::Error for CaptureError {}

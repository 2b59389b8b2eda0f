//! One request: received, answered or passed on, and recorded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Request, Response, StatusCode, Version, request, response};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use jiff::Timestamp;
use online_contact::{ENVELOPE_CONTENT_TYPE, Failure, Reason, Rejection, StringData};
use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::observe::{self, Recorded, Tee};
use super::upstream::{self, Upstream};
use crate::captured::CapturedRequest;
use crate::console::Keys;
use crate::exchange::files::version_name;
use crate::http::{ANSWER_LIMIT, Answer, cause_in_words};
use crate::key::KeyText;
use crate::lang::Words;
use crate::secrets::Leaks;
use crate::verdict::{BodyEnd, Rules, Verdict, judge, moment, verifier};

/// The body of a response: of `listen` itself, or of the server.
type ReplyBody = Either<Full<Bytes>, Tee<Incoming>>;

/// An exchange that is over.
#[derive(Debug)]
pub(super) struct Observed {
    pub(super) number: u64,
    pub(super) arrived: Timestamp,
    pub(super) request: CapturedRequest,
    pub(super) version: String,
    pub(super) body_length: u64,
    pub(super) verdict: Option<Verdict>,
    /// The response that the agent would see, or why there is none.
    pub(super) response: Result<Answer, Words>,
    pub(super) forwarded: bool,
    pub(super) keys: Arc<[KeyText]>,
}

/// Handles requests, and reports each of them.
#[derive(Debug)]
pub(super) struct Handler {
    keys: Arc<Keys>,
    rules: Rules,
    upstream: Option<Upstream>,
    timeout: Duration,
    numbers: AtomicU64,
    reporter: mpsc::Sender<Observed>,
    /// Exchanges that found the queue of the reporter full.
    unreported: Arc<AtomicU64>,
}

/// A request that has begun to arrive.
struct Arrival {
    number: u64,
    at: Timestamp,
    started: Instant,
    keys: Arc<[KeyText]>,
}

/// A recorded request with its verdict.
struct Judged {
    request: CapturedRequest,
    body_length: u64,
    verdict: Option<Verdict>,
}

impl Handler {
    pub(super) fn new(
        keys: Arc<Keys>,
        rules: Rules,
        upstream: Option<Upstream>,
        timeout: Duration,
        reporter: mpsc::Sender<Observed>,
        unreported: Arc<AtomicU64>,
    ) -> Self {
        Self { keys, rules, upstream, timeout, numbers: AtomicU64::new(1), reporter, unreported }
    }

    pub(super) async fn handle(self: Arc<Self>, request: Request<Incoming>) -> Response<ReplyBody> {
        let arrival = Arrival {
            number: self.numbers.fetch_add(1, Ordering::Relaxed),
            at: Timestamp::now(),
            started: Instant::now(),
            keys: self.keys.ring(),
        };
        let (parts, body) = request.into_parts();
        if self.upstream.is_some() {
            self.forward(arrival, parts, body).await
        } else {
            self.reply(arrival, &parts, body).await
        }
    }

    /// The number of bytes of a request body that are recorded: enough to see that it is too long.
    fn record_limit(&self) -> usize {
        usize::try_from(self.rules.body_limit).unwrap_or(usize::MAX).saturating_add(1)
    }

    /// Responds in the place of a server.
    async fn reply(
        &self,
        arrival: Arrival,
        parts: &request::Parts,
        body: Incoming,
    ) -> Response<ReplyBody> {
        let recorded = observe::read(body, self.record_limit(), self.timeout).await;
        let judged = self.judge(&arrival, parts, recorded);
        let reply = Reply::to(judged.verdict.as_ref(), &judged.request);
        let response = Ok(reply.to_answer(arrival.started.elapsed()));
        self.report(arrival, parts, judged, response);
        own(&reply)
    }

    /// Passes the request on to the server, and its response back.
    async fn forward(
        self: Arc<Self>,
        arrival: Arrival,
        parts: request::Parts,
        body: Incoming,
    ) -> Response<ReplyBody> {
        let deadline = arrival.started + self.timeout;
        let (tee, recorded) = Tee::new(body, self.record_limit(), deadline);
        let sent = self.send(&parts, tee, deadline).await;
        let response = match sent {
            Ok(response) => response,
            Err(failure) => {
                let recorded = self.recorded(recorded, deadline).await;
                let too_slow = recorded.end == BodyEnd::TooSlow;
                let judged = self.judge(&arrival, &parts, recorded);
                self.report(arrival, &parts, judged, Err(failure));
                let failure = if too_slow {
                    Rejection::from(Reason::BodyTimeout).to_failure()
                } else {
                    Failure::server_error("502", "The server did not respond.")
                };
                return own(&Reply::from(failure));
            }
        };
        let (mut head, body) = response.into_parts();
        head.headers = upstream::without_hop_by_hop(&head.headers);
        let (body, returned) = Tee::new(body, ANSWER_LIMIT, deadline);
        let answered = Head(head.clone());
        tokio::spawn(async move {
            let returned = self.recorded(returned, deadline).await;
            let recorded = self.recorded(recorded, deadline).await;
            let response = answered.with(returned, arrival.started.elapsed());
            let judged = self.judge(&arrival, &parts, recorded);
            self.report(arrival, &parts, judged, response);
        });
        Response::from_parts(head, Either::Right(body))
    }

    async fn send(
        &self,
        parts: &request::Parts,
        body: Tee<Incoming>,
        deadline: Instant,
    ) -> Result<Response<Incoming>, Words> {
        let upstream = self.upstream.as_ref().ok_or_else(no_path)?;
        let request = upstream.request(parts, body).ok_or_else(no_path)?;
        match timeout_at(deadline, upstream.send(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(cause_in_words(&error)),
            Err(_) => Err(Words::fixed(
                "the server did not respond in time: --timeout waits longer",
                "서버가 제한 시간 안에 응답하지 않았습니다. --timeout으로 더 기다릴 수 있습니다",
            )),
        }
    }

    /// Waits for a record until the deadline, and a moment longer for what ends at it.
    async fn recorded(&self, record: oneshot::Receiver<Recorded>, deadline: Instant) -> Recorded {
        let deadline = deadline + Duration::from_millis(100);
        match timeout_at(deadline, record).await {
            Ok(Ok(recorded)) => recorded,
            _ => Recorded::new(0),
        }
    }

    fn judge(&self, arrival: &Arrival, parts: &request::Parts, recorded: Recorded) -> Judged {
        let (end, length) = (recorded.end, recorded.length);
        let request = captured(parts, recorded.bytes);
        let verifier = verifier(&arrival.keys, self.rules, moment(arrival.at)).ok();
        let verdict = verifier.and_then(|verifier| judge(&verifier, &request, end));
        Judged { request, body_length: length, verdict }
    }

    /// Passes an exchange on to the reporter.
    fn report(
        &self,
        arrival: Arrival,
        parts: &request::Parts,
        judged: Judged,
        response: Result<Answer, Words>,
    ) {
        let observed = Observed {
            number: arrival.number,
            arrived: arrival.at,
            request: judged.request,
            version: version_name(parts.version).to_owned(),
            body_length: judged.body_length,
            verdict: judged.verdict,
            response,
            forwarded: self.upstream.is_some(),
            keys: arrival.keys,
        };
        if self.reporter.try_send(observed).is_err() {
            self.unreported.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn no_path() -> Words {
    Words::fixed(
        "the request has no path, so it cannot be passed on",
        "요청에 경로가 없어 전달할 수 없습니다",
    )
}

fn own(reply: &Reply) -> Response<ReplyBody> {
    reply.to_response().map(|body| Either::Left(Full::new(body)))
}

fn captured(parts: &request::Parts, body: Vec<u8>) -> CapturedRequest {
    let headers = parts.headers.iter();
    CapturedRequest {
        method: Some(parts.method.to_string()),
        target: Some(parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned()),
        headers: headers
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect(),
        body: Some(body),
        ..CapturedRequest::default()
    }
}

/// The head of a response whose body is still on its way.
struct Head(response::Parts);

impl Head {
    fn with(self, body: Recorded, elapsed: Duration) -> Result<Answer, Words> {
        if body.end == BodyEnd::TooSlow {
            return Err(Words::fixed(
                "the response of the server did not end in time",
                "서버의 응답이 제한 시간 안에 끝나지 않았습니다",
            ));
        }
        if body.end == BodyEnd::Broken {
            return Err(Words::fixed(
                "the server closed the connection before the end of its response",
                "응답이 끝나기 전에 서버가 연결을 닫았습니다",
            ));
        }
        Ok(Answer {
            status: self.0.status,
            version: self.0.version,
            headers: self.0.headers,
            truncated: body.is_cut(),
            body: body.bytes.into(),
            elapsed,
            arrived: SystemTime::now(),
            leaks: Leaks::default(),
        })
    }
}

/// A status and an envelope.
#[derive(Clone, Debug)]
struct Reply {
    status: StatusCode,
    body: Bytes,
}

impl Reply {
    /// Responds as a server of the protocol: with the fields of the request, or with the rejection.
    fn to(verdict: Option<&Verdict>, request: &CapturedRequest) -> Self {
        match verdict {
            Some(Verdict::Accepted(_)) => {
                let body = request.body.as_deref().unwrap_or_default();
                match serde_json::from_slice::<Map<String, Value>>(body) {
                    Ok(fields) => Self::echo(fields),
                    Err(_) => {
                        Self::from(Failure::no_result("400", "The body is not a JSON object."))
                    }
                }
            }
            Some(Verdict::Rejected(rejection)) => Self::from(rejection.to_failure()),
            None => Self::from(Failure::server_error("500", "The request could not be verified.")),
        }
    }

    fn echo(mut fields: Map<String, Value>) -> Self {
        // A result item is one text.
        for value in fields.values_mut().filter(|value| value.is_array() || value.is_object()) {
            *value = value.to_string().into();
        }
        match StringData(fields).to_json() {
            Ok(json) => Self { status: StatusCode::OK, body: json.into() },
            Err(_) => Self::from(Failure::server_error("500", "The fields cannot be returned.")),
        }
    }

    fn to_response(&self) -> Response<Bytes> {
        let mut response = Response::new(self.body.clone());
        *response.status_mut() = self.status;
        let media_type = HeaderValue::from_static(ENVELOPE_CONTENT_TYPE);
        response.headers_mut().insert(CONTENT_TYPE, media_type);
        response
    }

    /// Returns the response as a client would record it.
    fn to_answer(&self, elapsed: Duration) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(ENVELOPE_CONTENT_TYPE));
        headers.insert("content-length", self.body.len().into());
        Answer {
            status: self.status,
            version: Version::HTTP_11,
            headers,
            body: self.body.clone(),
            elapsed,
            arrived: SystemTime::now(),
            truncated: false,
            leaks: Leaks::default(),
        }
    }
}

impl From<Failure> for Reply {
    fn from(failure: Failure) -> Self {
        let status = StatusCode::from_u16(failure.status().as_u16());
        Self {
            status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            body: failure.to_json().into(),
        }
    }
}

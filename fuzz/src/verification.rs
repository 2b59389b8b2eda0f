//! A whole request: it passes if, and only if, its `Authorization` is what the model computes in one
//! go over all that was received, under one of the keys.
//!
//! The input says how an honest request looks and what happens to it on the way. Fields: `key` (of the
//! ring, any number), `stranger` (a key that is not), `signer` (the place of the signing key; the
//! stranger's otherwise), `scheme`, `uri`, `timestamp`, `chunks`, `limit`, `budget` (what another body
//! leaves of it); and what is done to
//! the signed request, in this order: `move` (so many bytes from the body's end to the timestamp, back
//! if negative), `flip-uri`, `flip-body`, `flip-time`, `flip-tag` (a bit), `other-uri`, `authorization`.

use std::convert::Infallible;
use std::task::{Context, Poll, Waker};

use online_contact::{
    BufferBudget, Conclusion, MemoryReplayGuard, Rejection, RequestHead, Scheme, SecurityKey,
    Signer, Started, Timestamp, Verification, Verified, Verifier,
};

use crate::head::NOW;
use crate::input::Input;
use crate::model;

/// No body of an input is longer.
const LONGEST: u64 = 1024 * 1024;

/// What the server gets.
struct Request {
    uri: String,
    timestamp: Vec<u8>,
    authorization: Vec<u8>,
    body: Vec<u8>,
}

impl Request {
    fn head(&self) -> RequestHead<'_> {
        RequestHead::new(&self.uri).timestamp(&self.timestamp).authorization(&self.authorization)
    }
}

/// What the server knows.
struct Server<'a> {
    keys: Vec<&'a [u8]>,
    scheme: Scheme,
    limit: u64,
    budget: u64,
    chunks: Vec<usize>,
}

/// Runs one input.
///
/// # Panics
///
/// If library and model disagree.
pub fn run(data: &[u8]) {
    let input = Input::read(data);
    let server = Server::new(&input);
    let request = tampered(signed(&input, &server), &input);

    let budget = BufferBudget::new(server.budget.max(server.limit));
    let verifier = server.verifier(budget.clone());
    let other = server.other(&verifier);
    let held = budget.used();
    let expected = server.verdict(&request);
    let verdict = server.verify(&verifier, &request);
    match (&verdict, &expected) {
        (Ok(label), Ok(labels)) => assert!(labels.contains(label), "{label} of {labels:?}"),
        _ => assert_eq!(verdict.as_ref().err(), expected.as_ref().err()),
    }
    // A second time, as adapters do: what passed before is known now, what did not is rejected as before.
    assert_eq!(server.poll(&verifier, &request), verdict.and(Err("replayed")));
    assert_eq!(budget.used(), held, "all is given back");
    drop(other);
    assert_eq!(budget.used(), 0);
}

impl<'a> Server<'a> {
    fn new(input: &Input<'a>) -> Self {
        let keys: Vec<_> = input.all("key").filter(|key| !key.is_empty()).take(8).collect();
        Self {
            keys: if keys.is_empty() { vec![b"bf7769e5321448de88838cdb"] } else { keys },
            scheme: input.text("scheme").and_then(|name| name.parse().ok()).unwrap_or_default(),
            limit: input.number("limit").unwrap_or(LONGEST).clamp(1, LONGEST),
            budget: input.number("budget").unwrap_or(u64::MAX),
            chunks: input
                .text("chunks")
                .map(|sizes| sizes.split(',').filter_map(|size| size.parse().ok()).collect())
                .unwrap_or_default(),
        }
    }

    fn verifier(&self, budget: BufferBudget) -> Verifier {
        let builder = Verifier::builder()
            .clock(Timestamp::from_millis(NOW))
            .scheme(self.scheme)
            .body_limit(self.limit)
            .buffer_budget(budget)
            .replay_guard(MemoryReplayGuard::default());
        let with_keys =
            self.keys.iter().fold(builder, |builder, key| builder.key(security_key(key)));
        with_keys.build().expect("the settings are in range")
    }

    /// A body that leaves no more room in the budget than the input says.
    fn other(&self, verifier: &Verifier) -> Verification {
        let mut request = Request {
            uri: "/other".to_owned(),
            timestamp: NOW.to_string().into_bytes(),
            authorization: Vec::new(),
            body: Vec::new(),
        };
        request.authorization = sign(self.keys[0], self.scheme, &request).into_bytes();
        let mut other = verifier.begin(&request.head()).expect("it is signed");
        let taken = self.limit.saturating_sub(self.budget);
        let taken = vec![0; usize::try_from(taken).expect("within the limit")];
        other.update(&taken).expect("there is room");
        other
    }

    /// The label of the key, or the reason of the rejection.
    fn verify(&self, verifier: &Verifier, request: &Request) -> Result<String, &'static str> {
        let head = request.head();
        let verify = || {
            let mut verification = verifier.begin(&head)?;
            for chunk in self.chunks_of(&request.body) {
                verification.update(chunk)?;
            }
            verification.finish()
        };
        told(verify())
    }

    /// The same of a body that is waited for behind every second chunk.
    fn poll(&self, verifier: &Verifier, request: &Request) -> Result<String, &'static str> {
        let mut chunks = self.chunks_of(&request.body);
        let mut waits = [false, false, true].into_iter().cycle();
        let mut next = |_: &mut Context<'_>| match waits.next() {
            Some(true) => Poll::Pending,
            _ => Poll::Ready(chunks.next().map(Ok::<_, Infallible>)),
        };
        let mut cx = Context::from_waker(Waker::noop());
        let mut verify =
            || match verifier.poll_start(&request.head(), &mut cx, &mut next, |_| {})? {
                Started::Concluded(Conclusion::Now(verdict)) => verdict,
                Started::Reading(mut verification) => loop {
                    if let Poll::Ready(read) = verification.poll_body(&mut cx, &mut next, |_| {}) {
                        break read.and_then(|()| verification.finish());
                    }
                },
                other => panic!("nobody has to be asked: {other:?}"),
            };
        told(verify())
    }

    /// The labels of all keys that would have signed so, or the reason of the rejection.
    fn verdict(&self, request: &Request) -> Result<Vec<String>, &'static str> {
        let head = model::Head {
            timestamps: vec![&request.timestamp],
            authorizations: vec![&request.authorization],
            content_length: None,
            now: NOW,
            window_ms: 300_000,
            body_limit: self.limit,
            keys_answer: true,
        };
        head.rejection().map_or(Ok(()), Err)?;
        let mut received = 0;
        for chunk in self.chunks_of(&request.body) {
            received += chunk.len() as u64;
            match () {
                () if received > self.limit => return Err("body_too_large"),
                () if received > self.budget => return Err("overloaded"),
                () => {}
            }
        }
        let signs =
            |key: &[u8]| sign(key, self.scheme, request).as_bytes() == request.authorization;
        let labels: Vec<_> = (1..)
            .zip(&self.keys)
            .filter(|(_, key)| signs(key))
            .map(|(place, _)| format!("key-{place}"))
            .collect();
        if labels.is_empty() { Err("signature_mismatch") } else { Ok(labels) }
    }

    /// The body in pieces of the sizes told, again and again; in one piece if none is told.
    fn chunks_of<'b>(&self, mut body: &'b [u8]) -> impl Iterator<Item = &'b [u8]> {
        let endless = self.chunks.iter().any(|&size| size > 0);
        let sizes = if endless { self.chunks.clone() } else { vec![usize::MAX] };
        sizes.into_iter().cycle().map_while(move |size| {
            let (chunk, rest) = body.split_at(size.min(body.len()));
            let done = body.is_empty();
            body = rest;
            (!done).then_some(chunk)
        })
    }
}

fn told(verdict: Result<Verified, Rejection>) -> Result<String, &'static str> {
    match verdict {
        Ok(verified) => Ok(verified.key_label().to_owned()),
        Err(rejection) => Err(rejection.reason().as_str()),
    }
}

/// The honest request. The library's signer and the model agree on it.
fn signed(input: &Input<'_>, server: &Server<'_>) -> Request {
    let place = input.number("signer").unwrap_or(0);
    let stranger = input.all("stranger").next().filter(|key| !key.is_empty());
    let key = server.keys.get(place).copied().or(stranger).unwrap_or(b"a stranger's key");
    let at = input.number::<i64>("timestamp").unwrap_or(NOW);
    let mut request = Request {
        uri: input.text("uri").unwrap_or("/customer").to_owned(),
        timestamp: at.to_string().into_bytes(),
        authorization: Vec::new(),
        body: input.body.to_vec(),
    };
    request.authorization = sign(key, server.scheme, &request).into_bytes();

    let mut signing = Signer::new(&security_key(key)).scheme(server.scheme).begin(&request.uri);
    for chunk in server.chunks_of(&request.body) {
        signing.update(chunk);
    }
    let [(_, timestamp), (_, authorization)] = signing.finish(Timestamp::from_millis(at)).headers();
    assert_eq!(timestamp.as_bytes(), request.timestamp);
    assert_eq!(authorization.as_bytes(), request.authorization);
    request
}

fn tampered(mut request: Request, input: &Input<'_>) -> Request {
    match input.number::<i16>("move").unwrap_or(0) {
        back @ ..0 => {
            let bytes = usize::from(back.unsigned_abs()).min(request.timestamp.len());
            request.body.extend(request.timestamp.drain(..bytes));
        }
        forth => {
            let kept = request.body.len().saturating_sub(usize::from(forth.unsigned_abs()));
            request.timestamp.splice(..0, request.body.drain(kept..));
        }
    }
    // A flipped bit of the highest place would be no text any more.
    let mut uri = request.uri.into_bytes();
    flip(&mut uri, input.number("flip-uri"), 7);
    request.uri = String::from_utf8_lossy(&uri).into_owned();
    flip(&mut request.body, input.number("flip-body"), 8);
    flip(&mut request.timestamp, input.number("flip-time"), 8);
    flip(&mut request.authorization, input.number("flip-tag"), 8);
    if let Some(uri) = input.text("other-uri") {
        request.uri = uri.to_owned();
    }
    if let Some(value) = input.all("authorization").next() {
        request.authorization = value.to_vec();
    }
    request
}

fn flip(bytes: &mut [u8], bit: Option<usize>, bits: usize) {
    if let Some(byte) = bit.and_then(|bit| bytes.get_mut(bit / bits)) {
        *byte ^= 1 << (bit.unwrap_or_default() % bits);
    }
}

fn sign(key: &[u8], scheme: Scheme, request: &Request) -> String {
    let path = match scheme {
        Scheme::UriBodyTime => model::path(&request.uri),
        _ => "",
    };
    model::sign(key, &[path.as_bytes(), &request.body, &request.timestamp])
}

fn security_key(key: &[u8]) -> SecurityKey {
    SecurityKey::from_bytes(key).expect("it is not empty")
}

//! The table of the probes, in the order in which they are sent. A new probe is a new row.
//!
//! Below the table are the other bodies, and the other spellings of a signature and of a path.

use std::time::Duration;

use ::http::Method;
use ::http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use online_contact::{AUTHORIZATION_HEADER, Scheme, Signature, TIMESTAMP_HEADER, Timestamp};
use ring::digest;
use serde_json::{Map, Value};
use url::Url;

use super::bench::{Bench, End, Side};
use super::expect::{Expect, Mark};
use super::request::{Draft, PIECES, Pace};
use crate::input::BYTE_ORDER_MARK;
use crate::lang::Words;

/// One row: a fault that an endpoint may have, and the requests that reveal it.
#[derive(Debug)]
pub(super) struct Probe {
    /// Stable: scripts and reports rely on it.
    pub(super) id: &'static str,
    /// The severity of the fault: [`Mark::Fail`] or [`Mark::Advice`].
    pub(super) severity: Mark,
    /// The request in a few words.
    pub(super) title: Words,
    pub(super) expect: Expect,
    pub(super) ask: Ask,
}

/// The requests of a probe.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    /// A request that is sent before all others, because others are compared with its response.
    Reference(Reference),
    /// No request: the `Date` of the honest response.
    Clock,
    /// One request.
    One(fn(&Bench) -> Made<Draft>),
    /// Several requests, one after another. The worst response counts.
    Each(fn(&Bench) -> Made<Vec<Draft>>),
    /// Several requests at the same time. The worst response counts.
    AtOnce(fn(&Bench) -> Made<Vec<Draft>>),
    /// The time of a rejection, compared with that of the honest request.
    Slowness,
    /// The times of two kinds of requests, which must not differ.
    Timing(fn(&Bench) -> [Draft; 2]),
}

/// A request, or the reason why the probe does not apply to this endpoint or these settings.
type Made<T> = Result<T, NotApplicable>;

pub(super) type NotApplicable = Words;

/// The requests that are sent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    Honest,
    Forged,
    NoTimestamp,
    EmptyBody,
    BadJson,
    NoResult,
}

impl Probe {
    /// A row with one request, whose fault is a failure.
    pub(super) const fn one(
        id: &'static str,
        title: Words,
        expect: Expect,
        make: fn(&Bench) -> Made<Draft>,
    ) -> Self {
        Self { id, severity: Mark::Fail, title, expect, ask: Ask::One(make) }
    }

    /// A row with several requests, whose fault is a failure.
    pub(super) const fn each(
        id: &'static str,
        title: Words,
        expect: Expect,
        make: fn(&Bench) -> Made<Vec<Draft>>,
    ) -> Self {
        Self { id, severity: Mark::Fail, title, expect, ask: Ask::Each(make) }
    }

    const fn row(id: &'static str, title: Words, expect: Expect, ask: Ask) -> Self {
        Self { id, severity: Mark::Fail, title, expect, ask }
    }

    /// The same row with a fault that is an advice.
    pub(super) const fn advice(mut self) -> Self {
        self.severity = Mark::Advice;
        self
    }
}

/// The probe that is always sent.
pub(super) const HONEST: &str = "honest";

/// The number of requests at the same time.
const CROWD: usize = 32;

const _: () = assert!(CROWD == 32, "the titles below name the number");

/// The time that a server may take beyond its deadline.
const GRACE: Duration = Duration::from_secs(5);

/// A trickle takes two seconds, or a quarter of the deadline if that is less.
const TRICKLE: Duration = Duration::from_secs(2);

/// Letters of two, three and four bytes, and two that have another form in Unicode.
const LETTERS: &str = "홍길동 Jürgen Groß 🙂 e\u{301} ｶ";

/// A body longer than most buffers, and shorter than the limit of common frameworks.
const LONG: usize = 90 * 1024;

/// A body beyond the limit of common frameworks.
const HUGE: usize = 4 * 1024 * 1024;

/// The key of the vendor's sample. Everybody knows it.
const SAMPLE_KEY: &str = "bf7769e5321448de88838cdb";

/// Keys of servers without a configuration.
const PLACEHOLDER_KEYS: [&str; 8] =
    ["null", "undefined", "None", "secret", "changeme", "password", "test", "key"];

const fn w(en: &'static str, ko: &'static str) -> Words {
    Words::fixed(en, ko)
}

/// Every probe.
#[rustfmt::skip]
pub(super) static TABLE: &[Probe] = &[
    // The requests with which the others are compared.
    Probe::row(HONEST, w("an honest request", "정상 요청"), Expect::Found, Ask::Reference(Reference::Honest)),
    Probe::row("clock", w("the clocks agree", "시계가 서로 맞음"), Expect::SameTime, Ask::Clock).advice(),
    Probe::row("signature_other_key", w("signed with another key", "다른 키로 서명"), Expect::Status(403), Ask::Reference(Reference::Forged)),
    Probe::row("timestamp_missing", w("no X-TC-Timestamp", "X-TC-Timestamp 없음"), Expect::Malformed(400), Ask::Reference(Reference::NoTimestamp)),
    Probe::row("body_empty", w("an empty body, correctly signed", "올바르게 서명한 빈 본문"), Expect::Senseless, Ask::Reference(Reference::EmptyBody)),
    Probe::row("lookup_bad_json", w("broken JSON, correctly signed", "올바르게 서명한 깨진 JSON"), Expect::Senseless, Ask::Reference(Reference::BadJson)),
    Probe::row("lookup_no_result", w("a lookup that finds nothing", "결과가 없는 조회"), Expect::NoResult, Ask::Reference(Reference::NoResult)),

    // Rows 1 to 5 of the protocol: the timestamp.
    Probe::one("timestamp_empty", w("an empty X-TC-Timestamp", "빈 X-TC-Timestamp"), Expect::Malformed(400), |bench| Ok(bench.spelled(""))),
    Probe::one("timestamp_twice", w("X-TC-Timestamp twice with the same value", "같은 값의 X-TC-Timestamp 두 번"), Expect::Malformed(400), |bench| Ok(bench.honest().twice(TIMESTAMP_HEADER))).advice(),
    Probe::one("timestamp_first_of_two", w("a second X-TC-Timestamp with another value", "값이 다른 두 번째 X-TC-Timestamp"), Expect::Malformed(400), |bench| Ok(bench.honest().and(TIMESTAMP_HEADER, bench.now().to_string()))).advice(),
    Probe::one("timestamp_last_of_two", w("another X-TC-Timestamp before the signed one", "서명한 X-TC-Timestamp 앞에 값이 다른 하나"), Expect::Malformed(400), |bench| Ok(last_of_two(&bench.honest(), TIMESTAMP_HEADER, &bench.now().to_string()))),
    Probe::one("timestamp_list", w("two timestamps with a comma between", "쉼표로 이은 타임스탬프 두 개"), Expect::Malformed(400), |bench| Ok(bench.honest().map(TIMESTAMP_HEADER, |value| [value, b", ", value].concat()))),
    Probe::one("timestamp_leading_zero", w("a timestamp with a leading zero", "0으로 시작하는 타임스탬프"), Expect::Malformed(400), |bench| Ok(bench.spelled(&format!("0{}", bench.now())))),
    Probe::one("timestamp_plus", w("a timestamp with a plus sign", "+로 시작하는 타임스탬프"), Expect::Malformed(400), |bench| Ok(bench.spelled(&format!("+{}", bench.now())))),
    Probe::one("timestamp_minus", w("a negative timestamp", "음수 타임스탬프"), Expect::Malformed(400), |bench| Ok(bench.spelled(&format!("-{}", bench.now())))),
    Probe::one("timestamp_space", w("a timestamp with a blank in it", "공백이 들어간 타임스탬프"), Expect::Malformed(400), |bench| Ok(bench.spelled(&with_blank(&bench.now().to_string())))),
    Probe::each("timestamp_fraction", w("a timestamp with a fraction or an exponent", "소수점이나 지수가 있는 타임스탬프"), Expect::Malformed(400), |bench| Ok([format!("{}.0", bench.now()), exponent(bench.now())].map(|text| bench.spelled(&text).variant(text)).into())),
    Probe::one("timestamp_seconds", w("a timestamp in seconds", "초 단위 타임스탬프"), Expect::Malformed(400), |bench| Ok(bench.spelled(&(bench.now().as_millis() / 1_000).to_string()))),
    Probe::one("timestamp_zero", w("the timestamp 0", "타임스탬프 0"), Expect::Malformed(400), |bench| Ok(bench.spelled("0"))),
    Probe::each("timestamp_huge", w("a timestamp at or beyond the end of 64 bits", "64비트의 끝이거나 이를 넘는 타임스탬프"), Expect::Malformed(400), |bench| Ok(["9223372036854775807", "-9223372036854775808", "18446744073709551616"].map(|text| bench.spelled(text).variant(text)).into())),
    Probe::each("timestamp_not_a_number", w("a timestamp that is not a number", "숫자가 아닌 타임스탬프"), Expect::Malformed(400), |bench| Ok(["2026-11-23T00:00:00.000", "null", "NaN"].map(|text| bench.spelled(text).variant(text)).into())),
    Probe::one("window_old_inside", w("5 s younger than the window allows", "유효 시간보다 5초 덜 지난 요청"), Expect::LikeHonest, |bench| Ok(bench.dated(bench.body().clone(), bench.near(End::Old, Side::Inside)))),
    Probe::one("window_old_outside", w("5 s older than the window allows", "유효 시간보다 5초 더 지난 요청"), Expect::Status(400), |bench| Ok(bench.dated(bench.body().clone(), bench.near(End::Old, Side::Outside)))),
    Probe::one("window_future_inside", w("in the future, 5 s inside the window", "유효 시간보다 5초 덜 앞선 요청"), Expect::LikeHonest, |bench| Ok(bench.dated(bench.body().clone(), bench.near(End::Ahead, Side::Inside)))),
    Probe::one("window_future_outside", w("in the future, 5 s beyond the window", "유효 시간보다 5초 더 앞선 요청"), Expect::Status(400), |bench| Ok(bench.dated(bench.body().clone(), bench.near(End::Ahead, Side::Outside)))),

    // Rows 1, 6 and 7: the form of the signature.
    Probe::one("authorization_missing", w("no Authorization", "Authorization 없음"), Expect::Malformed(403), |bench| Ok(bench.honest().without(AUTHORIZATION_HEADER))),
    Probe::one("authorization_empty", w("an empty Authorization", "빈 Authorization"), Expect::Malformed(403), |bench| Ok(bench.honest().with(AUTHORIZATION_HEADER, ""))),
    Probe::one("authorization_twice", w("Authorization twice with the same value", "같은 값의 Authorization 두 번"), Expect::Malformed(400), |bench| Ok(bench.honest().twice(AUTHORIZATION_HEADER))).advice(),
    Probe::one("authorization_first_of_two", w("a second Authorization with another value", "값이 다른 두 번째 Authorization"), Expect::Malformed(400), |bench| Ok(bench.honest().and(AUTHORIZATION_HEADER, zero_mac()))).advice(),
    Probe::one("authorization_last_of_two", w("another Authorization before the right one", "올바른 Authorization 앞에 값이 다른 하나"), Expect::Malformed(400), |bench| Ok(last_of_two(&bench.honest(), AUTHORIZATION_HEADER, &zero_mac()))),
    Probe::each("authorization_list", w("two signatures with a comma between", "쉼표로 이은 서명 두 개"), Expect::Malformed(403), |bench| Ok(vec![
        respelled_signature(bench, |value| [value, b", ", value].concat()),
        respelled_signature(bench, |value| [zero_mac().as_bytes(), b", ", value].concat()),
    ])),
    Probe::each("authorization_bearer", w("a signature after a scheme", "앞에 인증 방식이 붙은 서명"), Expect::Malformed(403), |bench| Ok(["Bearer ", "Basic ", "HMAC-SHA256 "].map(|scheme| respelled_signature(bench, |value| [scheme.as_bytes(), value].concat()).variant(scheme)).into())),
    Probe::one("authorization_truncated", w("the first 20 characters of a signature", "앞 20자만 보낸 서명"), Expect::Malformed(403), |bench| Ok(respelled_signature(bench, |value| value.iter().take(20).copied().collect()))),
    Probe::one("authorization_longer", w("a signature with more characters after it", "뒤에 글자가 더 붙은 서명"), Expect::Malformed(403), |bench| Ok(respelled_signature(bench, |value| [value, b"AAAA"].concat()))),
    Probe::one("authorization_first_byte", w("a signature with a wrong first byte", "첫 바이트가 틀린 서명"), Expect::Forged, |bench| Ok(respelled_signature(bench, first_byte_changed))),
    Probe::one("authorization_last_byte", w("a signature with a wrong last byte", "마지막 바이트가 틀린 서명"), Expect::Forged, |bench| Ok(respelled_signature(bench, last_byte_changed))),
    Probe::one("authorization_case", w("a signature in the other case", "대소문자를 바꾼 서명"), Expect::Forged, |bench| Ok(respelled_signature(bench, case_swapped))),
    Probe::each("authorization_hex", w("a signature in hexadecimal", "16진수로 적은 서명"), Expect::Malformed(403), |bench| Ok(vec![
        respelled_signature(bench, hexadecimal),
        respelled_signature(bench, |value| hexadecimal(value).to_ascii_uppercase()).variant("A-F"),
    ])),
    Probe::one("authorization_url_safe", w("a signature in URL-safe base64", "URL-safe base64로 적은 서명"), Expect::Malformed(403), |bench| {
        let differs = |signature: &str| signature.contains(['+', '/']);
        Ok(bench.signed_such_that(differs).map(AUTHORIZATION_HEADER, url_safe))
    }),
    Probe::one("authorization_unpadded", w("a signature without its padding", "끝의 =가 없는 서명"), Expect::Malformed(403), |bench| Ok(respelled_signature(bench, |value| value.strip_suffix(b"=").unwrap_or(value).to_vec()))),
    Probe::one("authorization_loose_bits", w("a signature in base64 that is not canonical", "표준형이 아닌 base64 서명"), Expect::Malformed(403), |bench| Ok(respelled_signature(bench, last_bits_set))),
    Probe::each("authorization_placeholder", w("a placeholder for a signature", "서명 자리의 의미 없는 값"), Expect::Malformed(403), |bench| {
        let texts = ["null", "undefined", "true", "*", "test"].map(str::to_owned).into_iter().chain([zero_mac()]);
        Ok(texts.map(|text| bench.honest().with(AUTHORIZATION_HEADER, &text).variant(text)).collect())
    }),

    // Row 13: what the signature covers.
    Probe::each("signature_other_body", w("a body that was changed after signing", "서명한 뒤 바뀐 본문"), Expect::Forged, changed_bodies),
    Probe::each("signature_other_time", w("a timestamp that was changed after signing", "서명한 뒤 바뀐 타임스탬프"), Expect::Forged, |bench| Ok([10, -10].map(|ms| {
        let now = bench.now();
        let changed = Timestamp::from_millis(now.as_millis() + ms);
        bench.dated(bench.body().clone(), now).with(TIMESTAMP_HEADER, changed.to_string())
    }).into())),
    Probe::one("key_sample", w("signed with the key of the vendor's sample", "OC 문서 예제의 키로 서명"), Expect::Forged, |bench| {
        if bench.has_key(SAMPLE_KEY) {
            return Err(w("the endpoint has this key: replace it before production", "이 서버의 키입니다. 운영 전에 바꾸십시오"));
        }
        Ok(bench.keyed(SAMPLE_KEY.as_bytes()))
    }),
    Probe::one("key_empty", w("signed with an empty key", "빈 키로 서명"), Expect::Forged, |bench| Ok(bench.keyed(b""))),
    Probe::each("key_placeholder", w("signed with a common placeholder for a key", "흔한 임시 키로 서명"), Expect::Forged, |bench| Ok(PLACEHOLDER_KEYS.iter().filter(|key| !bench.has_key(key)).map(|key| bench.keyed(key.as_bytes()).variant(*key)).collect())),
    Probe::one("scheme_other", w("signed in the other scheme", "다른 방식으로 서명"), Expect::Forged, |bench| {
        let path = if bench.scheme() == Scheme::UriBodyTime { "" } else { bench.url().path() };
        Ok(bench.over(|time| [path.as_bytes(), bench.body(), time].concat()))
    }),
    Probe::each("scheme_time_only", w("a signature of the timestamp only", "타임스탬프만 서명"), Expect::Forged, |bench| Ok(vec![
        bench.over(<[u8]>::to_vec),
        bench.over(|time| [bench.url().path().as_bytes(), time].concat()).variant(w("URI and time", "URI와 시각")),
    ])),
    Probe::each("scheme_body_only", w("a signature of the body only", "본문만 서명"), Expect::Forged, |bench| Ok(vec![
        bench.over(|_| bench.body().to_vec()),
        bench.over(|_| [bench.url().path().as_bytes(), bench.body()].concat()).variant(w("URI and body", "URI와 본문")),
    ])),
    Probe::each("scheme_constant", w("a signature of nothing, or of the URI only", "빈 내용이나 URI만 서명"), Expect::Forged, |bench| Ok(vec![
        bench.over(|_| Vec::new()),
        bench.over(|_| bench.url().path().as_bytes().to_vec()).variant("URI"),
    ])),
    Probe::each("scheme_order", w("the parts signed in another order or with a separator", "순서나 구분자를 바꿔 서명"), Expect::Forged, |bench| {
        let body = bench.body();
        Ok(vec![
            bench.over(|time| [time, &body[..]].concat()).variant(w("time, body", "시각, 본문")),
            bench.over(|time| [time, b".", &body[..]].concat()).variant(w("time.body", "시각.본문")),
            bench.over(|time| [&body[..], b".", time].concat()).variant(w("body.time", "본문.시각")),
            bench.over(|time| [&body[..], b"\n", time].concat()).variant(w("body, line feed, time", "본문, LF, 시각")),
        ])
    }),
    Probe::each("scheme_no_key", w("a plain SHA-256 in place of the MAC", "MAC 대신 SHA-256 해시"), Expect::Forged, |bench| {
        let now = bench.now().to_string();
        let hash = |message: &[u8]| bench.with_signature(&now, &base64_of(digest::digest(&digest::SHA256, message).as_ref()));
        Ok(vec![hash(&[&bench.body()[..], now.as_bytes()].concat()), hash(bench.body()).variant(w("of the body", "본문"))])
    }),

    // Requests that some servers do not verify at all.
    Probe::each("no_headers", w("no X-TC-Timestamp and no Authorization", "X-TC-Timestamp와 Authorization이 모두 없음"), Expect::Malformed(400), |bench| Ok(vec![
        bench.honest().unsigned(),
        bench.signed("").unsigned().variant(w("an empty body", "빈 본문")),
    ])),
    Probe::each("body_unverified", w("a forgery with an unusual body", "본문이 특이한 위조 요청"), Expect::Forged, |bench| {
        let bodies = ["", " ", "{}", "[]", "null", "a=b", "x"];
        Ok(bodies.map(|body| bench.forged().body(body).variant(format!("{body:?}"))).into())
    }),
    Probe::each("body_long_unverified", w("a forgery with a long body", "본문이 긴 위조 요청"), Expect::Bypass, |bench| {
        let body = padded(bench.body(), long(bench));
        Ok(vec![bench.forged().body(body.clone()), bench.forged().body(body).pace(Pace::CHUNKED).variant(w("in chunks", "청크"))])
    }),
    Probe::one("chunked_unverified", w("a forgery in chunks", "청크로 나눈 위조 요청"), Expect::Bypass, |bench| Ok(bench.forged().pace(Pace::CHUNKED))),
    Probe::each("method_unverified", w("another method, unsigned and forged", "다른 메서드로 보낸 서명 없는 요청과 위조 요청"), Expect::Bypass, |bench| {
        let methods = [Method::GET, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS];
        Ok(methods.into_iter().flat_map(|method| {
            let name = method.to_string();
            unverified(bench, &name, move |draft| draft.method(method.clone()))
        }).collect())
    }),
    Probe::each("path_unverified", w("another spelling of the path, unsigned and forged", "경로를 다르게 적은 서명 없는 요청과 위조 요청"), Expect::Bypass, |bench| {
        let paths = paths(bench.url());
        Ok(paths.into_iter().flat_map(|url| {
            let name = url.path().to_owned();
            unverified(bench, &name, move |draft| draft.to(url.clone()))
        }).collect())
    }),
    Probe::each("query_unverified", w("a query, unsigned and forged", "쿼리를 붙인 서명 없는 요청과 위조 요청"), Expect::Bypass, |bench| {
        Ok(["debug=true", "test=1", "skip=1", "health"].into_iter().flat_map(|query| {
            let mut url = bench.url().clone();
            url.set_query(Some(query));
            unverified(bench, &format!("?{query}"), move |draft| draft.to(url.clone()))
        }).collect())
    }),
    Probe::each("content_type_unverified", w("another content type, unsigned and forged", "다른 Content-Type의 서명 없는 요청과 위조 요청"), Expect::Bypass, |bench| {
        let types = [
            "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
            "application/octet-stream", "application/json", "APPLICATION/JSON", "application/grpc", "",
        ];
        Ok(types.into_iter().flat_map(|of| {
            let name = if of.is_empty() { "Content-Type: -" } else { of };
            unverified(bench, name, |draft| match of {
                "" => draft.without(CONTENT_TYPE.as_str()),
                of => draft.with("content-type", of),
            })
        }).collect())
    }),
    Probe::each("address_spoofed", w("a spoofed address of an internal client", "내부 클라이언트로 속인 주소"), Expect::Bypass, |bench| {
        let addresses = ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "::1", "localhost"];
        let names = [
            "x-forwarded-for", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-originating-ip",
            "x-remote-ip", "x-remote-addr", "true-client-ip", "cf-connecting-ip",
        ];
        Ok(addresses.into_iter().flat_map(|address| unverified(bench, address, |draft| {
            let draft = names.into_iter().fold(draft, |draft, name| draft.with(name, address));
            draft.with("forwarded", format!("for={address}")).with("x-forwarded-host", address)
        })).collect())
    }),
    Probe::each("header_unverified", w("a header of proxies and health checks, unsigned and forged", "프록시나 상태 확인용 헤더를 붙인 서명 없는 요청과 위조 요청"), Expect::Bypass, |bench| {
        let headers = [
            (HOST.as_str(), "localhost"), (USER_AGENT.as_str(), "kube-probe/1.30"), (USER_AGENT.as_str(), "ELB-HealthChecker/2.0"),
            ("x-http-method-override", "GET"), ("x-original-url", "/"), ("x-rewrite-url", "/"), ("x-forwarded-proto", "https"),
            ("x-internal", "true"), ("x-debug", "true"), ("x-test", "true"), ("x-requested-with", "XMLHttpRequest"),
        ];
        Ok(headers.into_iter().flat_map(|(name, value)| unverified(bench, &format!("{name}: {value}"), |draft| draft.with(name, value))).collect())
    }),

    // Verdicts that outlive their request.
    Probe::each("repeated_forgery", w("the same forgery five times", "같은 위조 요청 다섯 번"), Expect::Forged, |bench| Ok(vec![bench.forged(); 5])),
    Probe::each("verdict_cached", w("an accepted signature with another body or time", "통과한 서명에 다른 본문이나 시각"), Expect::Forged, |bench| {
        let honest = bench.honest();
        let body = changed(bench);
        let later = bench.now().to_string();
        Ok(vec![
            honest.clone().expect(Expect::Anything),
            honest.clone().body(body).variant(w("another body", "다른 본문")),
            honest.with(TIMESTAMP_HEADER, later).variant(w("another time", "다른 시각")),
        ])
    }),
    Probe::each("acceptance_cached", w("a wrong signature after the right one of the same request", "통과한 요청과 같고 서명만 틀린 요청"), Expect::Forged, |bench| {
        let honest = bench.honest();
        let forged = honest.clone().map(AUTHORIZATION_HEADER, first_byte_changed);
        let other = honest.clone().with(AUTHORIZATION_HEADER, zero_mac());
        Ok(vec![honest.expect(Expect::Anything), forged, other])
    }),
    Probe::each("rejection_cached", w("an honest request after a forgery with its signature", "같은 서명의 위조 요청 다음에 온 정상 요청"), Expect::LikeHonest, |bench| {
        let honest = bench.honest();
        let forged = honest.clone().body(changed(bench));
        Ok(vec![forged.expect(Expect::Anything), honest])
    }),
    Probe::each("connection_unverified", w("a forgery on the connection of an honest request", "정상 요청의 연결로 보낸 위조 요청"), Expect::Forged, |bench| Ok(vec![
        bench.honest().keep_alive().expect(Expect::Anything),
        bench.forged().keep_alive().repeatable(),
        bench.honest().keep_alive().repeatable().expect(Expect::Anything),
        bench.forged().unsigned().repeatable().expect(Expect::Malformed(400)).variant(w("unsigned", "서명 없음")),
    ])),
    Probe::each("connection_broken", w("an honest request on the connection of a rejected one", "거부된 요청의 연결로 보낸 정상 요청"), Expect::LikeHonest, |bench| Ok(vec![
        bench.honest().unsigned().keep_alive().expect(Expect::Anything),
        bench.honest().repeatable(),
    ])),
    Probe::each("same_moment", w("two honest requests with the same timestamp", "타임스탬프가 같은 정상 요청 두 개"), Expect::LikeHonest, |bench| {
        let now = bench.now();
        let other = bench.dated(no_result(bench)?, now).expect(Expect::LikeNoResult);
        Ok(vec![bench.dated(bench.body().clone(), now), other])
    }),

    // Rows 9 to 13: the body.
    Probe::one("body_chunked", w("a body in chunks", "청크로 나눈 본문"), Expect::LikeHonest, |bench| Ok(bench.honest().pace(Pace::CHUNKED))),
    Probe::one("body_slow", w("a body that trickles in for two seconds", "2초에 걸쳐 조금씩 오는 본문"), Expect::LikeHonest, |bench| Ok(bench.honest().pace(Pace::trickle(pause(bench))))),
    Probe::one("body_stalled", w("a body whose second half never comes", "절반이 오지 않는 본문"), Expect::TooSlow, |bench| {
        let patience = bench.limits.body_deadline + GRACE;
        Ok(bench.honest().pace(Pace::STALLED).patience(patience))
    }).advice(),
    Probe::one("body_8_kib", w("a body of 8 KiB", "8 KiB 본문"), Expect::NotForged, |bench| Ok(sized(bench, 8 * 1024))),
    Probe::one("body_long", w("a body of 90 KiB", "90 KiB 본문"), Expect::NotForged, |bench| Ok(sized(bench, long(bench)))),
    Probe::one("body_at_limit", w("a body as long as --body-limit", "--body-limit와 같은 길이의 본문"), Expect::LikeHonest, |bench| match bench.limits.body_limit {
        Some(limit) => Ok(sized(bench, limit)),
        None => Err(w("--body-limit is not given", "--body-limit를 지정하지 않았습니다")),
    }),
    Probe::one("body_too_large", w("a body one byte longer than --body-limit, or of 4 MiB", "--body-limit보다 1바이트 긴 본문, 또는 4 MiB 본문"), Expect::TooLarge, |bench| Ok(sized(bench, too_long(bench)))),
    Probe::one("body_too_large_chunked", w("the same in chunks without a declared length", "길이를 알리지 않고 청크로 보낸 같은 본문"), Expect::TooLarge, |bench| {
        Ok(sized(bench, too_long(bench)).pace(Pace::hesitant(bench.hesitation()).in_chunks()))
    }),
    Probe::one("body_respelled", w("the same JSON in other bytes", "내용은 같고 바이트가 다른 JSON"), Expect::Passed, |bench| Ok(bench.signed(respelled(bench.body())?))),
    Probe::one("body_newline", w("a body with a newline at its end", "줄바꿈으로 끝나는 본문"), Expect::LikeHonest, |bench| Ok(bench.signed([bench.body(), &b"\n"[..]].concat()))),
    Probe::one("body_crlf", w("a body with CRLF line ends", "줄 끝이 CRLF인 본문"), Expect::LikeHonest, |bench| Ok(bench.signed(with_crlf(bench.body())?))),
    Probe::one("body_bom", w("a body with a byte order mark", "BOM으로 시작하는 본문"), Expect::Passed, |bench| Ok(bench.signed([BYTE_ORDER_MARK, bench.body()].concat()))),
    Probe::one("body_non_ascii", w("letters of Korea and Europe, and an emoji", "한글과 유럽 글자와 이모지"), Expect::Passed, |bench| Ok(bench.signed(with_last_text(bench.body(), LETTERS)?))),
    Probe::one("body_lossy", w("a signature of the body after broken UTF-8 was replaced", "UTF-8이 아닌 바이트를 대체 문자로 바꿔 서명한 본문"), Expect::Forged, lossy),

    // Behind the verification: routes, replays, load and time.
    Probe::one("route_get", w("GET in place of POST, correctly signed", "올바르게 서명한 GET"), Expect::Bypass, |bench| Ok(bench.honest().method(Method::GET))),
    Probe::one("route_other_path", w("a path that is not registered, correctly signed", "올바르게 서명한 미등록 경로"), Expect::NoRoute, |bench| {
        let mut url = bench.url().clone();
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{path}/online-contact-doctor"));
        Ok(bench.signed_for(&url))
    }).advice(),
    Probe::each("replay", w("the same request twice", "같은 요청 두 번"), Expect::Replayed, |bench| {
        let honest = bench.honest();
        Ok(vec![honest.clone().expect(Expect::LikeHonest), honest])
    }).advice(),
    Probe::row("crowd", w("32 honest requests at once", "동시에 온 정상 요청 32개"), Expect::LikeHonest, Ask::AtOnce(|bench| {
        Ok((0..CROWD).map(|_| bench.honest()).collect())
    })),
    Probe::row("crowd_mixed", w("32 different requests at once", "동시에 온 서로 다른 요청 32개"), Expect::LikeHonest, Ask::AtOnce(mixed)),
    Probe::row("rejection_slow", w("the time of a rejection", "거부에 걸리는 시간"), Expect::Forged, Ask::Slowness),
    Probe::row("time_tells", w("the time of a rejection by the wrong byte of the signature", "서명의 틀린 위치에 따른 거부 시간"), Expect::Forged, Ask::Timing(|bench| [
        respelled_signature(bench, first_byte_changed),
        respelled_signature(bench, last_byte_changed),
    ])),
    Probe::one("honest_again", w("an honest request after all others", "모든 요청 다음의 정상 요청"), Expect::LikeHonest, |bench| Ok(bench.honest())),
];

/// The request of a reference.
pub(super) fn reference(which: Reference, bench: &Bench) -> Made<Draft> {
    Ok(match which {
        Reference::Honest => bench.honest(),
        Reference::Forged => bench.forged(),
        Reference::NoTimestamp => bench.spelled("").without(TIMESTAMP_HEADER),
        Reference::EmptyBody => bench.signed(""),
        Reference::BadJson => {
            let (_, beginning) = bench.body().split_last().unwrap_or((&0, b"{"));
            bench.signed(beginning.to_vec())
        }
        Reference::NoResult => bench.signed(no_result(bench)?),
    })
}

fn no_result(bench: &Bench) -> Result<Vec<u8>, NotApplicable> {
    match bench.known_no_result() {
        Some(body) => Ok(body.to_vec()),
        None => for_unknown_customer(bench.body()),
    }
}

/// The same request without a signature and with a wrong one.
fn unverified(bench: &Bench, name: &str, change: impl Fn(Draft) -> Draft) -> [Draft; 2] {
    [
        change(bench.honest().unsigned())
            .variant(Words::new(format!("{name} unsigned"), format!("서명 없는 {name}"))),
        change(bench.forged())
            .variant(Words::new(format!("{name} forged"), format!("위조된 {name}"))),
    ]
}

/// Another lookup, or no JSON.
fn changed(bench: &Bench) -> Vec<u8> {
    for_unknown_customer(bench.body()).unwrap_or_else(|_| [bench.body(), &b"x"[..]].concat())
}

fn changed_bodies(bench: &Bench) -> Made<Vec<Draft>> {
    let body = &bench.body()[..];
    let mut changed = vec![
        ([body, b" "].concat(), w("a blank after it", "뒤에 공백")),
        ([body, b"\n"].concat(), w("a line feed after it", "뒤에 LF")),
        ([body, b"\r\n"].concat(), w("CR LF after it", "뒤에 CRLF")),
        ([body, b"\0"].concat(), w("NUL after it", "뒤에 NUL")),
        ([b" ", body].concat(), w("a blank before it", "앞에 공백")),
        ([BYTE_ORDER_MARK, body].concat(), w("a byte order mark before it", "앞에 BOM")),
    ];
    let respelled = respelled(body).ok();
    changed
        .extend(respelled.map(|body| (body, w("the JSON in other bytes", "바이트가 다른 JSON"))));
    let others = for_unknown_customer(body).ok();
    changed.extend(others.map(|body| (body, w("other values", "다른 값"))));
    let draft = |(body, variant)| bench.honest().body(body).variant(variant);
    Ok(changed.into_iter().map(draft).collect())
}

/// Honest requests, forgeries and lookups that find nothing. Some bodies are slow, so that the requests
/// overlap.
fn mixed(bench: &Bench) -> Made<Vec<Draft>> {
    let no_customer = no_result(bench)?;
    let paced = |draft: Draft, place: usize| {
        let pause = Duration::from_millis(if place.is_multiple_of(2) { 60 } else { 20 });
        if place % 4 < 3 { draft.pace(Pace::hesitant(pause)) } else { draft }
    };
    let requests = (0..CROWD).map(|place| {
        let draft = match place % 3 {
            0 => bench.honest(),
            1 => bench.forged().expect(Expect::Forged),
            _ => bench.signed(no_customer.clone()).expect(Expect::LikeNoResult),
        };
        paced(draft, place)
    });
    Ok(requests.collect())
}

fn respelled_signature(bench: &Bench, change: impl Fn(&[u8]) -> Vec<u8>) -> Draft {
    bench.honest().map(AUTHORIZATION_HEADER, change)
}

/// The header with another value before its own.
fn last_of_two(honest: &Draft, name: &'static str, other: &str) -> Draft {
    let own: String = honest.values(name).collect();
    honest.clone().with(name, other).and(name, own)
}

fn with_blank(time: &str) -> String {
    let (start, end) = time.split_at_checked(10).unwrap_or_default();
    format!("{start} {end}")
}

fn exponent(time: Timestamp) -> String {
    let digits = time.to_string();
    let (first, rest) = digits.split_at_checked(1).unwrap_or_default();
    format!("{first}.{rest}E{}", rest.len())
}

/// The base64 of 32 zero bytes.
fn zero_mac() -> String {
    base64_of(&[0; 32])
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn pause(bench: &Bench) -> Duration {
    let pieces = u32::try_from(PIECES).unwrap_or(u32::MAX);
    TRICKLE.min(bench.limits.body_deadline / 4) / pieces
}

/// The length of a long body, within the limit.
fn long(bench: &Bench) -> usize {
    bench.limits.body_limit.map_or(LONG, |limit| limit.min(LONG))
}

/// A length that is rejected, or that is expected to be rejected where the limit is not known.
fn too_long(bench: &Bench) -> usize {
    bench.limits.body_limit.map_or(HUGE, |limit| limit + 1)
}

/// Blanks and then the honest body.
fn sized(bench: &Bench, length: usize) -> Draft {
    let body = padded(bench.body(), length);
    bench.signed(body).pace(Pace::hesitant(bench.hesitation()))
}

/// Two bodies share a signature if the server decodes the body before it verifies.
fn lossy(bench: &Bench) -> Made<Draft> {
    let decoded = with_last_text(bench.body(), "\u{fffd}")?;
    let mut sent = decoded.clone();
    let replaced = "\u{fffd}".as_bytes();
    if let Some(at) = sent.windows(replaced.len()).position(|bytes| bytes == replaced) {
        sent.splice(at..at + replaced.len(), [0xff]);
    }
    Ok(bench.signed(decoded).body(sent))
}

/// A value that no customer has.
const UNKNOWN_CUSTOMER: &str = "000000000000";

const NOT_AN_OBJECT: Words = Words::fixed(
    "the body of the honest request is not a JSON object",
    "정상 요청의 본문이 JSON 객체가 아닙니다",
);

const NO_TEXT: Words = Words::fixed(
    "the body of the honest request has no string item",
    "정상 요청의 본문에 문자열 항목이 없습니다",
);

/// The same JSON in other bytes: the members in reverse order, white space between them, and the first
/// letter of each string escaped.
fn respelled(body: &[u8]) -> Result<Vec<u8>, NotApplicable> {
    let members: Vec<_> = object(body)?
        .iter()
        .rev()
        .map(|(name, value)| format!("  {} :\t{}", Value::from(name.as_str()), escaped(value)))
        .collect();
    Ok(format!("{{\n{}\n }}", members.join(" ,\n")).into_bytes())
}

fn escaped(value: &Value) -> String {
    match value.as_str().and_then(|text| Some((text.chars().next()?, text))) {
        Some((first, text)) if first.is_ascii_alphanumeric() => {
            let json = Value::from(text).to_string();
            let rest = json.get(2..).unwrap_or_default();
            format!("\"\\u{:04x}{rest}", u32::from(first))
        }
        _ => value.to_string(),
    }
}

/// The same JSON with the line ends of Windows.
fn with_crlf(body: &[u8]) -> Result<Vec<u8>, NotApplicable> {
    let members: Vec<_> = object(body)?
        .iter()
        .map(|(name, value)| format!("{}: {value}", Value::from(name.as_str())))
        .collect();
    Ok(format!("{{\r\n{}\r\n}}\r\n", members.join(",\r\n")).into_bytes())
}

/// The last string is replaced by another one.
fn with_last_text(body: &[u8], text: &str) -> Result<Vec<u8>, NotApplicable> {
    let mut object = object(body)?;
    let last = object.values_mut().filter(|value| value.is_string()).last().ok_or(NO_TEXT)?;
    *last = text.into();
    Ok(Value::Object(object).to_string().into_bytes())
}

/// A lookup that finds no customer.
fn for_unknown_customer(body: &[u8]) -> Result<Vec<u8>, NotApplicable> {
    let mut object = object(body)?;
    if !object.values().any(Value::is_string) {
        return Err(NO_TEXT);
    }
    for value in object.values_mut().filter(|value| value.is_string()) {
        *value = UNKNOWN_CUSTOMER.into();
    }
    Ok(Value::Object(object).to_string().into_bytes())
}

/// Blanks before the body, so that it has this length.
pub(super) fn padded(body: &[u8], length: usize) -> Vec<u8> {
    let mut padded = vec![b' '; length.saturating_sub(body.len())];
    padded.extend_from_slice(body);
    padded
}

fn object(body: &[u8]) -> Result<Map<String, Value>, NotApplicable> {
    serde_json::from_slice(body).map_err(|_| NOT_AN_OBJECT)
}

/// The alphabet of standard base64.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The index of the last letter before the padding.
const LAST: usize = 42;

fn first_byte_changed(value: &[u8]) -> Vec<u8> {
    with_letter(value, 0, |bits| bits ^ 0b00_0100)
}

/// Changes the last byte of the MAC.
fn last_byte_changed(value: &[u8]) -> Vec<u8> {
    // The last letter has four bits of the last byte and two that are always 0.
    with_letter(value, LAST, |bits| bits ^ 0b00_0100)
}

/// Sets a bit that belongs to no byte of the MAC.
fn last_bits_set(value: &[u8]) -> Vec<u8> {
    with_letter(value, LAST, |bits| bits | 0b00_0001)
}

fn with_letter(value: &[u8], index: usize, change: impl Fn(usize) -> usize) -> Vec<u8> {
    let mut value = value.to_vec();
    if let Some(letter) = value.get_mut(index) {
        let bits = ALPHABET.iter().position(|other| other == letter).unwrap_or_default();
        *letter = ALPHABET.get(change(bits)).copied().unwrap_or(b'A');
    }
    value
}

fn case_swapped(value: &[u8]) -> Vec<u8> {
    let swap = |byte: &u8| match byte {
        b'a'..=b'z' => byte.to_ascii_uppercase(),
        other => other.to_ascii_lowercase(),
    };
    value.iter().map(swap).collect()
}

fn url_safe(value: &[u8]) -> Vec<u8> {
    let replace = |byte: &u8| match byte {
        b'+' => b'-',
        b'/' => b'_',
        other => *other,
    };
    value.iter().map(replace).collect()
}

fn hexadecimal(value: &[u8]) -> Vec<u8> {
    let signature = Signature::parse(value);
    let bytes = signature.as_ref().map_or(&[][..], |signature| &signature.as_bytes()[..]);
    hex::encode(bytes).into_bytes()
}

/// Other spellings of a URL's path that some servers treat as the same path.
pub(super) fn paths(url: &Url) -> Vec<Url> {
    let path = url.path();
    let last = path.chars().next_back().unwrap_or('/');
    let stem = path.strip_suffix(last).unwrap_or_default();
    let spellings = [
        format!("{}/", path.trim_end_matches('/')),
        path.trim_end_matches('/').to_owned(),
        path.to_ascii_uppercase(),
        capitalized(path),
        format!("/{path}"),
        format!("{path};a=b"),
        format!("{stem}%{:02x}", u32::from(last)),
        format!("{path}.json"),
        format!("{path}%20"),
    ];
    let mut urls: Vec<Url> = Vec::new();
    for spelling in spellings {
        let mut other = url.clone();
        other.set_path(&spelling);
        if other != *url && !urls.contains(&other) {
            urls.push(other);
        }
    }
    urls
}

fn capitalized(path: &str) -> String {
    let mut previous = '/';
    path.chars()
        .map(|letter| {
            let starts = std::mem::replace(&mut previous, letter) == '/';
            if starts { letter.to_ascii_uppercase() } else { letter }
        })
        .collect()
}

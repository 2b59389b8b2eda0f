//! What lies behind the verification: the lookup, the routes, a replay guard, and a crowd.

use ::http::Method;

use super::CROWD;
use crate::doctor::bodies;
use crate::doctor::probe::{Course, Expect, Probe};
use crate::lang::Words;

const _: () = assert!(CROWD == 32, "the titles below say 32");

pub(super) static TABLE: [Probe; 6] = [
    Probe::once(
        "lookup_bad_json",
        Words::fixed("broken JSON, well signed", "올바르게 서명한 깨진 JSON"),
        Expect::Senseless,
        |bench| Ok(bench.signed([b"{", &bench.body()[..]].concat())),
    ),
    Probe::once(
        "lookup_no_result",
        Words::fixed("a lookup that finds nothing", "결과가 없는 조회"),
        Expect::NoResult,
        |bench| match bench.known_no_result() {
            Some(body) => Ok(bench.signed(body.clone())),
            None => Ok(bench.signed(bodies::for_nobody(bench.body())?)),
        },
    ),
    Probe::once(
        "route_get",
        Words::fixed("GET in place of POST", "POST 대신 GET"),
        Expect::OnlyPost,
        |bench| Ok(bench.honest().method(Method::GET)),
    ),
    Probe::once(
        "route_other_path",
        Words::fixed("a path that nobody registered", "등록하지 않은 경로"),
        Expect::NoRoute,
        |bench| {
            let mut url = bench.url().clone();
            let path = url.path().trim_end_matches('/').to_owned();
            url.set_path(&format!("{path}/online-contact-doctor"));
            Ok(bench.signed_for(&url))
        },
    ),
    Probe {
        id: "replay",
        title: Words::fixed("the same request twice", "같은 요청 두 번"),
        course: Course::Twice,
        expect: Expect::Replayed,
    },
    Probe {
        id: "crowd",
        title: Words::fixed("32 honest requests at once", "동시에 온 정상 요청 32개"),
        course: Course::Crowd,
        expect: Expect::LikeHonest,
    },
];

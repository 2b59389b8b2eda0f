//! No secret leaves: the whole table of cases is run, every event of every crate is captured, every
//! answer is read off the wire, and all of it is searched for the key and for correct signatures
//! that the caller did not send. What `Debug` shows is searched too, and the log for a customer whose
//! record a handler answered wrongly.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod captured;
mod customer;
mod debug;
mod leaky;
mod needles;
mod tapped;

use std::sync::{Mutex, MutexGuard, PoisonError};

use captured::Captured;
use leaky::Leaky;
use needles::{Needle, found};
use online_contact_test_kit::vectors;
use online_contact_tests::{
    Adapter, Case, Cell, Expect, Http2, KEY, Request, Runner, Settings, adapters, cases,
};
use tapped::Tapped;

/// Events are captured for the whole process, so the tests go one after another.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn no_secret_is_logged_or_answered() {
    let _alone = alone();
    let captured = Captured::start();
    let (mut played, mut searched, mut answered) = (0, 0, 0);
    for case in cases::all().expect("the table") {
        let needles = secrets_of(&case);
        for adapter in adapters::ALL {
            captured.clear();
            let (cell, answers) = play(&case, *adapter);
            let what = format!("{} × {}", case.name, adapter.name());
            match cell {
                Cell::NotApplicable(_) => continue,
                Cell::Red(why) => panic!("{what}: {why}"),
                Cell::Green => played += 1,
            }
            assert!(!answers.is_empty(), "{what}: no answer was read");
            assert_eq!(found(&needles, &answers), [""; 0], "{what}: in an answer");
            assert_eq!(found(&needles, &captured.text()), [""; 0], "{what}: in the log");
            searched += needles.len();
            answered += answers.len();
        }
    }
    let logged = captured.all();
    println!(
        "{played} cases played, {searched} searches; {answered} bytes of answers, {logged} of logs"
    );
    // All of it was there to be searched.
    assert!(played > 1_000 && searched > 10 * played && answered > 100_000 && logged > 1_000_000);
}

/// The key of the case; where it is a vector that is rejected, also its correct signature.
fn secrets_of(case: &Case) -> Vec<Needle> {
    let mut needles = needles::of_key(&case.settings.key);
    // What the table sends as a forgery, everywhere but in the vectors.
    let tampered = Request::tampered(br#"{"callNum":"1","nation":"korea"}"#);
    needles.extend(needles::of_signature(&Settings::default(), &tampered));
    if let Some(vector) = vector_of(case) {
        let request = vector.request();
        if vector.expect != "accepted" {
            needles.extend(needles::of_signature(&case.settings, &request));
        }
        // What the caller sent is no secret of ours.
        needles.retain(|needle| !needle.is_in(&request));
    }
    needles
}

fn vector_of(case: &Case) -> Option<vectors::Vector> {
    let name = case.name.strip_prefix("vector: ")?;
    let name = name.trim_end_matches(" (HTTP/2)").trim_end_matches(" (gRPC)");
    let vector = vectors::all().into_iter().find(|v| v.name == name);
    Some(vector.expect("every case of a vector is called like it"))
}

fn play(case: &Case, adapter: &dyn Adapter) -> (Cell, Vec<u8>) {
    let tapped = Tapped::around(adapter);
    let cell = Runner::default().run(case, &tapped);
    (cell, tapped.answers())
}

/// Most vectors that are rejected hide a correct signature, or the search would be for nothing.
#[test]
fn rejected_vectors_have_something_to_hide() {
    let cases = cases::all().expect("the table");
    let hides = |case: &&Case| {
        vector_of(case).is_some_and(|vector| vector.expect != "accepted")
            && secrets_of(case).iter().any(|needle| needle.what == "vector's signature in base64")
    };
    assert!(cases.iter().filter(hides).count() > 100);
}

/// The search finds what is planted: in an event of any target and level, as field or message.
#[test]
fn a_planted_secret_is_found_in_the_log() {
    let _alone = alone();
    let captured = Captured::start();
    let needles = needles::of_key(KEY);
    assert!(needles.len() >= 6);
    for needle in &needles {
        let planted = String::from_utf8_lossy(&needle.bytes).into_owned();
        captured.clear();
        tracing::trace!(target: "hyper::proto", field = planted, "an event");
        assert!(found(&needles, &captured.text()).contains(&needle.what), "{planted} as a field");
        captured.clear();
        tracing::error!(target: "actix_http", "it is {planted}");
        assert!(found(&needles, &captured.text()).contains(&needle.what), "{planted} as a message");
    }
}

/// And in an answer of a server that leaks: in a header or in the body, over HTTP/1 and HTTP/2.
#[test]
fn a_leaked_secret_is_found_in_an_answer() {
    let _alone = alone();
    let request = Request::signed("anything");
    for needle in needles::of_key(KEY) {
        for leaky in [Leaky::in_header(&needle), Leaky::in_body(&needle)] {
            for case in [http1(request.clone()), http2(request.clone())] {
                let (_, answers) = play(&case, &leaky);
                let all = [Needle { what: needle.what, bytes: needle.bytes.clone() }];
                assert_eq!(found(&all, &answers), [needle.what], "{}", case.name);
            }
        }
    }
}

fn http1(request: Request) -> Case {
    let expect = vec![Expect::accepted(&request).expect("an echo")];
    Case::new("HTTP/1", expect, async move |target| {
        Ok(vec![target.http1().await?.exchange(&request.whole()).await?])
    })
}

fn http2(request: Request) -> Case {
    let expect = vec![Expect::accepted(&request).expect("an echo")];
    Case::new("HTTP/2", expect, async move |target| {
        Ok(vec![Http2::connect(target).await?.exchange(&request).await?])
    })
}

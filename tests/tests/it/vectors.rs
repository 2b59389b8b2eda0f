//! The published vectors through the doors that need no socket: the core, and the tower service.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use online_contact::RequestHead;
use online_contact_test_kit::vectors;
use online_contact_tests::adapters::echo;
use online_contact_tests::{App, Expect, Reply, Settings};
use online_contact_tower::Verify;
use tower::ServiceExt as _;

#[test]
fn through_the_core() {
    for vector in vectors::all() {
        let request = vector.request();
        let verifier = Settings::of(&vector).verifier().expect("a verifier");
        let head = request.headers.iter().fold(
            RequestHead::new(&request.target).content_length(request.body.len() as u64),
            |head, (name, value)| head.header(name, value),
        );
        let verdict = match verifier.verify_bytes(&head, &request.body) {
            Ok(_) => "accepted",
            Err(rejection) => rejection.reason().as_str(),
        };
        assert_eq!(verdict, vector.expect, "{}", vector.name);
    }
}

#[tokio::test]
async fn through_the_tower_service() {
    for vector in vectors::all() {
        let request = vector.request();
        let verifier = Settings::of(&vector).verifier().expect("a verifier");
        let (expect, calls) = match vector.expect.as_str() {
            "accepted" => (Expect::accepted(&request), 1),
            reason => (Expect::rejected(reason), 0),
        };

        let mut sent = http::Request::post(&request.target);
        for (name, value) in &request.headers {
            sent = sent.header(name, value.as_slice());
        }
        let sent = sent.body(Full::new(Bytes::from(request.body))).expect("a request");
        let app = App::default();
        let service = Verify::new(echo(app.clone()), verifier);
        let response = service.oneshot(sent).await.expect("an answer");

        let (head, body) = response.into_parts();
        let headers = head.headers.iter();
        let reply = Reply {
            status: head.status.as_u16(),
            headers: headers.map(|(n, v)| (n.to_string(), v.as_bytes().to_vec())).collect(),
            body: body.collect().await.expect("a body").to_bytes().to_vec(),
            ..Reply::default()
        };
        let verdict = expect.and_then(|expect| expect.check(&reply));
        assert!(verdict.is_ok(), "{}: {verdict:?}", vector.name);
        assert_eq!(app.calls(), calls, "{}", vector.name);
    }
}

/// HTTP trims and forbids some bytes. If HTTP cannot carry a vector, the table must report it and not skip
/// it; at present it can carry all of them.
#[test]
fn all_can_be_sent() {
    let vectors = vectors::all();
    assert_eq!(vectors.len(), 104);
    let unsent = vectors.iter().filter_map(|vector| Some((&vector.name, vector.not_sendable()?)));
    assert_eq!(unsent.collect::<Vec<_>>(), []);
}

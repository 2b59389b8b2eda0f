//! What Online Contact is answered when the backend fails: an envelope, and nothing of what broke.

use std::future::pending;

use crate::support::{
    BACKEND_TIMEOUT, Backend, ask, bind, question, signed_client, start_backend, start_gateway,
    verifier,
};
use example_shared::CustomerDirectory;
use example_shared::client::Answer;
use example_shared::demo::DOCUMENTED_BODY;
use example_tonic_gateway::backend::Directory;
use online_contact::ENVELOPE_CONTENT_TYPE;
use tokio::sync::mpsc;
use tokio::time::{advance, pause, resume};
use tonic::Code;

const TOO_LONG: &str = r#"{"error":{"code":"500004","message":"The customer directory took too long.","detail":null}}"#;
const UNREACHABLE: &str = r#"{"error":{"code":"500014","message":"The customer directory can't be reached.","detail":null}}"#;
const FAILED: &str =
    r#"{"error":{"code":"500013","message":"The customer directory failed.","detail":null}}"#;
const NO_QUESTION: &str =
    r#"{"error":{"code":"400003","message":"This can't be looked up.","detail":null}}"#;

fn expect(answer: &Answer, status: u16, body: &str) {
    assert_eq!((answer.status, answer.body.as_str()), (status, body));
    assert_eq!(answer.content_type.as_ref().unwrap(), ENVELOPE_CONTENT_TYPE);
}

#[tokio::test]
async fn a_backend_that_is_down_is_a_server_error() {
    let (listener, nobody) = bind().await;
    drop(listener);
    let gateway = start_gateway(verifier(), nobody).await;
    expect(&ask(gateway, DOCUMENTED_BODY).await, 500, UNREACHABLE);

    let status = signed_client(gateway).lookup(question("1")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.message(), "The customer directory can't be reached.");
}

#[tokio::test]
async fn a_broken_database_is_a_server_error() {
    let directory = CustomerDirectory::in_memory().await.unwrap();
    directory.close().await;
    let backend = start_backend(Directory(directory)).await;
    let gateway = start_gateway(verifier(), backend).await;
    expect(&ask(gateway, DOCUMENTED_BODY).await, 500, FAILED);
}

#[tokio::test]
async fn a_question_that_the_backend_rejects_is_no_result() {
    let directory = CustomerDirectory::in_memory().await.unwrap();
    let backend = start_backend(Directory(directory)).await;
    let gateway = start_gateway(verifier(), backend).await;
    expect(&ask(gateway, r#"{"callNum":""}"#).await, 400, NO_QUESTION);
}

#[tokio::test]
async fn a_backend_that_takes_too_long_is_a_server_error() {
    let (reached, mut reaching) = mpsc::unbounded_channel();
    let backend = start_backend(Backend(move |request: tonic::Request<_>| {
        let deadline = request.metadata().get("grpc-timeout").cloned();
        reached.send(deadline).unwrap();
        pending()
    }))
    .await;
    let gateway = start_gateway(verifier(), backend).await;

    let (answer, deadline) = tokio::join!(ask(gateway, DOCUMENTED_BODY), async {
        let deadline = reaching.recv().await.unwrap();
        let_the_deadline_pass().await;
        deadline
    });
    expect(&answer, 500, TOO_LONG);
    // It was told how long the gateway would wait: 3 seconds, in microseconds.
    assert_eq!(deadline.unwrap(), "3000000u");
}

#[tokio::test]
async fn a_backend_that_never_speaks_is_a_server_error() {
    let (listener, silent) = bind().await;
    let gateway = start_gateway(verifier(), silent).await;

    let (answer, _connection) = tokio::join!(ask(gateway, DOCUMENTED_BODY), async {
        let connection = listener.accept().await.unwrap();
        let_the_deadline_pass().await;
        connection
    });
    expect(&answer, 500, TOO_LONG);
}

/// The gateway's clock for the backend has started by now.
async fn let_the_deadline_pass() {
    pause();
    advance(BACKEND_TIMEOUT).await;
    resume();
}

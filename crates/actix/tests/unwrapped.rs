//! A handler that takes the proof on a route that nothing verifies.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use actix_web::test::{call_service, init_service, read_body};
use actix_web::{App, web};
use online_contact::Verified;
use support::signed;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[actix_web::test]
async fn answers_500_and_the_log_names_the_missing_wrap() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let handler = |who: Verified| async move { who.key_label().to_owned() };
    let app = init_service(App::new().route("/customer", web::post().to(handler))).await;
    let response = call_service(&app, signed(b"").to_request()).await;

    assert_eq!(response.status(), 500);
    let body = read_body(response).await;
    let expected = br#"{"error":{"code":"50091","message":"This route is not set up to be called.","detail":null}}"#;
    assert_eq!(body.as_ref(), expected);
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains(".wrap(Verify::new(…))"), "{logged}");
}

//! Load through a real Envoy while the authorizer changes.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use online_contact_tests::{Request, Target};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::kit::{KEY, Program, Upstream, envoy_program, forged, signed, start_envoy};

const CLIENTS: usize = 4;

/// Clients that send one request after the other until `stop` is set.
struct Load {
    tasks: JoinSet<Vec<(String, u16)>>,
    stop: Arc<AtomicBool>,
    /// Responses: with status 200, and with any other.
    counts: watch::Receiver<(usize, usize)>,
}

impl Load {
    /// `request` makes the request with this number; its body must be unique.
    fn start(target: Target, request: impl Fn(usize) -> Request + Clone + Send + 'static) -> Self {
        let (stop, number) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (counted, counts) = watch::channel((0, 0));
        let mut tasks = JoinSet::new();
        for _ in 0..CLIENTS {
            let (request, stop, number) = (request.clone(), Arc::clone(&stop), Arc::clone(&number));
            let counted = counted.clone();
            tasks.spawn(async move {
                let mut responses = Vec::new();
                let mut client = None;
                while !stop.load(Ordering::Relaxed) {
                    let request = request(number.fetch_add(1, Ordering::Relaxed));
                    let mut connection = match client.take() {
                        Some(connection) => connection,
                        None => target.http1().await.unwrap(),
                    };
                    // Envoy may close an idle connection; then no response came.
                    if let Ok(reply) = connection.exchange(&request.whole()).await {
                        let body = String::from_utf8(request.body).unwrap();
                        responses.push((body, reply.status));
                        counted.send_modify(|(passed, others)| match reply.status {
                            200 => *passed += 1,
                            _ => *others += 1,
                        });
                        let closes = reply.headers.iter().any(|(name, _)| name == "connection");
                        client = (!closes).then_some(connection);
                    }
                }
                responses
            });
        }
        Self { tasks, stop, counts }
    }

    /// Waits for this many further responses with status 200, and with any other.
    async fn further(&mut self, passed: usize, others: usize) {
        let (before, before_others) = *self.counts.borrow();
        let enough = |counts: &(usize, usize)| {
            counts.0 >= before + passed && counts.1 >= before_others + others
        };
        self.counts.wait_for(enough).await.unwrap();
    }

    async fn finish(self) -> Vec<(String, u16)> {
        self.stop.store(true, Ordering::Relaxed);
        self.tasks.join_all().await.into_iter().flatten().collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_passes_unverified_while_the_authorizer_is_killed_and_started() {
    let Some(envoy) = envoy_program() else { return };
    let settings = [("OC_SECURITY_KEY", KEY), ("RUST_LOG", "off")];
    let mut program = Program::start(&settings);
    let upstream = Upstream::start().await;
    let (_envoy, target) = start_envoy(&envoy, program.socket_address(), upstream.address, &[]);
    let listen = program.socket_address().to_string();
    // Every second request is forged.
    let mut load = Load::start(target, |number| match number % 2 {
        0 => signed(format!("{{\"signed\":{number}}}")),
        _ => forged(format!("{{\"forged\":{number}}}")),
    });
    for _ in 0..5 {
        load.further(20, 20).await;
        drop(program);
        load.further(0, 40).await;
        program = Program::start_on(&listen, &settings);
    }
    load.further(20, 20).await;
    let responses = load.finish().await;

    let mut passed = HashSet::new();
    for request in upstream.received() {
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        assert!(body.contains("signed"), "passed unverified: {body}");
        assert!(passed.insert(body), "passed twice");
    }
    for (body, status) in responses {
        match status {
            200 => assert!(passed.contains(&body), "{body}"),
            403 => assert!(body.contains("forged"), "{body}"),
            500 => {}
            other => panic!("status {other}: {body}"),
        }
    }
}

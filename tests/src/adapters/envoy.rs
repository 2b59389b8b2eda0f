use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use ::tonic::transport::Server;
use ::tonic::transport::server::TcpIncoming;
use ::tonic::{Response as CheckReply, Status};
use bytes::Bytes;
use envoy_types::ext_authz::v3::pb::{
    Authorization, AuthorizationServer, CheckRequest, CheckResponse,
};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use online_contact_envoy::{Authorizer, KEY_LABEL_HEADER};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::{Adapter, Need, Serving, Setup, serve_connections};
use crate::envoy::{Config, Envoy};
use crate::expect::grpc_frame;
use crate::{App, Error, Result};

/// Envoy with the authorizer beside it, in front of an upstream that knows nothing of either.
pub struct EnvoyAdapter {
    program: PathBuf,
    /// Those that serve no case at present.
    idle: Arc<Mutex<Vec<Gateway>>>,
}

const LACKS: &[(Need, &str)] = &[
    (Need::Readiness, "an authorizer does not know the upstream"),
    (Need::ContinueOnDemand, "Envoy sends 100 Continue before any filter is called"),
    (Need::HeadersFirst, "Envoy calls the authorizer when the whole body has arrived"),
    (
        Need::EmptyRequest,
        "Envoy describes a request without a body as one whose body it does not pass on; it passes only \
         with `content-length: 0`",
    ),
    (Need::EmptyAuthorization, "Envoy drops an empty Authorization header beside another one"),
    (Need::HalfClose, "Envoy does not answer a client that has closed its side in mid-body"),
    (Need::GrpcInUpperCase, "Envoy takes only a content type in lower case for gRPC"),
    (Need::InvalidChunks, "Envoy rejects invalid HTTP by itself, with a code of its own"),
    (Need::PausedTime, "Envoy has a clock of its own; crates/envoy tests its timeout"),
];

impl EnvoyAdapter {
    /// Uses this Envoy. It is started with the first case.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self { program, idle: Arc::default() }
    }
}

impl Adapter for EnvoyAdapter {
    fn name(&self) -> &'static str {
        "Envoy"
    }

    fn lacks(&self) -> &'static [(Need, &'static str)] {
        LACKS
    }

    /// Passes the bytes of each connection on to an Envoy, which several cases use one after the other.
    fn serve(&self, listener: TcpListener, setup: Setup) -> Result<Serving> {
        let idle = lock(&self.idle).pop();
        let gateway = idle.map_or_else(|| Gateway::start(&self.program), Ok)?;
        gateway.serve(setup)?;
        let address = gateway.envoy.address();
        let lease = Lease { gateway: Some(gateway), idle: Arc::clone(&self.idle) };
        Ok(Box::pin(async move {
            let _lease = lease;
            while let Ok((mut client, _)) = listener.accept().await {
                client.set_nodelay(true).ok();
                tokio::task::spawn_local(async move {
                    let mut envoy = TcpStream::connect(address).await?;
                    envoy.set_nodelay(true)?;
                    copy_bidirectional(&mut client, &mut envoy).await
                });
            }
        }))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives the gateway back when a case is over.
struct Lease {
    gateway: Option<Gateway>,
    idle: Arc<Mutex<Vec<Gateway>>>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        lock(&self.idle).extend(self.gateway.take());
    }
}

/// An Envoy, an authorizer and an upstream. The last two serve one case after the other.
struct Gateway {
    envoy: Envoy,
    case: CurrentCase,
    /// Stops the thread when it is dropped.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

type CurrentCase = Arc<RwLock<Option<(Authorizer, App)>>>;

impl Gateway {
    fn start(program: &std::path::Path) -> Result<Self> {
        let (authorizer, upstream) = (bind()?, bind()?);
        let config = Config::new(authorizer.local_addr()?, upstream.local_addr()?)?;
        let case = CurrentCase::default();
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&case);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = serve(authorizer, upstream, serving) => {}
                    _ = stopped => {}
                }
            });
        });
        let envoy = Envoy::start(program, &config.with_http10()?.with_http2_upstream()?)?;
        Ok(Self { envoy, case, stop: Some(stop), thread: Some(thread) })
    }

    fn serve(&self, setup: Setup) -> Result<()> {
        let authorizer = Authorizer::new(setup.settings.verifier()?);
        let mut case = self.case.write().unwrap_or_else(PoisonError::into_inner);
        *case = Some((authorizer, setup.app));
        Ok(())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in it was seen by the case.
            let _ = thread.join();
        }
    }
}

fn bind() -> Result<StdListener> {
    let listener = StdListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn serve(
    authorizer: StdListener,
    upstream: StdListener,
    case: CurrentCase,
) -> impl Future<Output = Result<()>> {
    let echo = Arc::clone(&case);
    let echo = tower::service_fn(move |request| handle(current(&echo), request));
    async move {
        let upstream = serve_upstream(TcpListener::from_std(upstream)?, echo);
        let incoming = TcpIncoming::from(TcpListener::from_std(authorizer)?);
        let server = Server::builder().add_service(AuthorizationServer::new(Current(case)));
        tokio::select! {
            served = server.serve_with_incoming(incoming.with_nodelay(Some(true))) => Ok(served?),
            () = upstream => Ok(()),
        }
    }
}

/// The authorizer of the case that is served.
struct Current(CurrentCase);

#[::tonic::async_trait]
impl Authorization for Current {
    async fn check(
        &self,
        request: ::tonic::Request<CheckRequest>,
    ) -> std::result::Result<CheckReply<CheckResponse>, Status> {
        let (authorizer, _) = current(&self.0).ok_or_else(|| Status::internal("no case"))?;
        authorizer.check(request).await
    }
}

fn current(case: &CurrentCase) -> Option<(Authorizer, App)> {
    case.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The upstream: it answers each request that reaches it, as JSON or as a unary gRPC call.
async fn handle(
    case: Option<(Authorizer, App)>,
    request: Request<Incoming>,
) -> Result<Response<UnsyncBoxBody<Bytes, Error>>> {
    let (_, app) = case.ok_or("no case")?;
    let (head, body) = request.into_parts();
    let body = body.collect().await?;
    let trailer = body.trailers().and_then(|map| map.get("x-trailer")).cloned();
    let trailer = trailer.as_ref().map_or(&b""[..], HeaderValue::as_bytes);
    let body = body.to_bytes();
    let labels: Vec<_> = head.headers.get_all(KEY_LABEL_HEADER).iter().collect();
    let label = match labels[..] {
        [label] => label.to_str()?,
        _ => "no label, or several",
    };
    let is_grpc = head.headers.get(CONTENT_TYPE).is_some_and(|value| {
        value.as_bytes().get(..16).is_some_and(|t| t.eq_ignore_ascii_case(b"application/grpc"))
    });
    if !is_grpc {
        let response = Response::from(app.answer_labeled(label, &body, trailer));
        return Ok(response.map(|body| Full::new(body).map_err(Error::from).boxed_unsync()));
    }
    let message = body.get(5..).unwrap_or_default();
    let frame = grpc_frame(&app.answer_labeled(label, message, trailer).to_json()?)?;
    let ok = (HeaderName::from_static("grpc-status"), HeaderValue::from_static("0"));
    let trailers = std::future::ready(Some(Ok(HeaderMap::from_iter([ok]))));
    let body = Full::new(Bytes::from(frame)).with_trailers(trailers).map_err(Error::from);
    let mut response = Response::new(body.boxed_unsync());
    let grpc = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert(CONTENT_TYPE, grpc);
    Ok(response)
}

fn serve_upstream<S>(listener: TcpListener, service: S) -> Serving
where
    S: tower::Service<
            Request<Incoming>,
            Response = Response<UnsyncBoxBody<Bytes, Error>>,
            Error = Error,
            Future: Send,
        > + Clone
        + Send
        + 'static,
{
    serve_connections(listener, service)
}

//! Where the page is served: on this machine only.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::lang::Lang;
use crate::outcome::Problem;

/// So long a lookup may go on after Ctrl-C.
const FAREWELL: Duration = Duration::from_secs(2);

/// A bound socket on a loopback address.
#[derive(Debug)]
pub(super) struct Entrance {
    listener: TcpListener,
    address: SocketAddr,
}

impl Entrance {
    pub(super) async fn bind(listen: &str, lang: Lang) -> Result<Self, Problem> {
        let address = parse(listen, lang)?;
        let bound = async {
            let listener = TcpListener::bind(address).await?;
            let address = listener.local_addr()?;
            Ok(Self { listener, address })
        };
        bound.await.map_err(|error: io::Error| {
            let en =
                format!("can't listen on {address} (--listen 127.0.0.1:0 takes any free port)");
            let ko = format!(
                "{address}에서 연결을 받을 수 없습니다(--listen 127.0.0.1:0은 빈 포트를 고릅니다)"
            );
            Problem::new(lang.pick(&*en, &*ko)).source(error)
        })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Whoever reaches the page can sign with the key, so nobody on another machine may.
fn parse(listen: &str, lang: Lang) -> Result<SocketAddr, Problem> {
    let address = listen.parse::<SocketAddr>().map_err(|_| {
        let en =
            format!("--listen {listen}: expected an IP address and a port, like 127.0.0.1:7878");
        let ko = format!("--listen {listen}: 127.0.0.1:7878처럼 IP 주소와 포트를 적어 주십시오");
        Problem::new(lang.pick(&*en, &*ko))
    })?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    let en = format!(
        "--listen {listen}: other machines could reach that and sign with your key; expected a \
         loopback address, like 127.0.0.1:7878 or [::1]:7878"
    );
    let ko = format!(
        "--listen {listen}: 다른 컴퓨터에서 접속해 이 키로 서명할 수 있는 주소입니다. 127.0.0.1:7878이나 \
         [::1]:7878처럼 루프백 주소만 쓸 수 있습니다"
    );
    Err(Problem::new(lang.pick(&*en, &*ko)))
}

/// Serves until Ctrl-C (or SIGTERM), then finishes what has begun.
pub(super) async fn serve(entrance: Entrance, app: Router) -> io::Result<()> {
    let (stopping, stopped) = oneshot::channel();
    let server = axum::serve(entrance.listener, app).with_graceful_shutdown(async {
        stop().await;
        // Nobody waits for it once the server is done.
        let _ = stopping.send(());
    });
    let too_late = async {
        // A server that ended by itself never says that it stops.
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        ended = server => ended,
        () = too_late => Ok(()),
    }
}

async fn stop() {
    // Where the system offers no signal, only the other one stops the console.
    let ctrl_c = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = ctrl_c => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}

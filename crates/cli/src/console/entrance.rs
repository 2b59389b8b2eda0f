//! The socket of the page: on this machine only.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::lang::Lang;
use crate::outcome::Problem;

/// The time that a lookup may take after Ctrl-C.
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
            let en = format!("cannot listen on {address} (port 0 takes any free port)");
            let ko = format!("{address}에서 연결을 받을 수 없습니다(포트 0은 빈 포트를 고릅니다)");
            Problem::new(lang.pick(&*en, &*ko)).source(error)
        })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Accepts loopback addresses only: every client of the page can sign with the key.
fn parse(listen: &str, lang: Lang) -> Result<SocketAddr, Problem> {
    let address = listen.parse::<SocketAddr>().map_err(|_| {
        let en = format!("{listen}: expected an IP address and a port, like 127.0.0.1:7878");
        let ko = format!("{listen}: 127.0.0.1:7878처럼 IP 주소와 포트를 적어 주십시오");
        Problem::new(lang.pick(&*en, &*ko))
    })?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    let en = format!(
        "{listen}: other machines could reach this address and sign with your key; expected a \
         loopback address, like 127.0.0.1:7878 or [::1]:7878"
    );
    let ko = format!(
        "{listen}: 다른 컴퓨터에서 접속해 이 키로 서명할 수 있는 주소입니다. 127.0.0.1:7878이나 \
         [::1]:7878처럼 루프백 주소만 쓸 수 있습니다"
    );
    Err(Problem::new(lang.pick(&*en, &*ko)))
}

/// Serves until `stop` resolves, then finishes what has begun.
pub(super) async fn serve(
    entrance: Entrance,
    app: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, stopped) = oneshot::channel();
    let server = axum::serve(entrance.listener, app).with_graceful_shutdown(async {
        stop.await;
        // Nothing waits for it once the server has ended.
        let _ = stopping.send(());
    });
    let too_late = async {
        // A server that ended by itself never reports that it stops.
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

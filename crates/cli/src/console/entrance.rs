//! The socket of the page: on this machine only.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::lang::Lang;
use crate::outcome::Problem;
use crate::socket;

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
        let address = socket::address(listen, "127.0.0.1:7878", lang)?;
        only_loopback(address, listen, lang)?;
        let (listener, address) = socket::bind(address, lang).await?;
        Ok(Self { listener, address })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Accepts loopback addresses only: every client of the page can sign with the key.
fn only_loopback(address: SocketAddr, listen: &str, lang: Lang) -> Result<(), Problem> {
    if address.ip().is_loopback() {
        return Ok(());
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

//! The sockets of `listen` and of the console.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::context::Problem;

/// Parses the address of `--listen`. The example is one that would be accepted.
pub(crate) fn address(listen: &str, example: &str) -> Result<SocketAddr, Problem> {
    listen.parse::<SocketAddr>().map_err(|_| {
        let en = format!("{listen}: expected an IP address and a port, like {example}");
        let ko = format!("{listen}: {example}처럼 IP 주소와 포트를 적어 주십시오");
        Problem::new(en, ko)
    })
}

/// Binds a socket, and returns the address that it has got.
pub(crate) async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Problem> {
    let bound = async {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bound.await.map_err(|error: io::Error| {
        let en = format!("cannot listen on {address} (port 0 takes any free port)");
        let ko = format!("{address}에서 연결을 받을 수 없습니다(포트 0은 빈 포트를 고릅니다)");
        Problem::new(en, ko).source(error)
    })
}

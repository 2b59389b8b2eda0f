#[cfg(unix)]
use std::path::Path;

use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;

use super::BoxError;
use super::settings::Address;

/// A bound socket.
pub(crate) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener, SocketFile),
}

impl Listener {
    pub(crate) async fn bind(address: &Address) -> Result<Self, BoxError> {
        let failed = |error| format!("cannot listen on {address}: {error}");
        match address {
            Address::Tcp(tcp) => Ok(Self::Tcp(TcpListener::bind(tcp).await.map_err(failed)?)),
            #[cfg(unix)]
            Address::Unix(path) => {
                remove_stale(path).await;
                let listener = UnixListener::bind(path).map_err(failed)?;
                Ok(Self::Unix(listener, SocketFile(path.clone())))
            }
            #[cfg(not(unix))]
            Address::Unix(_) => Err(failed(std::io::ErrorKind::Unsupported.into()).into()),
        }
    }

    /// Returns the address, with the port that the system chose for port 0.
    pub(crate) fn address(&self) -> Result<Address, BoxError> {
        match self {
            Self::Tcp(listener) => Ok(Address::Tcp(listener.local_addr()?)),
            #[cfg(unix)]
            Self::Unix(_, SocketFile(path)) => Ok(Address::Unix(path.clone())),
        }
    }
}

/// The file of a Unix socket, removed at the end.
#[cfg(unix)]
pub(crate) struct SocketFile(std::path::PathBuf);

#[cfg(unix)]
impl Drop for SocketFile {
    fn drop(&mut self) {
        // If it is gone already, nothing is left to remove.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Removes the socket of a program that did not stop gracefully. The socket of a running
/// program stays, and so does a file that is not a socket.
#[cfg(unix)]
async fn remove_stale(path: &Path) {
    use std::os::unix::fs::FileTypeExt as _;

    let is_socket =
        std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket());
    if is_socket && tokio::net::UnixStream::connect(path).await.is_err() {
        // If this fails, binding does, with the same cause.
        let _ = std::fs::remove_file(path);
    }
}

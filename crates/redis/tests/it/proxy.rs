//! Stands between a guard and Redis, and loses one answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// The way in which the first response to a `SET` is lost. Redis has executed the command.
#[derive(Clone, Copy)]
pub(crate) enum Loss {
    /// It is not lost.
    None,
    /// The connection breaks.
    Broken,
    /// The connection stays, no response comes, and this time passes.
    Silent(Duration),
}

pub(crate) struct Proxy {
    port: u16,
    sets: watch::Receiver<u32>,
}

impl Proxy {
    pub(crate) async fn start(redis: &Path, loss: Loss) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, sets) = watch::channel(0);
        tokio::spawn(serve(listener, redis.to_owned(), loss, Arc::new(sender)));
        Self { port, sets }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The number of claims that were forwarded.
    pub(crate) fn sets(&self) -> u32 {
        *self.sets.borrow()
    }

    /// Waits until this number of claims was forwarded.
    pub(crate) async fn sent(&mut self, count: u32) {
        self.sets.wait_for(|sets| *sets >= count).await.unwrap();
    }
}

/// Lets this time pass at once for all timers of this runtime. The clock stands still for no longer than that,
/// because it would jump whenever all tasks wait for another process.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

async fn serve(listener: TcpListener, redis: PathBuf, loss: Loss, sets: Arc<watch::Sender<u32>>) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let redis = UnixStream::connect(&redis).await.unwrap();
        tokio::spawn(forward(client, redis, loss, Arc::clone(&sets)));
    }
}

async fn forward(client: TcpStream, redis: UnixStream, loss: Loss, sets: Arc<watch::Sender<u32>>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_redis, mut to_redis) = redis.into_split();
    loop {
        tokio::select! {
            question = read(&mut from_client) => {
                let Some(question) = question else { return };
                let is_set = contains(&question, b"PXAT");
                let first = is_set && *sets.borrow() == 0;
                if !write(&mut to_redis, &question).await {
                    return;
                }
                sets.send_if_modified(|sets| {
                    *sets += u32::from(is_set);
                    is_set
                });
                if first {
                    match loss {
                        Loss::None => {}
                        Loss::Broken => {
                            // When the response is there, Redis has executed the command.
                            read(&mut from_redis).await;
                            return;
                        }
                        Loss::Silent(time) => {
                            read(&mut from_redis).await;
                            pass(time).await;
                        }
                    }
                }
            }
            answer = read(&mut from_redis) => {
                let Some(answer) = answer else { return };
                if !write(&mut to_client, &answer).await {
                    return;
                }
            }
        }
    }
}

async fn read(from: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 16 * 1024];
    let count = from.read(&mut bytes).await.ok()?;
    bytes.truncate(count);
    (count > 0).then_some(bytes)
}

async fn write(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> bool {
    to.write_all(bytes).await.is_ok()
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

//! Stands between a guard and Redis, and loses one answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};

/// The way in which the first response to a `SET` is lost. Redis has executed the command.
#[derive(Clone, Copy)]
pub(crate) enum Loss {
    /// The connection breaks.
    Broken,
    /// The connection stays, and nothing comes.
    Silent,
}

pub(crate) struct Proxy {
    port: u16,
    sets: Arc<AtomicU32>,
}

impl Proxy {
    pub(crate) async fn start(redis: &Path, loss: Loss) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let sets = Arc::new(AtomicU32::new(0));
        tokio::spawn(serve(listener, redis.to_owned(), loss, Arc::clone(&sets)));
        Self { port, sets }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The number of claims that were forwarded.
    pub(crate) fn sets(&self) -> u32 {
        self.sets.load(Ordering::SeqCst)
    }
}

async fn serve(listener: TcpListener, redis: PathBuf, loss: Loss, sets: Arc<AtomicU32>) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let redis = UnixStream::connect(&redis).await.unwrap();
        tokio::spawn(forward(client, redis, loss, Arc::clone(&sets)));
    }
}

async fn forward(client: TcpStream, redis: UnixStream, loss: Loss, sets: Arc<AtomicU32>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_redis, mut to_redis) = redis.into_split();
    loop {
        tokio::select! {
            question = read(&mut from_client) => {
                let Some(question) = question else { return };
                let is_set = contains(&question, b"PXAT");
                let first = is_set && sets.fetch_add(1, Ordering::SeqCst) == 0;
                if !write(&mut to_redis, &question).await {
                    return;
                }
                if first {
                    // Redis has answered, so it has acted.
                    read(&mut from_redis).await;
                    match loss {
                        Loss::Broken => return,
                        Loss::Silent => {
                            read(&mut from_client).await;
                            return;
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

//! Bodies just under the limit, many at once, with wrong signatures.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use online_contact_test_kit::rotation::LabeledKey;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Tally;
use crate::Result;
use crate::child::Child;
use crate::plan::Plan;
use crate::wire::{self, Answer};

const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The outcomes of uploads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uploads {
    /// All uploads.
    pub(crate) rejected: Tally,
    /// Uploads rejected as `overloaded`.
    pub(crate) overloaded: usize,
    /// Uploads rejected as `body_timeout`.
    pub(crate) timed_out: usize,
    /// The maximum observed use of the budget, in bytes.
    pub(crate) most_held: u64,
}

impl Uploads {
    /// Sends all uploads except their last bytes, and those once the budget is full.
    pub(crate) async fn round(
        &mut self,
        child: &Child,
        plan: &Plan,
        key: &Arc<LabeledKey>,
    ) -> Result<()> {
        let length = plan.body_limit - 1;
        let body: Arc<[u8]> = vec![b'x'; usize::try_from(length)?].into();
        let (gate, opened) = watch::channel(false);
        let mut uploads = JoinSet::new();
        for _ in 0..plan.uploads {
            let (key, body, opened) = (Arc::clone(key), Arc::clone(&body), opened.clone());
            uploads.spawn(upload(child.address, key, body, opened));
        }
        let watched = self.watch(child, plan).await;
        gate.send_replace(true);
        while let Some(answer) = uploads.join_next().await {
            self.count(&answer?);
        }
        watched
    }

    /// Waits until the budget is nearly full. A rejected upload releases less than a body, which the others fill.
    async fn watch(&mut self, child: &Child, plan: &Plan) -> Result<()> {
        let began = Instant::now();
        let full = plan.budget - 2 * plan.body_limit;
        // A slow machine still sends the last bytes within the body's deadline.
        while began.elapsed() < plan.body_timeout / 2 {
            let used = child.used()?;
            self.most_held = self.most_held.max(used);
            if used >= full {
                break;
            }
            sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    fn count(&mut self, answer: &Result<Answer>) {
        let reason = match answer {
            Ok(Answer::Rejected(_, reason)) => reason.as_str(),
            _ => "",
        };
        let (status, counted) = match reason {
            "overloaded" => (500, &mut self.overloaded),
            // Expected if all uploads together take longer than the deadline.
            "body_timeout" => (400, &mut self.timed_out),
            _ => return self.rejected.count(answer, 403, "signature_mismatch"),
        };
        *counted += 1;
        self.rejected.count(answer, status, reason);
    }
}

async fn upload(
    server: SocketAddr,
    key: Arc<LabeledKey>,
    body: Arc<[u8]>,
    mut opened: watch::Receiver<bool>,
) -> Result<Answer> {
    let mut connection = wire::open(server).await?;
    let (last, most) = body.split_last().ok_or("an empty upload")?;
    // A wrong signature.
    let length = format!("Content-Length: {}", body.len());
    connection.send(&wire::signed(&key.signer, b"").head(&[&length])).await?;
    connection.send(most).await?;
    opened.wait_for(|open| *open).await?;
    connection.send(&[*last]).await?;
    wire::answer(&mut connection).await
}

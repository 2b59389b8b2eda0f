use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::LocalSet;

use crate::adapters::Setup;
use crate::{Adapter, App, Case, Cell, Error, Reply, Result, Target};

/// The settings of a run.
#[derive(Clone, Copy, Debug)]
pub struct Runner {
    /// The time that a client waits for each step. It only passes if a response is missing.
    pub patience: Duration,
}

impl Default for Runner {
    fn default() -> Self {
        Self { patience: Duration::from_secs(10) }
    }
}

/// Runs a case against an adapter with the default patience.
#[must_use]
pub fn run(case: &Case, adapter: &dyn Adapter) -> Cell {
    Runner::default().run(case, adapter)
}

impl Runner {
    /// Runs a case against an adapter, in a runtime and on a socket of its own.
    #[must_use]
    pub fn run(self, case: &Case, adapter: &dyn Adapter) -> Cell {
        let lack = adapter.lacks().iter().find(|(need, _)| case.needs.contains(need));
        if let Some((_, why)) = lack {
            return Cell::NotApplicable(why);
        }
        match self.outcome(case, adapter) {
            Ok(()) => Cell::Green,
            Err(error) => Cell::Red(error.to_string()),
        }
    }

    fn outcome(self, case: &Case, adapter: &dyn Adapter) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let app = App::default();
        let setup = Setup { settings: case.settings.clone(), app: app.clone() };
        let replies = LocalSet::new().block_on(&runtime, async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let target = Target { addr: listener.local_addr()?, patience: self.patience };
            let server = adapter.serve(listener, setup)?;
            tokio::select! {
                replies = case.play(target) => replies,
                () = server => Err(Error::from("the server stopped")),
            }
        })?;
        compare(case, &replies, app.calls())
    }
}

fn compare(case: &Case, replies: &[Reply], calls: usize) -> Result<()> {
    if replies.len() != case.expect.len() {
        let (expected, got) = (case.expect.len(), replies.len());
        return Err(format!("expected {expected} answers, got {got}").into());
    }
    for (expect, reply) in case.expect.iter().zip(replies) {
        expect.check(reply)?;
    }
    if calls != case.calls {
        let expected = case.calls;
        return Err(format!("expected the handler to run {expected} times, it ran {calls}").into());
    }
    Ok(())
}

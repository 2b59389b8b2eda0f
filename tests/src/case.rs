use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::{Expect, Need, Reply, Result, Settings, Target};

/// A client's requests, and the responses that every adapter must send.
#[derive(Clone)]
pub struct Case {
    /// The name in the matrix.
    pub name: String,
    /// The needs of the case.
    pub needs: Vec<Need>,
    /// The settings of the verifier.
    pub settings: Settings,
    /// The answers, in order.
    pub expect: Vec<Expect>,
    /// The number of times that the handler must run.
    pub calls: usize,
    script: Script,
}

type Script =
    Arc<dyn Fn(Target) -> Pin<Box<dyn Future<Output = Result<Vec<Reply>>>>> + Send + Sync>;

impl Case {
    /// A client that does this and must get these answers. The handler must run once for each that
    /// is an echo.
    pub fn new<F>(name: impl Into<String>, expect: impl Into<Vec<Expect>>, script: F) -> Self
    where
        F: AsyncFn(Target) -> Result<Vec<Reply>> + Send + Sync + 'static,
    {
        let expect = expect.into();
        let script = Arc::new(script);
        Self {
            name: name.into(),
            needs: Vec::new(),
            settings: Settings::default(),
            calls: expect.iter().filter(|e| e.verdict == "accepted").count(),
            expect,
            script: Arc::new(move |target| {
                let script = Arc::clone(&script);
                Box::pin(async move { script(target).await })
            }),
        }
    }

    /// Returns `accepted`, or the reason of the first rejection in this case.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        let mut verdicts = self.expect.iter().map(|expect| expect.verdict);
        verdicts.find(|verdict| *verdict != "accepted").unwrap_or("accepted")
    }

    /// Only for adapters that can do this.
    #[must_use]
    pub fn needs(mut self, need: Need) -> Self {
        self.needs.push(need);
        self
    }

    /// Under other settings than the default ones.
    #[must_use]
    pub fn under(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    pub(crate) async fn play(&self, target: Target) -> Result<Vec<Reply>> {
        (self.script)(target).await
    }
}

//! The phases.

mod checks;

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use online_contact_test_kit::rotation::{LabeledKey, RotatingKeys};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::attack::Tally;
use crate::attack::drips::Drips;
use crate::attack::rejections::{self, Flood, Kind, Pace};
use crate::attack::uploads::Uploads;
use crate::child::Child;
use crate::honest::{Honest, Phase};
use crate::plan::Plan;
use crate::report::{Report, mib};
use crate::{Result, progress};

/// The connections that send one kind of rejected request.
const FLOODING: u32 = 20;

/// Runs the soak. Returns whether all checks passed.
pub(crate) async fn run(plan: Plan) -> Result<bool> {
    let report = timeout(plan.at_most, soak(plan)).await;
    let report = report.map_err(|_| format!("the soak took longer than {:?}", plan.at_most))??;
    write!(std::io::stdout(), "{report}")?;
    Ok(report.passed())
}

async fn soak(plan: Plan) -> Result<Report> {
    raise_descriptor_limit(plan.descriptors())?;
    let soak = Soak::start(plan)?;
    let honest = soak.begin_honest();
    let report = soak.attack().await;
    soak.over.store(true, Ordering::Relaxed);
    let replacements = honest.finish().await?;
    let mut report = report?;
    report.replacements = replacements;
    report.honest = soak.honest.records();
    soak.check(report).await
}

/// Raises the limit of descriptors, which the child inherits.
fn raise_descriptor_limit(needed: u64) -> Result<()> {
    let limit = rlimit::increase_nofile_limit(needed)?;
    if limit < needed {
        let text = format!("{limit} descriptors are allowed: expected {needed}, by `ulimit -n`");
        return Err(text.into());
    }
    Ok(())
}

struct Soak {
    plan: Plan,
    child: Arc<Child>,
    keys: Arc<RotatingKeys>,
    honest: Arc<Honest>,
    attacker: Arc<LabeledKey>,
    over: Arc<AtomicBool>,
    descriptors: usize,
    baseline: u64,
}

/// The running honest clients.
struct Going {
    clients: JoinSet<()>,
    replacing: JoinSet<Result<usize>>,
}

impl Soak {
    fn start(plan: Plan) -> Result<Self> {
        let child = Arc::new(Child::start(&plan)?);
        let keys = Arc::<RotatingKeys>::default();
        let honest = Arc::new(Honest::new(child.address, Arc::clone(&keys)));
        let (descriptors, baseline) = (child.descriptors()?, child.peak_memory()?);
        let attacker = Arc::new(LabeledKey::new("attacker"));
        let over = Arc::default();
        Ok(Self { plan, child, keys, honest, attacker, over, descriptors, baseline })
    }

    fn begin_honest(&self) -> Going {
        let mut clients = JoinSet::new();
        for _ in 0..self.plan.honest {
            let (honest, over) = (Arc::clone(&self.honest), Arc::clone(&self.over));
            let pace = self.plan.pace;
            clients.spawn(async move { honest.send(pace, || over.load(Ordering::Relaxed)).await });
        }
        let (child, keys) = (Arc::clone(&self.child), Arc::clone(&self.keys));
        let (over, pace) = (Arc::clone(&self.over), self.plan.pace);
        let mut replacing = JoinSet::new();
        replacing.spawn(async move { replace_keys(&child, &keys, pace, &over).await });
        Going { clients, replacing }
    }

    async fn attack(&self) -> Result<Report> {
        let Self { plan, child, .. } = self;
        self.enter(Phase::Rest)?;
        sleep(plan.phase).await;

        self.enter(Phase::Drips)?;
        let drips = Drips::start(child.address, plan.drips, &self.attacker);
        sleep(plan.phase).await;

        self.enter(Phase::Uploads)?;
        let mut uploads = Uploads::default();
        for _ in 0..plan.upload_rounds {
            uploads.round(child, plan, &self.attacker).await?;
        }

        self.enter(Phase::Rejections)?;
        let rejections = self.one_kind_after_another().await?;

        self.enter(Phase::Everything)?;
        let (mixed, mixed_per_second) = self.everything(&mut uploads).await?;

        let (drips, most_drips) = drips.stop().await;
        self.enter(Phase::Afterwards)?;
        sleep(plan.phase).await;
        Ok(Report {
            honest: Vec::new(),
            replacements: 0,
            drips,
            most_drips,
            uploads,
            rejections,
            mixed,
            mixed_per_second,
            checks: Vec::new(),
        })
    }

    fn enter(&self, phase: Phase) -> Result<()> {
        self.honest.enter(phase);
        let peak = mib(self.child.peak_memory()?);
        progress(&format!("{}: peak memory so far {peak}", phase.name()));
        Ok(())
    }

    async fn kinds(&self) -> Result<Vec<Kind>> {
        let kinds = rejections::kinds(&self.attacker);
        rejections::pass_once(self.child.address, &kinds).await?;
        Ok(kinds)
    }

    async fn one_kind_after_another(&self) -> Result<Vec<Flood>> {
        let per_second = self.plan.rejected_per_second;
        let pace = Pace { connections: FLOODING, per_second, duration: self.plan.each_kind };
        let mut floods = Vec::new();
        for kind in self.kinds().await? {
            let flood = kind.flood(self.child.address, pace).await?;
            progress(&format!("{}: {} a second", flood.reason, flood.per_second));
            floods.push(flood);
        }
        Ok(floods)
    }

    /// Sends uploads and all kinds of rejected requests, while the drips continue.
    async fn everything(&self, uploads: &mut Uploads) -> Result<(Tally, u64)> {
        let kinds = self.kinds().await?;
        let share = self.plan.rejected_per_second / u32::try_from(kinds.len())?;
        let pace = Pace { connections: 2, per_second: share, duration: self.plan.phase };
        let mut floods = JoinSet::new();
        for kind in kinds {
            floods.spawn(kind.flood(self.child.address, pace));
        }
        let began = Instant::now();
        while began.elapsed() < self.plan.phase {
            uploads.round(&self.child, &self.plan, &self.attacker).await?;
        }
        let (mut tally, mut per_second) = (Tally::default(), 0);
        while let Some(flood) = floods.join_next().await {
            let flood = flood??;
            tally.add(&flood.tally);
            per_second += flood.per_second;
        }
        Ok((tally, per_second))
    }
}

impl Going {
    /// Waits for the requests in flight. Returns the number of key replacements.
    async fn finish(mut self) -> Result<usize> {
        while let Some(done) = self.clients.join_next().await {
            done?;
        }
        let replaced = self.replacing.join_next().await.ok_or("no task replaced the keys")?;
        replaced?
    }
}

async fn replace_keys(
    child: &Child,
    keys: &RotatingKeys,
    pace: Duration,
    over: &AtomicBool,
) -> Result<usize> {
    let mut tick = interval(pace);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut replaced = 0;
    while !over.load(Ordering::Relaxed) {
        tick.tick().await;
        keys.replace(|labels| child.replace_keys(labels))?;
        replaced += 1;
    }
    Ok(replaced)
}

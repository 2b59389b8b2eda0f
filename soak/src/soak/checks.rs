//! The checks at the end.

use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::Soak;
use crate::child::Child;
use crate::plan::Plan;
use crate::report::{Check, Report, mib};
use crate::{Result, progress};

impl Soak {
    /// Checks the server after all clients have disconnected.
    pub(super) async fn check(self, mut report: Report) -> Result<Report> {
        let Self { plan, child, descriptors, baseline, .. } = self;
        progress("checks");
        let left = given_back(&child, &plan, descriptors).await?;
        let peak = child.peak_memory()?;
        let child = Arc::into_inner(child).ok_or("a task still uses the server")?;
        let exit = child.stop().await?;

        let mut checks = of_requests(&plan, &report);
        checks.push(of_memory(&plan, baseline, peak));
        checks.extend([
            Check::new(
                left.used == 0,
                format!("the budget is released: {} bytes are not", left.used),
            ),
            Check::new(
                left.descriptors == descriptors,
                format!("descriptors: {descriptors} at the start, {} at the end", left.descriptors),
            ),
            Check::new(
                exit.is_some_and(|status| status.success()),
                format!("the server stops: {}", words(exit)),
            ),
        ]);
        report.checks = checks;
        Ok(report)
    }
}

fn of_requests(plan: &Plan, report: &Report) -> Vec<Check> {
    let (lost, wrongly) = (report.honest(|r| r.lost), report.honest(|r| r.wrongly_rejected));
    let (wrong, drips, overloaded) = (report.wrong(), report.most_drips, report.uploads.overloaded);
    vec![
        Check::new(lost == 0, format!("every honest request has a response: {lost} have none")),
        Check::new(wrongly == 0, format!("no honest request is wrongly rejected: {wrongly} are")),
        Check::new(
            wrong == 0,
            format!("every attacking request is rejected as expected: {wrong} are not"),
        ),
        Check::new(
            drips == plan.drips && overloaded > 0,
            format!(
                "the attack was complete: {drips} of {} connections dripped at once; the budget \
                     rejected {overloaded} uploads",
                plan.drips
            ),
        ),
    ]
}

fn of_memory(plan: &Plan, baseline: u64, peak: u64) -> Check {
    let allowed = baseline + plan.budget + plan.allowance;
    Check::new(
        peak <= allowed,
        format!(
            "peak memory: {}, at most {} (at the start {}, budget {}, constant {})",
            mib(peak),
            mib(allowed),
            mib(baseline),
            mib(plan.budget),
            mib(plan.allowance)
        ),
    )
}

fn words(exit: Option<ExitStatus>) -> String {
    exit.map_or_else(|| "still running".to_owned(), |status| status.to_string())
}

/// The resources that the server has not released.
struct Left {
    used: u64,
    descriptors: usize,
}

/// Waits until the server has released everything, or for the deadline of a body and five seconds.
async fn given_back(child: &Child, plan: &Plan, descriptors: usize) -> Result<Left> {
    let began = Instant::now();
    loop {
        let left = Left { used: child.used()?, descriptors: child.descriptors()? };
        let patience = plan.body_timeout + Duration::from_secs(5);
        if left.used == 0 && left.descriptors == descriptors || began.elapsed() > patience {
            return Ok(left);
        }
        sleep(Duration::from_millis(50)).await;
    }
}

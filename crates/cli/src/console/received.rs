//! The list of received requests, live.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};

use super::complaint::Complaint;
use super::findings;
use super::state::Console;
use super::view::{Summary, View};
use crate::exchange::Exchange;
use crate::explain::{self, explain};
use crate::lang::{Lang, Words};
use crate::verdict::{Verdict, moment};

/// The time that a call waits for a change of the list.
const WAIT: Duration = Duration::from_secs(20);

/// The time for the search of a mistake.
const SEARCH: Duration = Duration::from_secs(1);

/// The source of the list.
#[derive(Serialize)]
pub(super) struct Place {
    shown: bool,
    /// `null` if the list comes from files.
    address: Option<String>,
}

impl Place {
    pub(super) fn of(console: &Console) -> Self {
        let received = &console.received;
        Self { shown: received.shown, address: received.address.clone() }
    }
}

/// The version of the list that the page has.
#[derive(Deserialize)]
pub(super) struct Seen {
    seen: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct List {
    version: u64,
    exchanges: Vec<Summary>,
}

/// Returns the list, the newest request first. Waits for a change if the page has this version.
pub(super) async fn list(
    State(console): State<Arc<Console>>,
    Query(Seen { seen }): Query<Seen>,
) -> Json<List> {
    let received = &console.received;
    let mut version = received.exchanges.subscribe();
    let changed = version.wait_for(|version| Some(*version) != seen);
    let stopped = received.stopping.clone();
    tokio::select! {
        _ = changed => {}
        () = tokio::time::sleep(WAIT) => {}
        () = stopped.wait() => {}
    }
    // Read before the list: a change in between is returned twice rather than not at all.
    let version = *version.borrow();
    let exchanges = received.exchanges.newest_first();
    Json(List { version, exchanges: exchanges.iter().map(|it| Summary::new(it)).collect() })
}

pub(super) async fn details(
    State(console): State<Arc<Console>>,
    Path(number): Path<u64>,
) -> Result<Json<View>, Complaint> {
    let exchange = console.received.exchanges.get(number).ok_or_else(Complaint::gone)?;
    let view = move || {
        let settings = console.file.latest();
        let explanation = match &exchange.explanation {
            Some(explanation) => Some(explanation.clone()),
            None => explained(&console, &exchange),
        };
        let findings = findings::of_received(&exchange, explanation.as_ref());
        let rules = console.received.rules;
        View::of_received(&exchange, rules.scheme, &settings.result, findings)
    };
    tokio::task::spawn_blocking(view).await.map(Json).map_err(|_| Complaint::broken())
}

/// Searches for the mistake in a request from a file.
fn explained(console: &Console, exchange: &Exchange) -> Option<Words> {
    let rejected = matches!(exchange.verdict, Some(Verdict::Rejected(_)));
    if !rejected || !exchange.has_whole_body() {
        return None;
    }
    let settings = explain::Settings::new(console.received.rules, moment(exchange.arrived), SEARCH);
    let explanation = explain(&exchange.request, &console.keys.ring(), &settings, Lang::En);
    explanation.ok().map(|explanation| explanation.summary())
}

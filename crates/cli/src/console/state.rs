//! The state that all requests of the page share.

use std::sync::Arc;

use super::keys::Keys;
use super::settings::SettingsFile;
use crate::exchange::Exchanges;
use crate::http::Client;
use crate::lang::Lang;
use crate::stop::Stopping;
use crate::verdict::Rules;

/// The console, without its sockets.
#[derive(Debug)]
pub(super) struct Console {
    pub(super) lang: Lang,
    pub(super) keys: Arc<Keys>,
    pub(super) file: SettingsFile,
    pub(super) client: Client,
    pub(super) http2: bool,
    pub(super) received: Received,
}

/// The requests that the page lists.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) exchanges: Arc<Exchanges>,
    /// The address that requests are received at; `None` if the exchanges come from files.
    pub(crate) address: Option<String>,
    /// `true` if the page shows the list.
    pub(crate) shown: bool,
    pub(crate) rules: Rules,
    pub(crate) stopping: Stopping,
}

impl Received {
    /// Returns the URL for lookups that are received here.
    pub(super) fn lookup_url(&self) -> Option<String> {
        self.address.as_ref().map(|address| format!("{address}/customer"))
    }
}

//! What is searched: the forms of every part of the signed bytes.

use online_contact::Scheme;

use super::key::{self, KeyForm};
use super::mistake::Form;
use super::uri::{self, Prefix};
use super::{message, time};
use crate::captured::CapturedRequest;
use crate::key::KeyText;
use crate::outcome::Problem;

/// A request with hundreds of headers must not make the search longer than the bound.
const MOST_PREFIXES: usize = 64;
const MOST_TIMES: usize = 64;

/// Every part but the body and the MAC.
pub(super) struct Space<'a> {
    pub(super) keys: Vec<KeyForm>,
    pub(super) prefixes: Vec<Prefix>,
    /// What stands behind the body, where the time does.
    pub(super) suffixes: Vec<Form>,
    /// What stands behind it where the time does not.
    pub(super) bare_ends: Vec<Form>,
    /// Tried with nothing else.
    pub(super) rare_times: Vec<Form>,
    pub(super) body: &'a [u8],
    pub(super) surplus: &'a [u8],
}

impl<'a> Space<'a> {
    pub(super) fn new(
        request: &'a CapturedRequest,
        keys: &[KeyText],
        scheme: Scheme,
        proxy_prefix: Option<&str>,
    ) -> Result<Self, Problem> {
        let mut times = time::forms(request);
        times.truncate(MOST_TIMES);
        let time = times.first().map_or(&[][..], |right| &right.bytes);
        let mut prefixes = uri::prefixes(request, scheme, proxy_prefix, time);
        prefixes.truncate(MOST_PREFIXES);
        Ok(Self {
            keys: key::forms(keys)?,
            prefixes,
            bare_ends: message::ends(&Form::right(Vec::new())),
            rare_times: time::milliseconds_of_seconds(request),
            suffixes: message::suffixes(&times),
            body: request.body.as_deref().unwrap_or_default(),
            surplus: &request.surplus,
        })
    }

    /// The keys with one mistake.
    pub(super) fn wrong_keys(&self) -> impl Iterator<Item = &KeyForm> {
        self.keys.iter().filter(|key| key.cost == 1)
    }

    /// The prefixes with one mistake.
    pub(super) fn wrong_prefixes(&self) -> impl Iterator<Item = &Prefix> {
        self.prefixes.iter().filter(|prefix| prefix.form.cost == 1)
    }

    /// The forms behind the body.
    pub(super) fn suffixes_of(&self, prefix: &Prefix) -> &[Form] {
        if prefix.has_time { &self.bare_ends } else { &self.suffixes }
    }
}

//! What is searched: the forms of every part of the signed bytes.

use online_contact::Scheme;

use super::key::{self, KeyForm};
use super::mistake::Form;
use super::uri::{self, Prefix};
use super::{message, time};
use crate::captured::CapturedRequest;
use crate::key::KeyText;
use crate::lang::Lang;
use crate::outcome::Problem;

/// A request with hundreds of headers must not make the search longer than its bound.
const MOST_TIMES: usize = 64;

/// Every part but the body and the MAC.
pub(super) struct Space<'a> {
    pub(super) keys: Vec<KeyForm>,
    pub(super) prefixes: Vec<Prefix>,
    /// Those with two mistakes.
    pub(super) prefix_pairs: Vec<Prefix>,
    /// What stands behind the body, where the time does.
    pub(super) suffixes: Vec<Form>,
    /// What stands behind it where the time does not.
    pub(super) bare_ends: Vec<Form>,
    /// Tried with nothing else.
    pub(super) rare_times: Vec<Form>,
    pub(super) body: &'a [u8],
    pub(super) surplus: &'a [u8],
    /// Whether no form of any part was left out.
    pub(super) complete: bool,
}

impl<'a> Space<'a> {
    pub(super) fn new(
        request: &'a CapturedRequest,
        keys: &[KeyText],
        scheme: Scheme,
        proxy_prefix: Option<&str>,
        lang: Lang,
    ) -> Result<Self, Problem> {
        let mut times = time::forms(request);
        let all_times = times.len() <= MOST_TIMES;
        times.truncate(MOST_TIMES);
        let prefixes = uri::prefixes(request, scheme, proxy_prefix, &times);
        Ok(Self {
            keys: key::forms(keys, lang)?,
            prefixes: prefixes.singles,
            prefix_pairs: prefixes.pairs,
            complete: all_times && prefixes.complete && keys.len() <= key::MOST_KEYS,
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

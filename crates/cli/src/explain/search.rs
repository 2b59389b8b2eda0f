//! The search for the mistakes that make the MAC that was sent.
//!
//! A candidate is a MAC mode, a key, a prefix (the URI), a body, and what follows the body. Only the
//! first four cost a hash over the whole body; what follows it is hashed from a copy of the state. The
//! encoding of the MAC costs nothing: `Authorization` is decoded in all ways beforehand.
//!
//! The order is: everything right; one common mistake; two of which one follows the body; one rare
//! mistake; two common ones. With K common keys, P prefixes and B bodies that have one mistake, R rare
//! keys and bodies, and M = 2 wrong MAC modes, the body is hashed at most
//! `1 + K + P + B + M + R + KP + KB + PB + Q + M(K + P + B) + B²/2` times, where Q prefixes have two
//! mistakes. [`MOST_HASHES`](super::effort::MOST_HASHES) is the limit in any case, and a deadline ends
//! the search earlier: the clock is looked at before each hash over a body, and before each form of it
//! is made. A search that left something out reports so.

use super::authorization::Target;
use super::body::{self, BodyForm};
use super::candidates::{Candidates, Opening};
use super::effort::{Found, Stop, Tally, Tick};
use super::mac::{Hash, Mode};
use super::mistake::Form;
use super::other_macs;
use super::space::Space;

/// Bodies beyond this are searched for single mistakes and for those after the body.
const LONGEST_IN_PAIRS: usize = 4 * 1024 * 1024;

/// This many of the first keys and prefixes are common enough to be combined early.
const COMMON_KEYS: usize = 7;
const COMMON_PREFIXES: usize = 12;

/// Runs through the candidates, those with the fewest mistakes first.
struct Search<'a> {
    candidates: Candidates<'a>,
    space: &'a Space<'a>,
    hash: Hash,
    /// Everything before the body without a mistake.
    right: Opening<'a>,
    bodies: Vec<BodyForm>,
}

/// Searches with the hash functions that make a digest of this length.
pub(super) fn search(
    space: &Space<'_>,
    target: &Target,
    tally: &mut Tally,
    tick: &mut Tick<'_>,
) -> Option<Found> {
    let right =
        Opening { mode: Mode::Hmac, key: space.keys.first()?, prefix: space.prefixes.first()? };
    for (hash, wrong_hash) in Hash::of_length(target.digest.len()) {
        let candidates = Candidates::new(space, hash, &target.digest, tally, tick);
        let search = Search { candidates, space, hash, right, bodies: Vec::new() };
        if let Some(mut found) = search.run() {
            found.add(&target.steps);
            found.add(wrong_hash.as_slice());
            return Some(found);
        }
    }
    None
}

impl<'a> Search<'a> {
    fn run(mut self) -> Option<Found> {
        match self.all() {
            Ok(()) => None,
            Err(Stop::Found(found)) => Some(found),
            Err(Stop::Deadline) => {
                self.candidates.leave_out();
                None
            }
        }
    }

    fn all(&mut self) -> Result<(), Stop> {
        self.singles()?;
        self.candidates.two_in_all()?;
        self.rare()?;
        if self.space.body.len() > LONGEST_IN_PAIRS {
            self.candidates.leave_out();
            return Ok(());
        }
        self.pairs(true)?;
        self.two_with_the_key()?;
        self.two_before_the_body()?;
        self.two_with_the_body()?;
        self.pairs(false)?;
        self.pairs_with_plain_digests()
    }

    /// Up to one mistake.
    fn singles(&mut self) -> Result<(), Stop> {
        let right = self.right;
        let body = Form::right(self.space.body);
        self.candidates.right(&right, &body)?;
        for key in self.space.wrong_keys() {
            self.candidates.keep(&Opening { key, ..right }, &body)?;
        }
        for prefix in self.space.wrong_prefixes() {
            self.candidates.keep(&Opening { prefix, ..right }, &body)?;
        }
        for mode in [Mode::Keyless, Mode::KeyFirst] {
            self.candidates.keep(&Opening { mode, ..right }, &body)?;
        }
        for other in &self.space.other_bodies {
            self.candidates.keep(&right, &other.as_slice())?;
        }
        let mut bodies = body::singles(self.space.body);
        while let Some(made) = self.candidates.make(&mut bodies)? {
            let Some(body) = made.filter(|body| !self.is_known(body)) else { continue };
            self.candidates.keep(&right, &body.form.as_slice())?;
            self.bodies.push(body);
        }
        Ok(())
    }

    /// One mistake that is combined with nothing before the body.
    fn rare(&mut self) -> Result<(), Stop> {
        let right = self.right;
        let body = Form::right(self.space.body);
        self.candidates.rare_suffixes(&right, &body)?;
        let mut bodies = body::rare(self.space.body);
        while let Some(made) = self.candidates.make(&mut bodies)? {
            let Some(body) = made.filter(|body| !self.is_known(body)) else { continue };
            self.candidates.alone(&right, &body.form.as_slice())?;
        }
        self.candidates.cut(&right, self.space.body)?;
        for key in self.space.rare_keys() {
            self.candidates.alone(&Opening { key, ..right }, &body)?;
        }
        other_macs::all(self.space, self.hash, &right, &mut self.candidates)
    }

    /// Two mistakes in different parts before and in the body: first those of which both are common.
    fn pairs(&mut self, common: bool) -> Result<(), Stop> {
        let right = self.right;
        let body = Form::right(self.space.body);
        let space = self.space;
        let keys = || space.wrong_keys().enumerate().map(|(place, key)| (place < COMMON_KEYS, key));
        let prefixes =
            || space.wrong_prefixes().enumerate().map(|(place, it)| (place < COMMON_PREFIXES, it));
        for changed in &self.bodies {
            for (_, key) in keys().filter(|(is, _)| (*is && changed.common) == common) {
                self.candidates.once(&Opening { key, ..right }, &changed.form.as_slice())?;
            }
            for (_, prefix) in prefixes().filter(|(is, _)| (*is && changed.common) == common) {
                self.candidates.once(&Opening { prefix, ..right }, &changed.form.as_slice())?;
            }
        }
        for (key_is, key) in keys() {
            for (_, prefix) in prefixes().filter(|(is, _)| (*is && key_is) == common) {
                self.candidates.once(&Opening { key, prefix, ..right }, &body)?;
            }
        }
        Ok(())
    }

    fn two_with_the_key(&mut self) -> Result<(), Stop> {
        let right = self.right;
        for key in self.space.keys.iter().filter(|key| key.cost == 2) {
            self.candidates.once(&Opening { key, ..right }, &Form::right(self.space.body))?;
        }
        Ok(())
    }

    fn two_before_the_body(&mut self) -> Result<(), Stop> {
        let right = self.right;
        for prefix in &self.space.prefix_pairs {
            self.candidates.once(&Opening { prefix, ..right }, &Form::right(self.space.body))?;
        }
        Ok(())
    }

    fn two_with_the_body(&mut self) -> Result<(), Stop> {
        let right = self.right;
        let mut bodies = body::pairs(self.space.body);
        while let Some(made) = self.candidates.make(&mut bodies)? {
            let Some(body) = made.filter(|body| !self.is_known(body)) else { continue };
            self.candidates.once(&right, &body.form.as_slice())?;
        }
        Ok(())
    }

    fn pairs_with_plain_digests(&mut self) -> Result<(), Stop> {
        let right = self.right;
        let body = Form::right(self.space.body);
        for mode in [Mode::Keyless, Mode::KeyFirst] {
            let right = Opening { mode, ..right };
            for changed in &self.bodies {
                self.candidates.once(&right, &changed.form.as_slice())?;
            }
            for prefix in self.space.wrong_prefixes() {
                self.candidates.once(&Opening { prefix, ..right }, &body)?;
            }
        }
        for key in self.space.wrong_keys() {
            let mode = Mode::KeyFirst;
            self.candidates.once(&Opening { mode, key, ..right }, &body)?;
        }
        Ok(())
    }

    /// Returns whether a form has the bytes of one that was tried.
    fn is_known(&self, form: &BodyForm) -> bool {
        let bytes = &form.form.bytes;
        bytes == self.space.body || self.bodies.iter().any(|known| known.form.bytes == *bytes)
    }
}

#[cfg(test)]
mod tests {
    use online_contact::Scheme;
    use zeroize::Zeroizing;

    use super::*;
    use crate::captured::CapturedRequest;
    use crate::explain::authorization::targets;
    use crate::key::KeyText;
    use crate::lang::Lang;

    /// A megabyte of JSON to which almost everything can be done, and a signature that nothing makes.
    fn request() -> CapturedRequest {
        let object = r#"{"b b":"홍길동/<\ud64d>","b":[1.0, 2.50],"a":"é+%20"}"#;
        let body = format!("[\r\n{object}{}]\n", format!(",{object}").repeat(20_000));
        assert!(body.len() > 1024 * 1024);
        CapturedRequest { body: Some(body.into_bytes()), ..CapturedRequest::default() }
    }

    fn search_for(ticks: u64) -> Tally {
        let request = request();
        let key = KeyText::typed("key", Zeroizing::new(b"0cc175b9c0f1b6a8".to_vec()));
        let keys: Vec<_> = key.into_iter().collect();
        let target = targets(b"YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=").into_iter().next();
        let mut tally = Tally { complete: true, ..Tally::default() };
        if let (Some(target), Ok(space)) =
            (target, Space::new(&request, &keys, Scheme::BodyTime, None, None, &[], Lang::En))
        {
            let mut left = ticks;
            let mut tick = |_: &Tally| {
                left = left.checked_sub(1).ok_or(Stop::Deadline)?;
                Ok(())
            };
            let found = search(&space, &target, &mut tally, &mut tick);
            assert!(found.is_none());
        }
        tally
    }

    /// A deadline is at most one form or one hash away.
    #[test]
    fn all_that_a_long_body_costs_is_asked_for_first() {
        for ticks in [0, 1, 30, 150] {
            let tally = search_for(ticks);
            assert!(tally.hashed_bodies + tally.made_bodies <= ticks, "{ticks}: {tally:?}");
            assert!(!tally.complete);
        }
    }
}

//! Candidates put together and compared with the MAC that was sent.

use super::key::KeyForm;
use super::mac::{Hash, MacState, Mode};
use super::message::{split_tail, tails};
use super::mistake::{Form, Mistake, Side, Step};
use super::search::{Found, MOST_HASHES, Stop, Tally, Watch};
use super::space::Space;
use super::uri::Prefix;
use crate::lang::Words;

static PLAIN: Mistake = Mistake {
    id: "mac_plain_sha256",
    side: Side::Sender,
    what: Words::fixed("a plain digest in place of HMAC", "HMAC 대신 단순 해시"),
    advice: Words::fixed(
        "Use HMAC-SHA256 with the key, not a digest of key and message.",
        "키와 메시지를 이어 붙인 해시가 아니라 그 키로 HMAC-SHA256을 계산하십시오.",
    ),
};

/// What is chosen before the body.
#[derive(Clone, Copy)]
pub(super) struct Opening<'a> {
    pub(super) mode: Mode,
    pub(super) key: &'a KeyForm,
    pub(super) prefix: &'a Prefix,
}

/// A state behind a body, from which all that may follow it is hashed.
struct Opened<'a> {
    state: MacState,
    mode: Mode,
    prefix: &'a Prefix,
    tail: Vec<u8>,
    steps: Vec<Step>,
    cost: usize,
}

/// What follows the body: its own white space, the time, and in plain digests perhaps the key.
struct Ending<'e> {
    tail: &'e Form,
    suffix: &'e Form,
    key: Option<&'e KeyForm>,
}

/// Makes candidates and compares them.
pub(super) struct Candidates<'a> {
    space: &'a Space<'a>,
    hash: Hash,
    digest: &'a [u8],
    tally: &'a mut Tally,
    watch: &'a mut dyn Watch,
    opened: Vec<Opened<'a>>,
}

impl<'a> Candidates<'a> {
    pub(super) fn new(
        space: &'a Space<'a>,
        hash: Hash,
        digest: &'a [u8],
        tally: &'a mut Tally,
        watch: &'a mut dyn Watch,
    ) -> Self {
        Self { space, hash, digest, tally, watch, opened: Vec::new() }
    }

    /// Notes that something was not tried.
    pub(super) fn leave_out(&mut self) {
        self.tally.complete = false;
    }

    /// The next form of a body, if there is one.
    pub(super) fn make<T>(
        &mut self,
        forms: &mut impl Iterator<Item = T>,
    ) -> Result<Option<T>, Stop> {
        self.watch.tick(self.tally)?;
        self.tally.made_bodies += 1;
        Ok(forms.next())
    }

    /// The candidate without a mistake, and those with one behind the body.
    pub(super) fn right(&mut self, opening: &Opening<'a>, body: &Form<&[u8]>) -> Result<(), Stop> {
        let opened = self.open(opening, body)?;
        self.compare(&opened, 0)?;
        self.compare(&opened, 1)?;
        for time in &self.space.rare_times {
            let tail = Form::right(opened.tail.clone());
            self.compare_one(&opened, &Ending { tail: &tail, suffix: time, key: None })?;
        }
        self.opened.push(opened);
        Ok(())
    }

    /// A candidate with one mistake, kept for [`two_in_all`](Self::two_in_all).
    pub(super) fn keep(&mut self, opening: &Opening<'a>, body: &Form<&[u8]>) -> Result<(), Stop> {
        let opened = self.open(opening, body)?;
        self.compare(&opened, 1)?;
        self.opened.push(opened);
        Ok(())
    }

    /// A candidate with two mistakes.
    pub(super) fn once(&mut self, opening: &Opening<'a>, body: &Form<&[u8]>) -> Result<(), Stop> {
        let opened = self.open(opening, body)?;
        self.compare(&opened, 2)
    }

    /// Adds mistakes behind the body to what was kept, up to two in all. No body is hashed for it.
    pub(super) fn two_in_all(&mut self) -> Result<(), Stop> {
        let opened = std::mem::take(&mut self.opened);
        opened.iter().try_for_each(|opened| {
            self.watch.tick(self.tally)?;
            self.compare(opened, 2)
        })
    }

    /// Hashes a whole body, but for the white space at its end.
    fn open(&mut self, opening: &Opening<'a>, body: &Form<&[u8]>) -> Result<Opened<'a>, Stop> {
        self.watch.tick(self.tally)?;
        if self.tally.hashed_bodies >= MOST_HASHES {
            return Err(Stop::Deadline);
        }
        let Opening { mode, key, prefix } = *opening;
        let (stem, tail) = split_tail(body.bytes);
        let mut state = MacState::new(self.hash, mode, &key.bytes);
        state.update(&prefix.form.bytes);
        state.update(stem);
        self.tally.hashed_bodies += 1;
        self.tally.hashed_bytes += (prefix.form.bytes.len() + stem.len()) as u64;
        let mut steps = [&key.steps[..], &prefix.form.steps, &body.steps].concat();
        let wrong = match mode {
            Mode::Hmac => None,
            Mode::KeyFirst => Some(Step::with(&PLAIN, Words::fixed("key, message", "키, 메시지"))),
            // Whether the key follows is seen at the end.
            Mode::Keyless => Some(Step::from(&PLAIN)),
        };
        let cost = key.cost + prefix.form.cost + body.cost + usize::from(wrong.is_some());
        steps.extend(wrong);
        Ok(Opened { state, mode, prefix, tail: tail.to_vec(), steps, cost })
    }

    /// All endings that bring the mistakes to this number.
    fn compare(&mut self, opened: &Opened<'_>, mistakes: usize) -> Result<(), Stop> {
        let Some(left) = mistakes.checked_sub(opened.cost) else { return Ok(()) };
        for tail in &tails(&opened.tail) {
            for ending in self.endings(opened, tail, left) {
                self.compare_one(opened, &ending)?;
            }
        }
        Ok(())
    }

    fn endings<'e>(
        &self,
        opened: &Opened<'_>,
        tail: &'e Form,
        left: usize,
    ) -> impl Iterator<Item = Ending<'e>> + use<'a, 'e>
    where
        'a: 'e,
    {
        let suffixes = self.space.suffixes_of(opened.prefix);
        let keys: &'a [KeyForm] = match opened.mode {
            Mode::Keyless => &self.space.keys,
            Mode::Hmac | Mode::KeyFirst => &[],
        };
        // They stand in the order of their cost.
        let affordable = suffixes.iter().take_while(move |suffix| suffix.cost <= left);
        affordable.flat_map(move |suffix| {
            let ending = move |key| Ending { tail, suffix, key };
            let with_key = keys.iter().map(move |key| ending(Some(key)));
            with_key.chain([ending(None)]).filter(move |ending| ending.cost() == left)
        })
    }

    fn compare_one(&mut self, opened: &Opened<'_>, ending: &Ending<'_>) -> Result<(), Stop> {
        let mut state = opened.state.clone();
        for bytes in ending.parts() {
            state.update(bytes);
            self.tally.hashed_bytes += bytes.len() as u64;
        }
        self.tally.tried += 1;
        if state.ends_as(self.digest) {
            Err(Stop::Found(self.found(opened, ending)))
        } else {
            Ok(())
        }
    }

    /// The mistakes, and the other names under which the same bytes can be had with as many.
    fn found(&self, opened: &Opened<'_>, ending: &Ending<'_>) -> Found {
        let mut alternatives = Vec::new();
        let bytes = ending.parts().concat();
        for tail in &tails(&opened.tail) {
            for other in self.endings(opened, tail, ending.cost()) {
                let steps = other.steps(opened);
                let is_other = !same(&steps, &ending.steps(opened));
                if is_other && other.parts().concat() == bytes && alternatives.len() < 4 {
                    alternatives.push(steps);
                }
            }
        }
        Found { steps: ending.steps(opened), alternatives }
    }
}

impl Ending<'_> {
    fn cost(&self) -> usize {
        self.tail.cost + self.suffix.cost + self.key.map_or(0, |key| key.cost)
    }

    fn parts(&self) -> [&[u8]; 3] {
        let key = self.key.map_or(&[][..], |key| &key.bytes);
        [&self.tail.bytes, &self.suffix.bytes, key]
    }

    fn steps(&self, opened: &Opened<'_>) -> Vec<Step> {
        let mut steps = [&opened.steps[..], &self.tail.steps, &self.suffix.steps].concat();
        if opened.mode == Mode::Keyless {
            let order = match self.key {
                Some(_) => Words::fixed("message, key", "메시지, 키"),
                None => Words::fixed("message alone", "메시지만"),
            };
            for plain in steps.iter_mut().filter(|step| step.mistake.id == PLAIN.id) {
                plain.detail = Some(order.clone());
            }
            steps.extend(self.key.into_iter().flat_map(|key| key.steps.iter().cloned()));
        }
        steps
    }
}

fn same(one: &[Step], other: &[Step]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.mistake.id == b.mistake.id)
}

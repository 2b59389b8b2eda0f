//! Candidates put together and compared with the MAC that was sent.

use super::effort::{Found, MOST_HASHES, Stop, Tally, Tick};
use super::key::KeyForm;
use super::mac::{Hash, MacState, Mode};
use super::message::{split_tail, tails};
use super::mistake::{Form, Mistake, Side, Step};
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

static CUT: Mistake = Mistake {
    id: "body_cut",
    side: Side::Between,
    what: Words::fixed(
        "only the start of the body (cut off, truncated), this many bytes long",
        "본문의 앞부분만(잘린 본문), 길이(바이트)",
    ),
    advice: Words::fixed(
        "Something reads only a part of the body: a buffer that is filled by one read, a logger's or a \
         cache's limit (ContentCachingRequestWrapper). Read to the end before signing or verifying.",
        "본문의 일부만 읽고 있습니다. 한 번만 읽은 버퍼나 로그·캐시의 길이 \
         제한(ContentCachingRequestWrapper)이 원인입니다. 끝까지 읽은 뒤에 서명하거나 검증하십시오.",
    ),
};

/// Bodies up to this length are cut at every length.
const CUT_EVERYWHERE: usize = 8 * 1024;

fn cut_lengths(length: usize) -> impl Iterator<Item = usize> {
    const USUAL: [usize; 16] = [
        10_000, 10_240, 16_000, 16_384, 20_000, 32_000, 32_768, 50_000, 65_535, 65_536, 100_000,
        102_400, 131_072, 262_144, 524_288, 1_048_576,
    ];
    (1..CUT_EVERYWHERE).chain(USUAL).take_while(move |&cut| cut < length)
}

/// The choices before the body.
#[derive(Clone, Copy)]
pub(super) struct Opening<'a> {
    pub(super) mode: Mode,
    pub(super) key: &'a KeyForm,
    pub(super) prefix: &'a Prefix,
}

/// A state after a body, from which all that may follow it is hashed.
struct Opened<'a> {
    state: MacState,
    mode: Mode,
    prefix: &'a Prefix,
    tail: Vec<u8>,
    steps: Vec<Step>,
    cost: usize,
}

/// The bytes after the body: its own white space, the time, and in plain digests perhaps the key.
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
    tick: &'a mut Tick<'a>,
    opened: Vec<Opened<'a>>,
}

impl<'a> Candidates<'a> {
    pub(super) fn new(
        space: &'a Space<'a>,
        hash: Hash,
        digest: &'a [u8],
        tally: &'a mut Tally,
        tick: &'a mut Tick<'a>,
    ) -> Self {
        Self { space, hash, digest, tally, tick, opened: Vec::new() }
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
        (self.tick)(self.tally)?;
        self.tally.made_bodies += 1;
        Ok(forms.next())
    }

    /// The candidate without a mistake, and those with one after the body.
    pub(super) fn right(&mut self, opening: &Opening<'a>, body: &Form<&[u8]>) -> Result<(), Stop> {
        let opened = self.open(opening, body)?;
        self.compare(&opened, 0)?;
        self.compare(&opened, 1)?;
        self.opened.push(opened);
        Ok(())
    }

    /// A candidate with one mistake that is combined with nothing.
    pub(super) fn alone(&mut self, opening: &Opening<'a>, body: &Form<&[u8]>) -> Result<(), Stop> {
        let opened = self.open(opening, body)?;
        self.compare(&opened, 1)
    }

    /// The right candidate with the rare forms of what follows the body, which cost no hash over the body.
    pub(super) fn rare_suffixes(
        &mut self,
        opening: &Opening<'a>,
        body: &Form<&[u8]>,
    ) -> Result<(), Stop> {
        let opened = self.open(opening, body)?;
        let tail = Form::right(opened.tail.clone());
        for (count, time) in self.space.rare_suffixes().iter().enumerate() {
            if count % 256 == 0 {
                (self.tick)(self.tally)?;
            }
            self.compare_one(&opened, &Ending { tail: &tail, suffix: time, key: None })?;
        }
        Ok(())
    }

    /// The body cut off at every length of a short body, and at the usual lengths of a long one. The
    /// body is hashed once.
    pub(super) fn cut(&mut self, opening: &Opening<'a>, body: &[u8]) -> Result<(), Stop> {
        let mut opened = self.open(opening, &Form::right(&[]))?;
        let tail = Form::right(Vec::new());
        let Some(suffix) = self.space.suffixes_of(opened.prefix).first() else { return Ok(()) };
        let mut done = 0;
        for (count, length) in cut_lengths(body.len()).enumerate() {
            if count % 256 == 0 {
                (self.tick)(self.tally)?;
            }
            opened.state.update(body.get(done..length).unwrap_or_default());
            done = length;
            opened.steps = vec![Step::with(&CUT, &*format!("{length}"))];
            self.compare_one(&opened, &Ending { tail: &tail, suffix, key: None })?;
        }
        self.tally.hashed_bytes += done as u64;
        Ok(())
    }

    /// A MAC that is made in another way than from a key and a message of known parts.
    pub(super) fn other(&mut self, digest: &[u8], steps: Vec<Step>) -> Result<(), Stop> {
        self.tally.tried += 1;
        if digest != self.digest {
            return Ok(());
        }
        Err(Stop::Found(Found { steps, alternatives: Vec::new() }))
    }

    /// Looks at the clock before a body is hashed for [`other`](Self::other).
    pub(super) fn before_other(&mut self, length: usize) -> Result<(), Stop> {
        (self.tick)(self.tally)?;
        self.tally.hashed_bodies += 1;
        self.tally.hashed_bytes += length as u64;
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

    /// Adds mistakes after the body to what was kept, up to two in all. No body is hashed for it.
    pub(super) fn two_in_all(&mut self) -> Result<(), Stop> {
        let opened = std::mem::take(&mut self.opened);
        opened.iter().try_for_each(|opened| {
            (self.tick)(self.tally)?;
            self.compare(opened, 2)
        })
    }

    /// Hashes a whole body, but for the white space at its end.
    fn open(&mut self, opening: &Opening<'a>, body: &Form<&[u8]>) -> Result<Opened<'a>, Stop> {
        (self.tick)(self.tally)?;
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

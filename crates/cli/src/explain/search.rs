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
//! mistakes. [`MOST_HASHES`] is the limit in any case, and a deadline ends
//! the search earlier: the clock is looked at before each hash over a body, and before each form of it
//! is made. A search that left something out reports so.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indicatif::ProgressBar;
use percent_encoding::percent_decode_str;
use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::authorization::Target;
use super::body::{self, BodyForm};
use super::key::KeyForm;
use super::mac::{Hash, MacState, Mode};
use super::message::{split_tail, tails};
use super::mistake::{Form, Mistake, Side, Step, mistakes};
use super::space::Space;
use super::uri::Prefix;
use crate::lang::{Lang, Words};

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
        other_macs(self.space, self.hash, &right, &mut self.candidates)
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
struct Opening<'a> {
    mode: Mode,
    key: &'a KeyForm,
    prefix: &'a Prefix,
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
struct Candidates<'a> {
    space: &'a Space<'a>,
    hash: Hash,
    digest: &'a [u8],
    tally: &'a mut Tally,
    tick: &'a mut Tick<'a>,
    opened: Vec<Opened<'a>>,
}

impl<'a> Candidates<'a> {
    fn new(
        space: &'a Space<'a>,
        hash: Hash,
        digest: &'a [u8],
        tally: &'a mut Tally,
        tick: &'a mut Tick<'a>,
    ) -> Self {
        Self { space, hash, digest, tally, tick, opened: Vec::new() }
    }

    /// Notes that something was not tried.
    fn leave_out(&mut self) {
        self.tally.complete = false;
    }

    /// The next form of a body, if there is one.
    fn make<T>(&mut self, forms: &mut impl Iterator<Item = T>) -> Result<Option<T>, Stop> {
        (self.tick)(self.tally)?;
        self.tally.made_bodies += 1;
        Ok(forms.next())
    }

    /// The candidate without a mistake, and those with one after the body.
    fn right(&mut self, opening: &Opening<'a>, body: &Form<&[u8]>) -> Result<(), Stop> {
        let opened = self.open(opening, body)?;
        self.compare(&opened, 0)?;
        self.compare(&opened, 1)?;
        self.opened.push(opened);
        Ok(())
    }

    /// A candidate with one mistake that is combined with nothing.
    fn alone(&mut self, opening: &Opening<'a>, body: &Form<&[u8]>) -> Result<(), Stop> {
        let opened = self.open(opening, body)?;
        self.compare(&opened, 1)
    }

    /// The right candidate with the rare forms of what follows the body, which cost no hash over the body.
    fn rare_suffixes(&mut self, opening: &Opening<'a>, body: &Form<&[u8]>) -> Result<(), Stop> {
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
    fn cut(&mut self, opening: &Opening<'a>, body: &[u8]) -> Result<(), Stop> {
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
    fn other(&mut self, digest: &[u8], steps: Vec<Step>) -> Result<(), Stop> {
        self.tally.tried += 1;
        if digest != self.digest {
            return Ok(());
        }
        Err(Stop::Found(Found { steps, alternatives: Vec::new() }))
    }

    /// Looks at the clock before a body is hashed for [`other`](Self::other).
    fn before_other(&mut self, length: usize) -> Result<(), Stop> {
        (self.tick)(self.tally)?;
        self.tally.hashed_bodies += 1;
        self.tally.hashed_bytes += length as u64;
        Ok(())
    }

    /// A candidate with one mistake, kept for [`two_in_all`](Self::two_in_all).
    fn keep(&mut self, opening: &Opening<'a>, body: &Form<&[u8]>) -> Result<(), Stop> {
        let opened = self.open(opening, body)?;
        self.compare(&opened, 1)?;
        self.opened.push(opened);
        Ok(())
    }

    /// A candidate with two mistakes.
    fn once(&mut self, opening: &Opening<'a>, body: &Form<&[u8]>) -> Result<(), Stop> {
        let opened = self.open(opening, body)?;
        self.compare(&opened, 2)
    }

    /// Adds mistakes after the body to what was kept, up to two in all. No body is hashed for it.
    fn two_in_all(&mut self) -> Result<(), Stop> {
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

/// A body is hashed at most this many times.
const MOST_HASHES: u64 = 25_000;

/// The work that was done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Candidates that were compared with the MAC.
    pub(super) tried: u64,
    pub(super) hashed_bytes: u64,
    /// Times that a whole body was hashed.
    pub(super) hashed_bodies: u64,
    /// Times that a form of a body was made, or could not be.
    pub(super) made_bodies: u64,
    /// Nothing was left out.
    pub(super) complete: bool,
}

/// The mistakes that make the MAC, and other names for the same bytes.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) steps: Vec<Step>,
    pub(super) alternatives: Vec<Vec<Step>>,
}

impl Found {
    pub(super) fn add(&mut self, steps: &[Step]) {
        let all = self.alternatives.iter_mut().chain([&mut self.steps]);
        all.for_each(|found| found.extend_from_slice(steps));
    }
}

/// Checks the time limit and reports progress. Called before each form of a body is made, before each
/// hash over one, and before what may follow one is tried. Returns [`Stop::Deadline`] when there is no
/// time left.
type Tick<'a> = dyn FnMut(&Tally) -> Result<(), Stop> + 'a;

/// The cause of a stop before the end.
pub(super) enum Stop {
    Found(Found),
    /// The time is up, or [`MOST_HASHES`] are made.
    Deadline,
}

/// A search that is over sooner needs no progress.
const SLOW: Duration = Duration::from_millis(400);

/// Stops a search at a deadline. indicatif draws on stderr, and only where that is a terminal.
pub(super) struct Clockwork {
    started: Instant,
    deadline: Option<Instant>,
    spinner: Option<ProgressBar>,
    /// `None` where nothing is to be drawn.
    lang: Option<Lang>,
}

impl Clockwork {
    pub(super) fn new(time_limit: Duration, lang: Option<Lang>) -> Self {
        let started = Instant::now();
        Self { started, deadline: started.checked_add(time_limit), spinner: None, lang }
    }

    pub(super) fn tick(&mut self, tally: &Tally) -> Result<(), Stop> {
        let now = Instant::now();
        if let Some(lang) = self.lang.filter(|_| now.duration_since(self.started) > SLOW) {
            let spinner = self.spinner.get_or_insert_with(ProgressBar::new_spinner);
            let words = lang.pick("combinations tried", "가지 조합을 시도했습니다");
            spinner.set_message(format!("{} {words}", tally.tried));
            spinner.tick();
        }
        // The first candidates are tried however long a body is, or there would be no answer at all.
        let is_late = self.deadline.is_some_and(|deadline| now > deadline);
        if is_late && tally.hashed_bodies > 0 { Err(Stop::Deadline) } else { Ok(()) }
    }
}

impl Drop for Clockwork {
    fn drop(&mut self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}

/// The organization ID in the vendor's sample code for its Open API.
const SAMPLE_ORGANIZATION: &str = "WopqM8euoYw89B7i";

/// A longer body is not hashed for these.
const LONGEST: usize = 1024 * 1024;

const ADVICE: Words = Words::fixed(
    "Compute HMAC-SHA256 once: the key as the key, the body and the timestamp as the message. Check the \
     order of the arguments in your library.",
    "HMAC-SHA256을 한 번만 계산하십시오. 키는 키로, 본문과 타임스탬프는 메시지로 넣습니다. 라이브러리의 인수 \
     순서를 확인하십시오.",
);

mistakes! { Sender, ADVICE:
    SWAPPED = "mac_swapped", "key and message are swapped", "키와 메시지의 순서가 바뀜";
    HASHED_MESSAGE = "mac_over_hash", "the HMAC of a hash of the message", "메시지의 해시로 계산한 HMAC";
    DERIVED_KEY = "mac_derived_key", "the HMAC under a key that is itself an HMAC", "HMAC으로 만든 키로 계산한 HMAC";
}

static OPEN_API: Mistake = Mistake {
    id: "open_api_recipe",
    side: Side::Sender,
    what: Words::fixed(
        "the recipe of the vendor's Open API (organization ID, URI, sorted values, time), which is not \
         that of the customer-data lookup",
        "고객정보 연동이 아니라 Open API의 방식(조직 ID, URI, 정렬한 값, 시간)",
    ),
    advice: Words::fixed(
        "The Open API (서비스 Key) and the customer-data lookup (암호화 키) have different keys and \
         recipes. For the lookup, sign the body and the timestamp with the 암호화 키 of its API settings.",
        "Open API(서비스 Key)와 고객정보 연동(암호화 키)은 키도 방식도 다릅니다. 고객정보 연동에서는 API \
         설정의 암호화 키로 본문과 타임스탬프에 서명하십시오.",
    ),
};

/// Tries the MACs that are not made of a key, a prefix, a body and an ending, with the right key and
/// message: arguments swapped, a hash of the message signed, a derived key, and the recipe of the
/// vendor's Open API.
fn other_macs<'a>(
    space: &Space<'a>,
    hash: Hash,
    right: &Opening<'a>,
    candidates: &mut Candidates<'a>,
) -> Result<(), Stop> {
    let Some(suffix) = space.suffixes_of(right.prefix).first() else { return Ok(()) };
    let (key, prefix, time) =
        (&right.key.bytes[..], &right.prefix.form.bytes[..], &suffix.bytes[..]);
    if space.body.len() > LONGEST {
        candidates.leave_out();
        return Ok(());
    }
    let mac = |key: &[u8], message: &[u8]| {
        let mut state = MacState::new(hash, Mode::Hmac, key);
        state.update(message);
        state.finish()
    };
    let step = |mistake: &'static Mistake| vec![Step::from(mistake)];
    let body = [prefix, space.body].concat();
    let message = [&body[..], time].concat();
    candidates.before_other(message.len())?;
    candidates.other(&mac(&message, key), step(&SWAPPED))?;
    candidates.before_other(message.len())?;
    let hashed = digest(&SHA256, &message);
    for text in [
        hex::encode(hashed.as_ref()).into_bytes(),
        hashed.as_ref().to_vec(),
        STANDARD.encode(hashed.as_ref()).into_bytes(),
        STANDARD.encode(&message).into_bytes(),
    ] {
        candidates.other(&mac(key, &text), step(&HASHED_MESSAGE))?;
    }
    candidates.before_other(body.len())?;
    for (first, second) in [(time, &body[..]), (&body[..], time)] {
        let derived = mac(key, first);
        candidates.other(&mac(&derived, second), step(&DERIVED_KEY))?;
        let derived = hex::encode(&derived);
        candidates.other(&mac(derived.as_bytes(), second), step(&DERIVED_KEY))?;
    }
    for message in open_api(space, time) {
        candidates.other(&mac(key, &message), step(&OPEN_API))?;
    }
    Ok(())
}

/// The messages of the Open API: without the organization ID, with the sample's, and with the one given.
fn open_api(space: &Space<'_>, time: &[u8]) -> Vec<Vec<u8>> {
    let Some(target) = space.target else { return Vec::new() };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let organizations = [space.organization, Some(SAMPLE_ORGANIZATION), Some("")];
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let query: BTreeMap<String, String> =
        query.map(|(name, value)| (decoded(name), decoded(value))).collect();
    let fields: BTreeMap<String, Value> = serde_json::from_slice(space.body).unwrap_or_default();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let values = [
        query.values().cloned().collect::<Vec<_>>().join("&").into_bytes(),
        fields.values().map(text).collect::<Vec<_>>().join("&").into_bytes(),
        fields.values().map(text).collect::<String>().into_bytes(),
        space.body.to_vec(),
    ];
    let mut all = Vec::new();
    for organization in organizations.into_iter().flatten() {
        for path in [path, path.trim_start_matches('/')] {
            for values in &values {
                all.push([organization.as_bytes(), path.as_bytes(), values, time].concat());
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use online_contact::Scheme;
    use zeroize::Zeroizing;

    use super::*;
    use crate::captured::CapturedRequest;
    use crate::explain::authorization::targets;
    use crate::key::KeyText;

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
            (target, Space::new(&request, &keys, Scheme::BodyTime, None, None, &[]))
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

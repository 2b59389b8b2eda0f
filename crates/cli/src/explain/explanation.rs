//! The explanation of a request, for the command and for the console.

use std::time::Duration;

use online_contact::{Clock as _, Reason, Scheme, SystemClock, Timestamp};

use super::authorization::{KEY_INSIDE, PREFIX, Target, targets};
use super::mistake::{Mistake, Side, Step};
use super::restore::{Fidelity, SHOWN, sent};
use super::search::{Clockwork, Found, Tally, search};
use super::space::Space;
use super::{key, time};
use crate::captured::CapturedRequest;
use crate::context::Problem;
use crate::key::KeyText;
use crate::lang::{Lang, Words};
use crate::secrets::Secrets;
use crate::verdict::{Rules, Verdict, head, verifier};

/// The first readings of `Authorization` are searched for.
const MOST_TARGETS: usize = 4;

/// The server's settings, what is known beside the request, and how long to search.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(super) rules: Rules,
    /// The moment of the verdict; the present one without it.
    pub(super) now: Option<Timestamp>,
    pub(super) time_limit: Duration,
    /// The language of the progress, if it may be drawn on a terminal.
    pub(super) progress: Option<Lang>,
    pub(super) proxy_prefix: Option<String>,
    /// The MAC that the integrator's own server computed.
    pub(super) computed: Option<String>,
    /// The organization ID of the vendor's Open API.
    pub(super) organization: Option<String>,
}

impl Settings {
    pub(crate) fn new(rules: Rules, now: Timestamp, time_limit: Duration) -> Self {
        Self {
            rules,
            now: Some(now),
            time_limit,
            progress: None,
            proxy_prefix: None,
            computed: None,
            organization: None,
        }
    }
}

/// The cause of a verdict.
pub(crate) struct Explanation {
    pub(super) verdicts: Verdicts,
    /// The reason that prevents a verdict on the capture.
    pub(super) gap: Option<Gap>,
    /// The mistakes that account for the rejection; none if nothing does.
    pub(super) mistakes: Vec<Step>,
    /// Other names for them.
    pub(super) alternatives: Vec<Vec<Step>>,
    /// The result for the signature.
    pub(super) signature: Signature,
    /// The same for the MAC that the integrator's server computed.
    pub(super) computed: Option<Computed>,
    pub(super) tally: Tally,
    pub(super) notes: Vec<Words>,
    pub(super) capture: CaptureReport,
    /// The key looks like one of the Open API.
    pub(super) has_service_key: bool,
}

/// The verdict at the given moment, and at the request's own.
pub(super) struct Verdicts {
    pub(super) now: Verdict,
    /// `None` where the age of the request makes no difference, or it has no readable timestamp.
    pub(super) at_its_own_time: Option<Verdict>,
}

/// The capture lacks something without which there is no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// The body is not the bytes that were sent.
    Body,
    /// The program that wrote the capture leaves `Authorization` out.
    AuthorizationOmitted,
    /// The value of `Authorization` was replaced.
    AuthorizationMasked,
}

/// The parts that were read, and the relation of the body to what was sent.
pub(super) struct CaptureReport {
    pub(super) format: &'static str,
    pub(super) name: Words,
    pub(super) method: Option<String>,
    pub(super) target: Option<String>,
    pub(super) headers: usize,
    pub(super) body_length: usize,
    pub(super) declared_length: Option<u64>,
    pub(super) fidelity: Fidelity,
}

/// The knowledge of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signature {
    /// It matches, apart from how it is written.
    Matches,
    /// Mistakes account for it.
    Explained,
    /// Nothing that was tried makes it.
    Unexplained,
    /// There is none, or it is nothing that could be one.
    None,
}

/// The MAC that the integrator's server computed.
pub(super) struct Computed {
    pub(super) signature: Signature,
    pub(super) mistakes: Vec<Step>,
    /// It is the one that was sent.
    pub(super) is_the_one_sent: bool,
}

/// Explains a request under these keys, the first of which is the current one.
///
/// # Errors
///
/// [`Problem`] for settings that are not allowed, or if the scheme needs a URI that is not there.
pub(crate) fn explain(
    captured: &CapturedRequest,
    keys: &[KeyText],
    settings: &Settings,
) -> Result<Explanation, Problem> {
    let rules = settings.rules;
    if rules.scheme == Scheme::UriBodyTime && captured.target.is_none() {
        return Err(Problem::new(
            "the scheme uri_body_time signs the URI, and the request has none: give it with --uri",
            "uri_body_time 방식은 URI에 서명하는데 요청에 URI가 없습니다. --uri로 지정해 주십시오",
        ));
    }
    // A body is right if the signature fits it, however old the request is.
    let moment = captured.signed_at().or(settings.now);
    let server = moment.map(|moment| verifier(keys, rules, moment)).transpose()?;
    let sent = sent(captured, |body| {
        server.as_ref().is_some_and(|it| it.verify_bytes(&head(captured), body).is_ok())
    });
    let request = &sent.request;
    let verdicts = Verdicts::of(request, keys, settings)?;
    let secrets = Secrets::of(keys);
    let mut mistakes = header_mistakes(request, &verdicts.now);
    mistakes.extend(method_mistake(request));
    if request.header("authorization").any(|value| secrets.is_in(value)) {
        mistakes.push((&KEY_INSIDE).into());
    }
    let mut explanation = Explanation {
        mistakes,
        alternatives: Vec::new(),
        signature: Signature::Matches,
        computed: None,
        gap: None,
        tally: Tally { complete: true, ..Tally::default() },
        notes: notes(request, keys),
        capture: CaptureReport::of(captured, sent.fidelity),
        has_service_key: keys.first().is_some_and(|key| is_service_key(key.key())),
        verdicts,
    };
    if explanation.verdicts.decisive().reason().is_none() {
        explanation.note_older_key(keys);
    }
    let space = Space::new(
        request,
        keys,
        rules.scheme,
        settings.proxy_prefix.as_deref(),
        settings.organization.as_deref(),
        &sent.others,
    )?;
    let mut clock = Clockwork::new(settings.time_limit, settings.progress);
    if explanation.verdicts.decisive().reason().is_some() {
        explanation.search(request, keys, &space, &mut clock);
    }
    if let Some(computed) = &settings.computed {
        let mut clock = Clockwork::new(settings.time_limit, settings.progress);
        explanation.search_computed(computed, request, &space, &mut clock);
    }
    explanation.gap = explanation.find_gap(request);
    explanation.hide(&secrets);
    Ok(explanation)
}

impl Verdicts {
    fn of(
        request: &CapturedRequest,
        keys: &[KeyText],
        settings: &Settings,
    ) -> Result<Self, Problem> {
        let body = request.body.as_deref().unwrap_or_default();
        let at = |moment| -> Result<Verdict, Problem> {
            let verifier = verifier(keys, settings.rules, moment)?;
            Ok(verifier.verify_bytes(&head(request), body).into())
        };
        let now = at(settings.now.unwrap_or_else(|| SystemClock.now()))?;
        let its_age = [Some(Reason::TimestampExpired), Some(Reason::TimestampInFuture)];
        let own = request.signed_at().filter(|_| its_age.contains(&now.reason()));
        Ok(Self { now, at_its_own_time: own.map(at).transpose()? })
    }

    /// The verdict to be explained: the age of an old capture is not.
    fn decisive(&self) -> &Verdict {
        self.at_its_own_time.as_ref().unwrap_or(&self.now)
    }
}

/// A 서비스 Key has 32 hexadecimal digits, a 암호화 키 in the vendor's document 24.
fn is_service_key(key: &[u8]) -> bool {
    key.len() == 32 && key.iter().all(u8::is_ascii_hexdigit)
}

impl Explanation {
    pub(crate) fn is_accepted(&self) -> bool {
        self.reason().is_none() && self.gap.is_none()
    }

    pub(super) fn verdict(&self) -> &Verdict {
        &self.verdicts.now
    }

    /// The side that has to be changed: that of the first mistake.
    pub(super) fn side(&self) -> Option<Side> {
        self.mistakes.first().map(|step| step.mistake.side)
    }

    /// Finds the part that is missing for a verdict. A rejection that is decided by what is there needs nothing.
    fn find_gap(&self, request: &CapturedRequest) -> Option<Gap> {
        let reason = self.verdicts.decisive().reason();
        let needs_authorization =
            matches!(reason, Some(Reason::AuthorizationMissing | Reason::AuthorizationMalformed));
        if needs_authorization && request.source.omits_authorization {
            return Some(Gap::AuthorizationOmitted);
        }
        if needs_authorization && request.header("authorization").any(is_masked) {
            return Some(Gap::AuthorizationMasked);
        }
        let depends_on_body =
            matches!(reason, None | Some(Reason::SignatureMismatch | Reason::BodyUnreadable));
        // A signature that fits what the capture shows says nothing about what was sent.
        let is_proved = self.signature == Signature::Explained
            && self.mistakes.iter().all(|step| step.mistake.id != SHOWN.id);
        match self.capture.fidelity {
            Fidelity::AsSent | Fidelity::Restored => None,
            Fidelity::Guessed if is_proved => None,
            Fidelity::Guessed | Fidelity::NotAsSent => depends_on_body.then_some(Gap::Body),
        }
    }

    /// Takes the keys out of what came from the request. That one stood before the MAC is said already.
    fn hide(&mut self, secrets: &Secrets) {
        let shows = |step: &Step| {
            step.detail.as_ref().is_some_and(|it| secrets.is_in(it.in_lang(Lang::En)))
        };
        self.mistakes.retain(|step| step.mistake.id != PREFIX.id || !shows(step));
        let computed = self.computed.iter_mut().flat_map(|computed| &mut computed.mistakes);
        let steps = self.mistakes.iter_mut().chain(self.alternatives.iter_mut().flatten());
        for step in steps.chain(computed).filter(|step| shows(step)) {
            let redacted =
                |words: Words| Words::of(|lang| secrets.redact_text(words.in_lang(lang)));
            step.detail = step.detail.take().map(redacted);
        }
        let target = self.capture.target.take();
        self.capture.target = target.map(|target| secrets.redact_text(&target));
    }

    /// The ring's other keys are valid too, but the reader wants to know.
    fn note_older_key(&mut self, keys: &[KeyText]) {
        let matched = self.verdicts.decisive().key_label();
        let is_first = keys.first().is_some_and(|key| Some(key.label()) == matched);
        if let (false, Some(label)) = (is_first, matched) {
            self.mistakes.push(Step::with(&key::OLDER, label));
        }
    }

    fn search(
        &mut self,
        request: &CapturedRequest,
        keys: &[KeyText],
        space: &Space<'_>,
        clock: &mut Clockwork,
    ) {
        // A key in place of the MAC is not one.
        let is_key = |value: &[u8]| keys.iter().any(|key| key.key() == value);
        let values = request.header("authorization").filter(|value| !is_key(value));
        let targets: Vec<Target> = values.flat_map(targets).collect();
        self.signature = if targets.is_empty() { Signature::None } else { Signature::Unexplained };
        let Some(found) = self.search_targets(&targets, space, clock) else { return };
        self.signature = Signature::of(&found);
        for step in found.steps {
            if !self.mistakes.iter().any(|known| known.mistake.id == step.mistake.id) {
                self.mistakes.push(step);
            }
        }
        self.alternatives = found.alternatives;
    }

    /// More values than one are a mistake of their own; more than a few are an attack.
    fn search_targets(
        &mut self,
        targets: &[Target],
        space: &Space<'_>,
        clock: &mut Clockwork,
    ) -> Option<Found> {
        self.tally.complete &= space.complete && targets.len() <= MOST_TARGETS;
        let mut targets = targets.iter().take(MOST_TARGETS);
        targets.find_map(|target| {
            search(space, target, &mut self.tally, &mut |tally| clock.tick(tally))
        })
    }

    fn search_computed(
        &mut self,
        computed: &str,
        request: &CapturedRequest,
        space: &Space<'_>,
        clock: &mut Clockwork,
    ) {
        let read = targets(computed.trim().as_bytes());
        let sent: Vec<Target> = request.header("authorization").flat_map(targets).collect();
        let is_the_one_sent =
            read.iter().any(|target| sent.iter().any(|other| other.digest == target.digest));
        let found = self.search_targets(&read, space, clock);
        let signature = match &found {
            Some(found) => Signature::of(found),
            None if read.is_empty() => Signature::None,
            None => Signature::Unexplained,
        };
        let mistakes = found.map(|found| found.steps).unwrap_or_default();
        self.computed = Some(Computed { signature, mistakes, is_the_one_sent });
    }

    /// The distinct mistakes.
    pub(super) fn mistakes(&self) -> impl Iterator<Item = &'static Mistake> {
        let computed = self.computed.iter().flat_map(|computed| &computed.mistakes);
        self.mistakes.iter().chain(computed).map(|step| step.mistake)
    }

    pub(super) fn reason(&self) -> Option<Reason> {
        self.verdict().reason()
    }
}

impl Signature {
    fn of(found: &Found) -> Self {
        if found.steps.is_empty() { Self::Matches } else { Self::Explained }
    }
}

impl CaptureReport {
    fn of(captured: &CapturedRequest, fidelity: Fidelity) -> Self {
        Self {
            format: captured.source.format,
            name: captured.format_name(),
            method: captured.method.clone(),
            target: captured.target.clone(),
            headers: captured.headers.len(),
            body_length: captured.body.as_ref().map_or(0, Vec::len) + captured.surplus.len(),
            declared_length: captured.declared_length(),
            fidelity,
        }
    }
}

/// Collects the remarks, in both languages.
pub(super) fn notes(request: &CapturedRequest, keys: &[KeyText]) -> Vec<Words> {
    let mut notes = request.source.remarks.clone();
    let surplus = request.surplus.len();
    if !request.surplus.trim_ascii().is_empty() {
        notes.push(Words::new(
            format!(
                "{surplus} bytes follow the body beyond its Content-Length: they were left out."
            ),
            format!("Content-Length를 넘는 {surplus}바이트는 본문에서 제외했습니다."),
        ));
    }
    for key in keys.iter().filter(|key| has_blanks(key)) {
        let label = key.label();
        notes.push(Words::new(
            format!("The key {label} was given with white space around it, which was cut off; a program that does not cut it signs otherwise."),
            format!("키 {label}의 앞뒤 공백을 잘라 냈습니다. 잘라 내지 않는 프로그램은 다르게 서명합니다."),
        ));
    }
    if is_open_api(request) {
        notes.push(Words::fixed(
            "This looks like a request to the vendor's Open API (organization ID, URI, sorted values and \
             time, with the 서비스 Key). That recipe is not the one of the customer-data lookup.",
            "Open API 요청으로 보입니다(조직 ID, URI, 정렬한 값, 시간, 서비스 Key). 고객정보 연동과는 다른 \
             방식입니다.",
        ));
    }
    notes
}

/// The Open API's paths and headers.
fn is_open_api(request: &CapturedRequest) -> bool {
    let path = request.target.as_deref().is_some_and(|target| target.contains("/openapi/"));
    path || ["oucode", "oc-client-ip"].iter().any(|name| request.header(name).next().is_some())
}

/// The line end of a key file is not a blank: every file has one.
fn has_blanks(key: &KeyText) -> bool {
    let text = key.bytes();
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.last().is_some_and(u8::is_ascii_whitespace)
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

static TIME_ZONE: Mistake = Mistake {
    id: "clock_time_zone",
    side: Side::Sender,
    what: Words::fixed(
        "the time is whole hours off, like one of another time zone",
        "시간대처럼 시간이 정시 단위로 어긋남",
    ),
    advice: Words::fixed(
        "Count milliseconds since 1970 in UTC. A local time taken for UTC is 9 hours off in Korea.",
        "UTC 기준 1970년부터의 밀리초를 사용하십시오. 한국 시각을 UTC로 취급하면 9시간이 어긋납니다.",
    ),
};

static METHOD: Mistake = Mistake {
    id: "method_not_post",
    side: Side::Sender,
    what: Words::fixed(
        "the method is not POST, which is the one that Online Contact uses",
        "메서드가 Online Contact가 사용하는 POST가 아님",
    ),
    advice: Words::fixed(
        "Send the lookup as a POST with a JSON body. A redirect (301, 302) turns a POST into a GET: \
         register the final URL.",
        "JSON 본문을 담은 POST로 보내십시오. 리다이렉트(301, 302)는 POST를 GET으로 바꾸므로 최종 URL을 \
         등록하십시오.",
    ),
};

/// The method, where it is another one than OC uses.
fn method_mistake(request: &CapturedRequest) -> Option<Step> {
    let method = request.method.as_deref().filter(|method| !method.eq_ignore_ascii_case("POST"))?;
    Some(Step::with(&METHOD, method))
}

/// Returns whether a value of `Authorization` was hidden by the program that wrote the capture.
fn is_masked(value: &[u8]) -> bool {
    const WORDS: [&str; 11] = [
        "***",
        "xxx",
        "██",
        "••",
        "redact",
        "mask",
        "filtered",
        "hidden",
        "omitted",
        "sanitized",
        "[secret",
    ];
    let text = String::from_utf8_lossy(value).to_lowercase();
    let is_cut = text.ends_with("...") || text.ends_with('…');
    // A digest has no such run of letters but by a rare chance, and then it has its length.
    text.len() < 44 && (is_cut || WORDS.iter().any(|word| text.contains(word)))
}

/// Mistakes seen in a timestamp that lies outside the window.
fn header_mistakes(request: &CapturedRequest, verdict: &Verdict) -> Vec<Step> {
    let outside = [Some(Reason::TimestampExpired), Some(Reason::TimestampInFuture)];
    let value = request
        .header("x-tc-timestamp")
        .next()
        .and_then(|value| std::str::from_utf8(value).ok()?.parse::<u64>().ok());
    let (Some(value), true) = (value, outside.contains(&verdict.reason())) else {
        return Vec::new();
    };
    let in_header = |mistake| vec![Step::with(mistake, "X-TC-Timestamp")];
    if time::is_seconds(value) {
        return in_header(&time::SECONDS);
    }
    // Microseconds and nanoseconds of these decades.
    if time::is_seconds(value / 1_000_000) || time::is_seconds(value / 1_000_000_000) {
        return in_header(&time::MICROSECONDS);
    }
    match verdict.age_ms() {
        Some(age) if is_whole_hours(age) => in_header(&TIME_ZONE),
        _ => Vec::new(),
    }
}

fn is_whole_hours(age: i64) -> bool {
    let hours = age.saturating_add(HOUR / 2).div_euclid(HOUR);
    let off = age.saturating_sub(hours.saturating_mul(HOUR));
    hours != 0 && (-14..=14).contains(&hours) && off.saturating_abs() <= 2 * MINUTE
}

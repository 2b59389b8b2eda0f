//! The explanation in words and in JSON.

use std::fmt::Write as _;

use online_contact::Reason;
use serde_json::{Value, json};

use super::explanation::{CaptureReport, Explanation, Gap, Signature};
use super::key::OLDER;
use super::mistake::{Side, Step};
use super::restore::Fidelity;
use crate::agent;
use crate::lang::{Lang, Words};
use crate::report::{BAD, DIM, GOOD, TITLE, WARN, json_line, paint, visible};
use crate::verdict::Verdict;

impl Explanation {
    pub(crate) fn to_json(&self, lang: Lang) -> Value {
        let verdict = self.verdict();
        // Without a verdict there is no response either.
        let judged = Some(verdict).filter(|_| self.gap.is_none());
        let own = self.verdicts.at_its_own_time.as_ref().filter(|_| self.gap.is_none());
        json!({
            "verdict": self.verdict_name(),
            "gap": self.gap.as_ref().map(Gap::name),
            "reason": judged.and_then(Verdict::reason).map(Reason::as_str),
            "status": judged.map(|it| it.status().as_u16()),
            "envelope": judged.and_then(Verdict::envelope),
            "agent_sees": judged.map(|it| it.status().agent_message()),
            "key": judged.and_then(Verdict::key_label),
            "timestamp_age_ms": verdict.age_ms(),
            "at_its_own_time": own.map(|own| json!({
                "verdict": own.name(),
                "reason": own.reason().map(Reason::as_str),
            })),
            "signature": self.signature.name(),
            "mistakes": ids(&self.mistakes),
            "alternatives": self.alternatives.iter().map(|steps| ids(steps)).collect::<Vec<_>>(),
            "side": self.side(),
            "details": self.mistakes.iter().map(|step| detail(step, lang)).collect::<Vec<_>>(),
            "computed": self.computed.as_ref().map(|computed| json!({
                "signature": computed.signature.name(),
                "is_the_one_sent": computed.is_the_one_sent,
                "mistakes": ids(&computed.mistakes),
                "details":
                    computed.mistakes.iter().map(|step| detail(step, lang)).collect::<Vec<_>>(),
            })),
            "advice": advice(self).iter().map(|words| words.in_lang(lang)).collect::<Vec<_>>(),
            "notes": self.notes.iter().map(|note| note.in_lang(lang)).collect::<Vec<_>>(),
            "capture": {
                "format": self.capture.format,
                "method": self.capture.method,
                "target": self.capture.target,
                "headers": self.capture.headers,
                "body_bytes": self.capture.body_length,
                "declared_bytes": self.capture.declared_length,
                "body": self.capture.fidelity.name(),
            },
            "tried": self.tally.tried,
            "hashed_bodies": self.tally.hashed_bodies,
            "hashed_bytes": self.tally.hashed_bytes,
            "complete": self.tally.complete,
        })
    }

    fn verdict_name(&self) -> &'static str {
        if self.gap.is_some() { "undecided" } else { self.verdict().name() }
    }

    pub(crate) fn to_text(&self, lang: Lang) -> String {
        let mut out = String::new();
        // Writing to a string can't fail.
        let _ = self.write(&mut out, lang);
        out
    }

    /// Returns the mistakes, the advice and the notes, one a line.
    pub(crate) fn summary(&self) -> Words {
        Words::of(|lang| {
            let mistakes = self
                .mistakes
                .iter()
                .map(|step| format!("{}: {}", step.mistake.id, step.mistake.what.in_lang(lang)));
            let advice = advice(self);
            let lines =
                advice.iter().chain(&self.notes).map(|words| words.in_lang(lang).to_owned());
            mistakes.chain(lines).collect::<Vec<_>>().join("\n")
        })
    }

    fn write(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        match &self.gap {
            Some(gap) => {
                let undecided = paint(WARN, lang.pick("undecided", "판정할 수 없음"));
                writeln!(out, "{undecided}: {}", self.gap_words(gap, lang))?;
            }
            None => self.write_headline(out, lang)?,
        }
        self.write_mistakes(out, lang)?;
        self.write_computed(out, lang)?;
        if self.gap.is_none() {
            self.write_response(out, lang)?;
        }
        for note in &self.notes {
            let title = paint(WARN, lang.pick("note:", "참고:"));
            writeln!(out, "\n{title} {}", visible(note.in_lang(lang)))?;
        }
        writeln!(out, "\n{}", paint(TITLE, lang.pick("What to do", "할 일")))?;
        for words in advice(self) {
            writeln!(out, "  - {}", words.in_lang(lang))?;
        }
        writeln!(out, "\n{}", paint(DIM, self.capture_words(lang)))
    }

    fn gap_words(&self, gap: &Gap, lang: Lang) -> String {
        let (found, declared) = (self.capture.body_length, self.capture.declared_length);
        match (gap, declared) {
            (Gap::Body, Some(declared)) if declared != found as u64 => match lang {
                Lang::En => format!(
                    "the body in the capture is not the bytes that were sent: it has {found} bytes, and \
                     Content-Length says {declared}"
                ),
                Lang::Ko => format!(
                    "캡처의 본문은 전송된 바이트가 아닙니다. 본문은 {found}바이트인데 Content-Length는 \
                     {declared}입니다"
                ),
            },
            (Gap::Body, _) => lang
                .pick(
                    "the capture has the body in another form than the one that was sent",
                    "캡처의 본문은 전송된 것과 다른 형태입니다",
                )
                .to_owned(),
            (Gap::AuthorizationOmitted, _) => lang
                .pick(
                    "the capture has no Authorization: the browser left it out of the HAR file",
                    "캡처에 Authorization이 없습니다. 브라우저가 HAR 파일에서 뺐습니다",
                )
                .to_owned(),
            (Gap::AuthorizationMasked, _) => lang
                .pick(
                    "Authorization is masked in the capture",
                    "캡처의 Authorization이 가려져 있습니다(마스킹)",
                )
                .to_owned(),
        }
    }

    /// Describes the capture in one line.
    fn capture_words(&self, lang: Lang) -> String {
        let CaptureReport { method, target, headers, body_length, declared_length, .. } =
            &self.capture;
        let line = [method.as_deref(), target.as_deref()];
        let line: Vec<_> = line.into_iter().flatten().map(visible).collect();
        let line = if line.is_empty() { String::new() } else { line.join(" ") + ", " };
        let name = self.capture.name.in_lang(lang);
        let declared = declared_length.filter(|declared| *declared != *body_length as u64);
        let mut text = match lang {
            Lang::En => {
                format!("Read as {name}: {line}{headers} headers, a body of {body_length} bytes")
            }
            Lang::Ko => {
                format!("읽은 형식: {name}. {line}헤더 {headers}개, 본문 {body_length}바이트")
            }
        };
        if let Some(declared) = declared {
            text += &match lang {
                Lang::En => format!(" ({declared} declared)"),
                Lang::Ko => format!("(선언된 길이 {declared})"),
            };
        }
        text + match self.capture.fidelity {
            Fidelity::AsSent | Fidelity::NotAsSent => "",
            Fidelity::Restored => lang.pick(
                "; the signature fits the body that was restored from it",
                ". 이를 되돌린 본문이 서명과 맞습니다",
            ),
            Fidelity::Guessed => lang.pick(
                "; the sent body was guessed from it",
                ". 전송된 본문은 이를 바탕으로 추정했습니다",
            ),
        }
    }

    fn write_computed(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        let Some(computed) = &self.computed else { return Ok(()) };
        let title = match computed.signature {
            _ if computed.is_the_one_sent => lang.pick(
                "The MAC that your server computed is the one that was sent: look at how it compares them",
                "서버가 계산한 MAC은 전송된 것과 같습니다. 비교하는 코드를 확인하십시오",
            ),
            Signature::Matches => lang.pick(
                "The MAC that your server computed is right: the mistake is the sender's",
                "서버가 계산한 MAC이 올바릅니다. 보내는 쪽의 실수입니다",
            ),
            Signature::Explained => lang.pick(
                "The MAC that your server computed is made by",
                "서버가 계산한 MAC은 다음과 같이 만들어졌습니다",
            ),
            Signature::Unexplained => lang.pick(
                "No usual mistake, and no two of them, make the MAC that your server computed",
                "흔한 실수나 그 둘의 조합으로는 서버가 계산한 MAC이 나오지 않습니다",
            ),
            Signature::None => lang.pick(
                "The value of --computed is not a MAC",
                "--computed의 값이 MAC이 아닙니다",
            ),
        };
        writeln!(out, "\n{}", paint(TITLE, title))?;
        for step in computed.mistakes.iter().filter(|_| !computed.is_the_one_sent) {
            let id = paint(BAD, step.mistake.id);
            let side = match step.mistake.side {
                Side::Settings => step.mistake.side.words(lang),
                Side::Sender | Side::Between => lang.pick("your server's code", "서버 코드"),
            };
            writeln!(out, "  {id}: {} [{side}]", words(step, lang))?;
        }
        Ok(())
    }

    fn write_headline(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        writeln!(out, "{}", headline(self.verdict(), lang))?;
        if let Some(own) = &self.verdicts.at_its_own_time {
            let title = lang.pick("at its own time", "보낸 시각을 기준으로 하면");
            writeln!(out, "  {title}: {}", headline(own, lang))?;
        }
        Ok(())
    }

    fn write_response(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        let verdict = self.verdict();
        let Some(envelope) = verdict.envelope() else { return Ok(()) };
        let title = lang.pick("The response", "응답");
        writeln!(out, "\n{}", paint(TITLE, title))?;
        writeln!(out, "  {} {}", verdict.status(), json_line(&envelope))?;
        let sees = lang.pick("the agent sees", "상담원 화면");
        writeln!(out, "  {sees}: {}", agent::words(verdict.status().as_u16()).in_lang(lang))
    }

    fn write_mistakes(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        let title = match self.signature {
            Signature::Explained => {
                lang.pick("The signature is made by", "서명은 다음과 같이 만들어졌습니다")
            }
            Signature::Matches => {
                lang.pick("The signature matches, but", "서명은 맞지만 다음이 다릅니다")
            }
            Signature::None | Signature::Unexplained => lang.pick("What is wrong", "잘못된 점"),
        };
        if !self.mistakes.is_empty() {
            writeln!(out, "\n{}", paint(TITLE, title))?;
        }
        for step in &self.mistakes {
            let id = paint(BAD, step.mistake.id);
            let side = step.mistake.side.words(lang);
            writeln!(out, "  {id}: {} [{side}]", words(step, lang))?;
        }
        for steps in &self.alternatives {
            let ids: Vec<_> = steps.iter().map(|step| step.mistake.id).collect();
            let or = lang.pick("or, which gives the same bytes:", "같은 바이트가 되는 다른 경우:");
            writeln!(out, "  {or} {}", ids.join(" + "))?;
        }
        if self.gap == Some(Gap::Body) && self.signature == Signature::Matches {
            let title = lang.pick(
                "The signature fits the body as it is captured, which is not what was sent",
                "서명은 캡처된 본문과 맞지만, 전송된 본문은 다릅니다",
            );
            writeln!(out, "\n{}", paint(TITLE, title))?;
        }
        if self.signature == Signature::Unexplained {
            let title = lang.pick(
                "No usual mistake, and no two of them, make this signature",
                "흔한 실수나 그 둘의 조합으로는 이 서명이 나오지 않습니다",
            );
            writeln!(out, "\n{}", paint(TITLE, title))?;
        }
        let is_open = self.signature == Signature::Unexplained || !self.tally.complete;
        if is_open && self.tally.tried > 0 { self.write_tally(out, lang) } else { Ok(()) }
    }

    fn write_tally(&self, out: &mut String, lang: Lang) -> std::fmt::Result {
        let (tried, bytes) = (self.tally.tried, self.tally.hashed_bytes);
        let mut text = match lang {
            Lang::En => format!("{tried} combinations tried, {bytes} bytes hashed"),
            Lang::Ko => format!("조합 {tried}가지를 시도했고 {bytes}바이트를 해시했습니다"),
        };
        if !self.tally.complete {
            text += lang
                .pick("; not all combinations were tried", "(모든 조합을 시도하지는 못했습니다)");
        }
        writeln!(out, "  {}", paint(DIM, text))
    }
}

impl Gap {
    const fn name(&self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::AuthorizationOmitted => "authorization_omitted",
            Self::AuthorizationMasked => "authorization_masked",
        }
    }
}

fn ids(steps: &[Step]) -> Vec<&'static str> {
    steps.iter().map(|step| step.mistake.id).collect()
}

impl Signature {
    const fn name(self) -> &'static str {
        match self {
            Self::Matches => "matches",
            Self::Explained => "explained",
            Self::Unexplained => "unexplained",
            Self::None => "none",
        }
    }
}

fn headline(verdict: &Verdict, lang: Lang) -> String {
    match (verdict.reason(), verdict.key_label()) {
        (Some(reason), _) => {
            let rejected = paint(BAD, lang.pick("rejected", "거부"));
            format!("{rejected}: {reason} ({})", verdict.status())
        }
        (None, label) => {
            let accepted = paint(GOOD, lang.pick("accepted", "통과"));
            let key = lang.pick("key", "키");
            format!("{accepted} ({key} {})", visible(label.unwrap_or_default()))
        }
    }
}

/// The text of a mistake with its detail: a header, a layout, a prefix.
fn words(step: &Step, lang: Lang) -> String {
    let what = step.mistake.what.in_lang(lang);
    match &step.detail {
        Some(detail) => format!("{what} ({})", visible(detail.in_lang(lang))),
        None => what.to_owned(),
    }
}

fn detail(step: &Step, lang: Lang) -> Value {
    json!({
        "id": step.mistake.id,
        "side": step.mistake.side,
        "what": step.mistake.what.in_lang(lang),
        "detail": step.detail.as_ref().map(|detail| detail.in_lang(lang)),
        "advice": step.mistake.advice.in_lang(lang),
    })
}

/// The steps, in the order of doing them.
pub(super) fn advice(explanation: &Explanation) -> Vec<Words> {
    let mut all: Vec<Words> = Vec::new();
    match (&explanation.gap, explanation.reason()) {
        (Some(gap), _) => all.push(of_gap(gap)),
        (None, Some(reason)) => all.extend(of_reason(reason)),
        (None, None) if explanation.mistakes.iter().all(|step| step.mistake.id == OLDER.id) => {
            all.push(ACCEPTED);
        }
        (None, None) => {}
    }
    for mistake in explanation.mistakes() {
        all.push(mistake.advice.clone());
    }
    if explanation.signature == Signature::Unexplained {
        if explanation.gap.is_none() {
            all.extend(QUESTIONS);
        }
        if explanation.has_service_key {
            all.push(SERVICE_KEY);
        }
        if !explanation.tally.complete {
            all.push(MORE_TIME);
        }
    }
    let mut seen = Vec::new();
    all.retain(|words| {
        !seen.contains(words) && {
            seen.push(words.clone());
            true
        }
    });
    all
}

const ACCEPTED: Words = Words::fixed(
    "The request is right. If a server rejects it, the fault is in that server: it has another \
         key, it verifies a body that was parsed and serialized again, or its clock is off.",
    "요청은 올바릅니다. 이 요청을 거부하는 서버가 있다면 그 서버의 문제입니다. 키가 다르거나, 파싱한 뒤 \
         다시 쓴 본문으로 검증하거나, 시계가 맞지 않는 경우입니다.",
);

/// Names a better capture.
fn of_gap(gap: &Gap) -> Words {
    match gap {
        Gap::Body => Words::fixed(
            "Capture the bytes: `curl --trace`, `http --pretty=none --print=HBhb`, tcpdump -A, or the raw \
             body in the application before anything parses it. Then run explain again, or give the \
             sent bytes with --body FILE.",
            "바이트를 그대로 캡처하십시오. `curl --trace`, `http --pretty=none --print=HBhb`, tcpdump -A, 또는 \
             애플리케이션에서 파싱하기 전의 원본 본문이 좋습니다. 그런 다음 explain을 다시 실행하거나 전송된 \
             바이트를 --body FILE로 지정하십시오.",
        ),
        Gap::AuthorizationOmitted => Words::fixed(
            "Export the HAR file with sensitive data, use \"Copy as cURL\", or give the header with \
             --header 'Authorization: …' and --header 'X-TC-Timestamp: …' together with --body FILE.",
            "민감한 데이터를 포함해 HAR 파일을 내보내거나 \"cURL로 복사\"를 사용하거나, --header \
             'Authorization: …'과 --header 'X-TC-Timestamp: …'를 --body FILE과 함께 지정하십시오.",
        ),
        Gap::AuthorizationMasked => Words::fixed(
            "Switch the masking off for one request, or give the value with --header 'Authorization: …'. \
             A signature alone is valid for five minutes and reveals nothing about the key.",
            "요청 하나에 대해 가리기를 끄거나 --header 'Authorization: …'으로 값을 지정하십시오. 서명은 5분 \
             동안만 유효하고 키를 드러내지 않습니다.",
        ),
    }
}

const SERVICE_KEY: Words = Words::fixed(
    "The key has 32 hexadecimal digits, as a 서비스 Key of the Open API has. The customer-data lookup \
         has a key of its own: 고객정보관리 → 고객정보연동 → API 설정 → 암호화 키.",
    "키가 Open API의 서비스 Key처럼 16진수 32글자입니다. 고객정보 연동의 키는 따로 있습니다. \
         고객정보관리 → 고객정보연동 → API 설정 → 암호화 키를 확인하십시오.",
);

const MORE_TIME: Words = Words::fixed(
    "Not all combinations were tried: search longer with --time-limit 60.",
    "모든 조합을 시도하지는 못했습니다. --time-limit 60으로 더 오래 찾아볼 수 있습니다.",
);

/// The advice about headers; `None` where the signature decides.
fn of_reason(reason: Reason) -> Option<Words> {
    Some(match reason {
        Reason::HeaderDuplicated => Words::fixed(
            "Send X-TC-Timestamp and Authorization once each. A proxy or a client library may add a \
             second Authorization of its own.",
            "X-TC-Timestamp와 Authorization을 각각 한 번만 보내십시오. 프록시나 클라이언트 라이브러리가 \
             Authorization을 하나 더 붙일 수 있습니다.",
        ),
        Reason::AuthorizationMissing => Words::fixed(
            "Send Authorization. If the sender does, a proxy or a redirect on the way drops it.",
            "Authorization을 보내십시오. 보내고 있다면 중간의 프록시나 리다이렉트가 지운 것입니다.",
        ),
        Reason::AuthorizationMalformed => Words::fixed(
            "Authorization must be the padded standard base64 of 32 bytes: 44 characters, no prefix.",
            "Authorization은 32바이트의 표준 base64여야 합니다. 패딩을 포함해 44글자이고 접두어가 없습니다.",
        ),
        Reason::BodyTooLarge => Words::fixed(
            "The body is longer than the limit (1 MiB unless set): raise the server's body limit or \
             send less.",
            "본문이 제한(기본 1 MiB)보다 깁니다. 서버의 본문 제한을 늘리거나 더 짧게 보내십시오.",
        ),
        _ => return of_timestamp(reason),
    })
}

fn of_timestamp(reason: Reason) -> Option<Words> {
    Some(match reason {
        Reason::TimestampMissing => Words::fixed(
            "Send X-TC-Timestamp. If the sender does, a proxy on the way drops it.",
            "X-TC-Timestamp를 보내십시오. 보내고 있다면 중간의 프록시가 지운 것입니다.",
        ),
        Reason::TimestampNotNumeric => Words::fixed(
            "Write X-TC-Timestamp in decimal digits only: milliseconds since 1970 in UTC, without \
             sign, leading zero, point or unit.",
            "X-TC-Timestamp는 10진수 숫자로만 적으십시오. UTC 기준 1970년부터의 밀리초이며 부호, 앞의 0, \
             소수점, 단위가 없어야 합니다.",
        ),
        Reason::TimestampExpired => Words::fixed(
            "The request is older than the window. For an old capture this is expected \
             (--now sets the moment); for a fresh one, compare both clocks (NTP).",
            "요청이 허용 시간보다 오래되었습니다. 오래된 캡처라면 당연한 결과이고(--now로 기준 시각을 지정할 수 \
             있습니다) 방금 보낸 요청이라면 양쪽 시계(NTP)를 확인하십시오.",
        ),
        Reason::TimestampInFuture => Words::fixed(
            "The request is dated further ahead than the window: compare both clocks (NTP).",
            "요청의 시각이 허용 시간보다 앞서 있습니다. 양쪽 시계(NTP)를 확인하십시오.",
        ),
        _ => return None,
    })
}

/// The next questions where nothing accounts for the signature.
const QUESTIONS: [Words; 5] = [
    Words::fixed(
        "Is it the key of this API? Each registered API has its own, and a click on the screen \
             replaces it.",
        "이 API의 키가 맞습니까? 등록된 API마다 키가 따로 있고, 화면에서 한 번 누르면 바뀝니다.",
    ),
    Words::fixed(
        "Is the capture what the server receives? Capture after the last proxy; logs cut, mask \
             and re-encode bodies.",
        "캡처가 서버가 받은 그대로입니까? 마지막 프록시 뒤에서 캡처하십시오. 로그는 본문을 자르거나 가리거나 \
             다시 인코딩합니다.",
    ),
    Words::fixed(
        "Does a proxy, gateway or firewall (WAF) change the body or the path on the way?",
        "중간의 프록시, 게이트웨이, 방화벽(WAF)이 본문이나 경로를 바꾸지 않습니까?",
    ),
    Words::fixed(
        "Do both sides use the same scheme? Try --scheme uri_body_time with the original path, \
             and --prefix with what a proxy strips.",
        "양쪽의 서명 방식이 같습니까? 원래 경로로 --scheme uri_body_time을, 프록시가 경로를 바꾼다면 \
             --prefix를 지정해 보십시오.",
    ),
    Words::fixed(
        "Was it signed for the vendor's Open API (organization ID, URI, sorted values, time, with the \
             서비스 Key)? That is not this recipe; --organization-id ID lets explain recognize it.",
        "Open API의 방식(조직 ID, URI, 정렬한 값, 시간, 서비스 Key)으로 서명하지 않았습니까? 고객정보 연동과는 \
             다른 방식이며, --organization-id ID를 지정하면 explain이 알아볼 수 있습니다.",
    ),
];

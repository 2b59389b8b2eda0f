//! What the agent would see of an answer, and every way in which the answer breaks the contract.
//!
//! This is the reader's half of core's `EnvelopePolicy`: that one mends what leaves a server, this one says
//! what is wrong with what came, however it was made.

mod breach;
mod document;
mod envelope;
mod head;
pub(crate) mod json;
pub(crate) mod text;

use online_contact::{Reason, Status};
use serde_json::{Map, Value};

use self::breach::Breaches;
pub(crate) use self::breach::{Breach, Level};
use crate::http::Answer;
use crate::lang::Lang;

/// An answer as the agent's screen would show it.
#[derive(Clone, Debug)]
pub(crate) struct AgentView {
    /// The vendor's words for the status; in English with their meaning after them.
    pub(crate) words: String,
    pub(crate) breaches: Vec<Breach>,
    /// The result, of a success.
    pub(crate) data: Option<Map<String, Value>>,
    /// Code, message and detail, of a failure.
    pub(crate) error: Option<(String, String, Option<String>)>,
}

impl AgentView {
    pub(crate) fn of(answer: &Answer, lang: Lang) -> Self {
        let mut breaches = Breaches { lang, found: Vec::new() };
        if answer.leaks.key {
            leaks_key(&mut breaches);
        }
        if answer.leaks.signature {
            leaks_signature(&mut breaches);
        }
        head::check(answer, &mut breaches);
        let document = document::read(answer, &mut breaches);
        let (data, error) = match &document {
            Some(document) => envelope::check(answer.status, document, &mut breaches),
            None => (None, None),
        };
        Self { words: words(answer.status.as_u16(), lang), breaches: breaches.found, data, error }
    }

    /// The reason of the protocol's table, if the answer is a rejection that names it. With status 400
    /// such a rejection looks like "no result" to the agent.
    pub(crate) fn rejection(&self) -> Option<Reason> {
        let (_, _, detail) = self.error.as_ref()?;
        let detail = detail.as_deref()?;
        Reason::ALL.iter().copied().find(|reason| reason.as_str() == detail)
    }

    /// Whether Online Contact can read it: no breach but advice.
    pub(crate) fn is_sound(&self) -> bool {
        self.breaches.iter().all(|breach| breach.level == Level::Advice)
    }
}

fn leaks_key(breaches: &mut Breaches) {
    breaches.error(
        "key_in_answer",
        "the response contains the security key: everyone who sees the response or a log of it can \
         sign. Remove it and issue a new key. It is shown as [security key]",
        "응답에 암호화 키가 들어 있습니다. 응답이나 그 로그를 보는 사람은 누구나 서명할 수 있습니다. 응답에서 \
         빼고 키를 다시 발급하십시오. 여기서는 [security key]로 표시합니다",
    );
}

fn leaks_signature(breaches: &mut Breaches) {
    breaches.error(
        "signature_in_answer",
        "the response contains the expected signature: everyone who sends a request can read the right \
         signature for it. Remove it. It is shown as [signature]",
        "응답에 올바른 서명이 들어 있습니다. 누구나 요청을 보내고 그 요청의 올바른 서명을 읽을 수 있습니다. \
         응답에서 빼십시오. 여기서는 [signature]로 표시합니다",
    );
}

/// The vendor's words for a status.
pub(crate) fn words(code: u16, lang: Lang) -> String {
    match (Status::from_u16(code), lang) {
        (Some(status), Lang::Ko) => status.agent_message().to_owned(),
        (Some(status), Lang::En) => {
            format!("{} (\"{}\")", status.agent_message(), status.agent_message_en())
        }
        (None, Lang::Ko) => format!("(상태 {code}에 대한 문구가 OC 문서에 없습니다)"),
        (None, Lang::En) => format!("(the vendor's document has no words for status {code})"),
    }
}

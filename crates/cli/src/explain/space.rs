//! The space of the search: the forms of every part of the signed bytes.

use std::cell::OnceCell;

use online_contact::Scheme;

use super::key::{self, KeyForm};
use super::mistake::{Form, Mistake, Side};
use super::uri::{self, Prefix};
use super::{message, time};
use crate::captured::CapturedRequest;
use crate::context::Problem;
use crate::key::KeyText;
use crate::lang::Words;

/// A request with hundreds of headers must not make the search longer than its bound.
const MOST_TIMES: usize = 64;

/// Every part but the body and the MAC.
pub(super) struct Space<'a> {
    pub(super) keys: Vec<KeyForm>,
    pub(super) target: Option<&'a str>,
    /// The organization ID of the vendor's Open API.
    pub(super) organization: Option<&'a str>,
    pub(super) prefixes: Vec<Prefix>,
    /// Those with two mistakes.
    pub(super) prefix_pairs: Vec<Prefix>,
    /// The bytes after the body, if the time follows it.
    pub(super) suffixes: Vec<Form>,
    /// The bytes after the body, if the time precedes it.
    bare_ends: Vec<Form>,
    pub(super) body: &'a [u8],
    /// Other bodies that the capture has: beyond the declared length, as it is displayed, the query.
    pub(super) other_bodies: Vec<Form>,
    /// `true` if no form of any part was left out.
    pub(super) complete: bool,
    request: &'a CapturedRequest,
    given_keys: &'a [KeyText],
    rare_keys: OnceCell<Vec<KeyForm>>,
    rare_suffixes: OnceCell<Vec<Form>>,
}

impl<'a> Space<'a> {
    pub(super) fn new(
        request: &'a CapturedRequest,
        keys: &'a [KeyText],
        scheme: Scheme,
        proxy_prefix: Option<&str>,
        organization: Option<&'a str>,
        others: &[Form],
    ) -> Result<Self, Problem> {
        let mut times = time::forms(request);
        let all_times = times.len() <= MOST_TIMES;
        times.truncate(MOST_TIMES);
        let prefixes = uri::prefixes(request, scheme, proxy_prefix, &times);
        Ok(Self {
            keys: key::forms(keys)?,
            target: request.target.as_deref(),
            organization,
            prefixes: prefixes.singles,
            prefix_pairs: prefixes.pairs,
            complete: all_times && prefixes.complete && keys.len() <= key::MOST_KEYS,
            bare_ends: message::ends(&Form::right(Vec::new())),
            request,
            given_keys: keys,
            rare_keys: OnceCell::new(),
            rare_suffixes: OnceCell::new(),
            suffixes: message::suffixes(&times),
            body: request.body.as_deref().unwrap_or_default(),
            other_bodies: other_bodies(request, others),
        })
    }

    /// The keys that are tried with what follows the body only.
    pub(super) fn rare_keys(&self) -> &[KeyForm] {
        self.rare_keys.get_or_init(|| key::rare(self.given_keys))
    }

    /// The endings that are tried with nothing else.
    pub(super) fn rare_suffixes(&self) -> &[Form] {
        self.rare_suffixes.get_or_init(|| {
            let target = self.target.unwrap_or_default();
            let path = target.split_once('?').map_or(target, |(path, _)| path);
            let with_uri = message::with_uri(&time::forms(self.request), &[path, target]);
            [with_uri, time::rare(self.request)].concat()
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

    /// The forms of what follows the body.
    pub(super) fn suffixes_of(&self, prefix: &Prefix) -> &[Form] {
        if prefix.has_time { &self.bare_ends } else { &self.suffixes }
    }
}

static PAST_LENGTH: Mistake = Mistake {
    id: "body_past_content_length",
    side: Side::Sender,
    what: Words::fixed("the body beyond its Content-Length", "Content-Length보다 긴 본문"),
    advice: Words::fixed(
        "Content-Length counts bytes, not characters. Sign the bytes that are sent, and declare their \
         number.",
        "Content-Length는 글자 수가 아니라 바이트 수입니다. 보내는 바이트에 서명하고 그 바이트 수를 \
         적으십시오.",
    ),
};

static QUERY: Mistake = Mistake {
    id: "body_query_string",
    side: Side::Sender,
    what: Words::fixed("the query string in place of the body", "본문 대신 쿼리 문자열"),
    advice: Words::fixed(
        "The query is never signed. Send the fields as a JSON body and sign that.",
        "쿼리는 서명 대상이 아닙니다. 조회 항목을 JSON 본문으로 보내고 그 본문에 서명하십시오.",
    ),
};

fn other_bodies(request: &CapturedRequest, others: &[Form]) -> Vec<Form> {
    let body = request.body.as_deref().unwrap_or_default();
    let mut forms = others.to_vec();
    if !request.surplus.trim_ascii().is_empty() {
        let whole = [body, &request.surplus].concat();
        forms.push(Form::mistaken(whole, vec![(&PAST_LENGTH).into()]));
    }
    if let Some((_, query)) = request.target.as_deref().and_then(|target| target.split_once('?')) {
        let pairs = || url::form_urlencoded::parse(query.as_bytes());
        let values: String = pairs().map(|(_, value)| value.into_owned()).collect();
        let object: serde_json::Map<String, serde_json::Value> =
            pairs().map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect();
        let json = serde_json::Value::Object(object).to_string();
        for text in [query.to_owned(), format!("?{query}"), values, json] {
            forms.push(Form::mistaken(text.into_bytes(), vec![(&QUERY).into()]));
        }
    }
    forms
}

//! The settings of an API as on Online Contact's screen API 설정, without the key.

use online_contact::Scheme;
use serde::{Deserialize, Serialize};

/// The settings of one API. The file with them is this as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// 기본 URL.
    pub(super) url: String,
    #[serde(with = "scheme", default)]
    pub(super) scheme: Scheme,
    /// 조회 항목: the questions to the agent.
    pub(super) lookup: Vec<LookupItem>,
    /// 결과 항목: the results that the agent sees.
    pub(super) result: Vec<ResultItem>,
}

/// 조회 항목.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct LookupItem {
    /// 명칭: the name on the agent's screen.
    pub(super) name: String,
    /// 변수: the name in the body.
    pub(super) variable: String,
    /// 필수.
    #[serde(default)]
    pub(super) required: bool,
    /// The maximum length in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max_length: Option<u32>,
}

/// 결과 항목.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResultItem {
    /// 명칭: the name on the agent's screen.
    pub(super) name: String,
    /// 변수: the name in `data`.
    pub(super) variable: String,
}

impl Settings {
    /// Returns all texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let lookup = self.lookup.iter().flat_map(|item| [&*item.name, &*item.variable]);
        let result = self.result.iter().flat_map(|item| [&*item.name, &*item.variable]);
        std::iter::once(&*self.url).chain(lookup).chain(result)
    }
}

/// The example of the vendor's document, at the address of this project's examples.
impl Default for Settings {
    fn default() -> Self {
        let asked = |name: &str, variable: &str, required| LookupItem {
            name: name.to_owned(),
            variable: variable.to_owned(),
            required,
            max_length: None,
        };
        let shown = |name: &str, variable: &str| ResultItem {
            name: name.to_owned(),
            variable: variable.to_owned(),
        };
        Self {
            url: "http://127.0.0.1:8080/customer".to_owned(),
            scheme: Scheme::default(),
            lookup: vec![asked("고객 번호", "callNum", true), asked("국가", "nation", false)],
            result: vec![shown("이름", "userName"), shown("아이디", "id")],
        }
    }
}

/// Serializes a scheme as its name.
mod scheme {
    use online_contact::Scheme;
    use serde::de::{Deserialize as _, Deserializer, Error as _};
    use serde::ser::Serializer;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(scheme: &Scheme, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(scheme.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Scheme, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

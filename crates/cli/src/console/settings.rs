//! The settings of an API as on Online Contact's screen API 설정, without the key; their validation, and
//! their file.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

use http::StatusCode;
use online_contact::Scheme;
use serde::{Deserialize, Serialize};
use url::Url;

use super::error::{ApiError, Fault};
use super::keys::Keys;
use crate::context::Problem;
use crate::lang::Words;
use crate::{input, typed};

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

const MOST_ITEMS: usize = 100;
const LONGEST_TEXT: usize = 200;
const LONGEST_VALUE: u32 = 10_000;

/// Returns the URL, if all settings are valid. Reports every fault at once.
pub(super) fn check(settings: &Settings, keys: &Keys) -> Result<Url, ApiError> {
    without_key(settings.texts(), keys)?;
    let mut places = Vec::new();
    let lookup = settings.lookup.iter().map(|item| (&*item.name, &*item.variable));
    let result = settings.result.iter().map(|item| (&*item.name, &*item.variable));
    check_items("lookup", lookup, &mut places);
    check_lengths(settings, &mut places);
    check_items("result", result, &mut places);
    match typed::endpoint(&settings.url) {
        Ok(url) if places.is_empty() => Ok(url),
        Ok(_) => Err(ApiError::invalid(places)),
        Err(text) => {
            places.insert(0, Fault::new("url", text));
            Err(ApiError::invalid(places))
        }
    }
}

/// Rejects texts that contain a key: they would be saved and shown.
pub(super) fn without_key<'a>(
    mut texts: impl Iterator<Item = &'a str>,
    keys: &Keys,
) -> Result<(), ApiError> {
    if !texts.any(|text| keys.are_in(text)) {
        return Ok(());
    }
    let text = Words::new(
        "Another field than that of the key contains the security key. Remove it: it would be sent and saved.",
        "암호화 키가 다른 입력란에 들어 있습니다. 전송되거나 저장될 수 있으므로 지워 주십시오.",
    );
    Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "key_in_the_open", text))
}

fn check_items<'a>(
    list: &str,
    items: impl Iterator<Item = (&'a str, &'a str)>,
    places: &mut Vec<Fault>,
) {
    let mut seen = HashSet::new();
    for (index, (name, variable)) in items.enumerate() {
        let mut complain = |field: &str, text| {
            places.push(Fault::new(format!("{list}.{index}.{field}"), text));
        };
        if index == MOST_ITEMS {
            return complain("name", too_many());
        }
        if let Some(text) = unusable(name) {
            complain("name", text);
        }
        if let Some(text) = unusable(variable) {
            complain("variable", text);
        } else if !seen.insert(variable) {
            complain(
                "variable",
                Words::new("This variable already exists.", "이미 있는 변수입니다."),
            );
        }
    }
}

fn unusable(text: &str) -> Option<Words> {
    if text.trim().is_empty() {
        return Some(Words::new("This cannot be empty.", "비워 둘 수 없습니다."));
    }
    (text.chars().count() > LONGEST_TEXT).then(|| {
        Words::new(
            format!("Expected at most {LONGEST_TEXT} characters."),
            format!("{LONGEST_TEXT}자 이하로 적어 주십시오."),
        )
    })
}

fn too_many() -> Words {
    Words::new(
        format!("Expected at most {MOST_ITEMS} items."),
        format!("항목은 {MOST_ITEMS}개 이하여야 합니다."),
    )
}

fn check_lengths(settings: &Settings, places: &mut Vec<Fault>) {
    for (index, item) in settings.lookup.iter().enumerate() {
        if item.max_length.is_none_or(|length| (1..=LONGEST_VALUE).contains(&length)) {
            continue;
        }
        let text = Words::new(
            format!("Expected a number from 1 to {LONGEST_VALUE}, or nothing."),
            format!("1부터 {LONGEST_VALUE}까지의 수를 적거나 비워 두십시오."),
        );
        places.push(Fault::new(format!("lookup.{index}.maxLength"), text));
    }
}

/// The settings as they were loaded or last saved, and their file, if there is one.
#[derive(Debug)]
pub(super) struct SettingsFile {
    path: Option<PathBuf>,
    latest: Mutex<Settings>,
}

impl SettingsFile {
    /// Loads the settings. A file that does not exist is created when they are saved. `url` is that of
    /// settings without a file.
    pub(super) fn open(path: Option<PathBuf>, url: Option<String>) -> Result<Self, Problem> {
        let mut latest = match &path {
            Some(path) => load(path)?,
            None => Settings::default(),
        };
        if let Some(url) = url.filter(|_| path.is_none()) {
            latest.url = url;
        }
        Ok(Self { path, latest: Mutex::new(latest) })
    }

    pub(super) fn name(&self) -> Option<String> {
        self.path.as_ref().map(|path| path.display().to_string())
    }

    pub(super) fn latest(&self) -> Settings {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Saves settings that have been checked.
    pub(super) fn save(&self, settings: Settings) -> Result<(), ApiError> {
        let Some(path) = &self.path else {
            return Err(no_file());
        };
        // Locked while the file is written, so that two pages do not overwrite each other.
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        store(path, &settings).map_err(|error| {
            let shown = path.display();
            let text = Words::new(
                format!("Cannot write {shown}: {error}"),
                format!("{shown} 파일을 쓸 수 없습니다: {error}"),
            );
            ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "not_saved", text)
        })?;
        *latest = settings;
        Ok(())
    }
}

fn load(path: &Path) -> Result<Settings, Problem> {
    let shown = path.display();
    // A file that does not exist is created when the settings are saved.
    if !path.try_exists().unwrap_or(true) {
        return Ok(Settings::default());
    }
    let text = input::read(path, &Words::fixed("the settings", "설정 파일"))?;
    serde_json::from_slice(&text).map_err(|error| {
        let en = format!("{shown} does not contain settings of the console");
        let ko = format!("{shown}에 이 콘솔의 설정이 들어 있지 않습니다");
        Problem::new(en, ko).source(error)
    })
}

/// Writes a file beside it and renames it, so that readers see the old settings or the new ones.
fn store(path: &Path, settings: &Settings) -> io::Result<()> {
    let mut beside = OsString::from(path);
    beside.push(".new");
    let mut text = serde_json::to_vec_pretty(settings)?;
    text.push(b'\n');
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

fn no_file() -> ApiError {
    let text = Words::new(
        "The console was started without --settings FILE: download the settings instead.",
        "콘솔을 --settings FILE 없이 실행했습니다. 설정을 내려받아 주십시오.",
    );
    ApiError::new(StatusCode::CONFLICT, "no_file", text)
}

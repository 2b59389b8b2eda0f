//! The file of `--settings`: loaded at the start, saved by a request of the page.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use http::StatusCode;

use super::complaint::Complaint;
use super::settings::Settings;
use crate::input;
use crate::lang::Lang;
use crate::lang::Words;
use crate::outcome::Problem;

/// The settings as they were loaded or last saved, and their file, if there is one.
#[derive(Debug)]
pub(super) struct SettingsFile {
    path: Option<PathBuf>,
    latest: Mutex<Settings>,
}

impl SettingsFile {
    /// Loads the settings. A file that does not exist is created when they are saved. `url` is that of
    /// settings without a file.
    pub(super) fn open(
        path: Option<PathBuf>,
        url: Option<String>,
        lang: Lang,
    ) -> Result<Self, Problem> {
        let mut latest = match &path {
            Some(path) => load(path, lang)?,
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
    pub(super) fn save(&self, settings: Settings) -> Result<(), Complaint> {
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
            Complaint::new(StatusCode::INTERNAL_SERVER_ERROR, "not_saved", text)
        })?;
        *latest = settings;
        Ok(())
    }
}

fn load(path: &Path, lang: Lang) -> Result<Settings, Problem> {
    let shown = path.display();
    // A file that does not exist is created when the settings are saved.
    if !path.try_exists().unwrap_or(true) {
        return Ok(Settings::default());
    }
    let text = input::read(path, &Words::fixed("the settings", "설정 파일"), lang)?;
    serde_json::from_slice(&text).map_err(|error| {
        let en = format!("{shown} does not contain settings of the console");
        let ko = format!("{shown}에 이 콘솔의 설정이 들어 있지 않습니다");
        Problem::new(lang.pick(&*en, &*ko)).source(error)
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

fn no_file() -> Complaint {
    let text = Words::new(
        "The console was started without --settings FILE: download the settings instead.",
        "콘솔을 --settings FILE 없이 실행했습니다. 설정을 내려받아 주십시오.",
    );
    Complaint::new(StatusCode::CONFLICT, "no_file", text)
}

//! Captures on disk. They hold a customer's data, so only their owner may read them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::har;
use super::record::Exchange;
use crate::context::Context;
use crate::outcome::Problem;

/// The number of files that one run writes.
pub(crate) const MOST_FILES: u64 = 10_000;

/// The folder that exchanges are saved in, as one HAR file each.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    written: u64,
}

impl Folder {
    /// Opens a folder. It is created if it does not exist.
    pub(crate) fn open(path: &Path, cx: &Context) -> Result<Self, Problem> {
        // A folder that cannot be written to is reported now and not after the first request.
        let opened = fs::create_dir_all(path).and_then(|()| tempfile::tempfile_in(path));
        opened.map_err(|error| {
            let shown = path.display();
            let en = format!("cannot save captures in the folder {shown}");
            let ko = format!("{shown} 폴더에 캡처를 저장할 수 없습니다");
            Problem::new(cx.lang.pick(en, ko)).source(error)
        })?;
        Ok(Self { path: path.to_owned(), written: 0 })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Saves an exchange. `None` if the run has written [`MOST_FILES`] files.
    pub(crate) fn save(&mut self, exchange: &Exchange) -> io::Result<Option<PathBuf>> {
        if self.written == MOST_FILES {
            return Ok(None);
        }
        let name = format!(
            "{}-{:04}-{}.har",
            compact(exchange.arrived),
            exchange.number,
            exchange.verdict_name()
        );
        let path = self.path.join(name);
        create(&path)?.write_all(har::write(exchange).as_bytes())?;
        self.written += 1;
        Ok(Some(path))
    }
}

/// Saves an exchange in the folder for temporary files.
pub(crate) fn save_temporary(exchange: &Exchange) -> io::Result<PathBuf> {
    let mut file = tempfile::Builder::new()
        .prefix("online-contact-")
        .suffix(".har")
        .disable_cleanup(true)
        .tempfile()?;
    file.write_all(har::write(exchange).as_bytes())?;
    Ok(file.path().to_owned())
}

/// Returns `20241123T221320.123Z`, which sorts by time.
fn compact(moment: Timestamp) -> String {
    moment.strftime("%Y%m%dT%H%M%S.%3fZ").to_string()
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

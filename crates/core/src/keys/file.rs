use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::config::Keys;
use crate::keys::text::{KeyWarning, is_blank, trimmed};
use crate::keys::{KeyError, KeyRing, KeyRingError, SecurityKey};
use crate::log::{ErrorChain, Escaped};
use crate::metrics;
use crate::verifier::{ReplaceKeysError, Verifier};

/// The maximum length of a key file, in bytes.
const LONGEST: usize = 64 * 1024;

/// A key file: one security key on each line, the newest first by custom.
///
/// ```text
/// # replaced 2026-11-23
/// 2026-11: bf7769e5321448de88838cdb
/// 2026-05: 0cc175b9c0f1b6a831c399e2
/// ```
///
/// A label is optional and ends with a colon and a blank; without one it is `key-1`, `key-2`, … by the
/// place. Empty lines and those that begin with `#` are ignored. A key is read as [`SecurityKey::new`] reads
/// it, and a warning about it names the file and the label. Only a regular file is read, or a symbolic link to
/// one. It is parsed again only when its text has changed.
///
/// ```no_run
/// use std::time::Duration;
/// use online_contact::{KeyFile, Verifier};
///
/// let file = KeyFile::new("/run/secrets/online-contact/keys");
/// let verifier = Verifier::builder().key_ring(file.read()?).build()?;
/// // The verifier follows the file until this is dropped.
/// let watch = file.watch(&verifier, Duration::from_secs(2))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct KeyFile {
    path: PathBuf,
    last: Arc<Mutex<Option<Parsed>>>,
}

/// The last text of a key file, and its keys.
struct Parsed {
    text: Zeroizing<Vec<u8>>,
    keys: Result<KeyRing, Fault>,
}

impl KeyFile {
    /// Creates a key file at this path. Nothing is read yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), last: Arc::default() }
    }

    /// Returns the path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the keys.
    ///
    /// # Errors
    ///
    /// Returns a [`KeyFileError`] with the path and the line, and never with the contents.
    pub fn read(&self) -> Result<KeyRing, KeyFileError> {
        let text = self.text().map_err(|fault| self.error(fault))?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let parsed = match last.take().filter(|last| *last.text == *text) {
            Some(unchanged) => unchanged,
            None => Parsed { keys: self.parse(&text), text },
        };
        let keys = last.insert(parsed).keys.clone();
        keys.map_err(|fault| self.error(fault))
    }

    /// Returns the lines of a key file's text that contain a key.
    ///
    /// ```
    /// use online_contact::KeyFile;
    ///
    /// let lines: Vec<_> = KeyFile::lines("# old\n2026-05: 0cc175b9\nbf7769e5\n").collect();
    /// assert_eq!((lines[0].number, &*lines[0].label, lines[0].text), (2, "2026-05", "0cc175b9\n"));
    /// assert_eq!((lines[1].number, &*lines[1].label, lines[1].text), (3, "key-2", "bf7769e5\n"));
    /// ```
    pub fn lines(text: &str) -> impl Iterator<Item = KeyLine<'_>> {
        let lines = (1_usize..).zip(text.split_inclusive('\n'));
        let with_key = lines.filter(|(_, line)| {
            let line = trimmed(line);
            !line.is_empty() && !line.starts_with('#')
        });
        (1_usize..).zip(with_key).map(|(place, (number, line))| {
            // Without the blank it would be half of a key that has a colon, and labels are logged.
            let mut colons = line.match_indices(':').map(|(at, colon)| (at, at + colon.len()));
            let parts = colons.find_map(|(end, start)| {
                let (label, text) = (line.get(..end)?, line.get(start..)?);
                Some((label, if text.is_empty() { text } else { text.strip_prefix(is_blank)? }))
            });
            match parts {
                Some((label, text)) => KeyLine { number, label: trimmed(label).to_owned(), text },
                None => KeyLine { number, label: format!("key-{place}"), text: line },
            }
        })
    }

    /// Reads the file at an interval, and [replaces the verifier's keys](Verifier::replace_keys) when it has
    /// changed.
    ///
    /// The file is opened by its path each time. It may be changed in place, renamed over, or be a symbolic
    /// link whose target changes, as in a mounted Kubernetes secret. It works on file systems without change
    /// notifications. If the file cannot be read or parsed, the previous keys stay active, and the log
    /// reports it once. Write a new file beside the old one and rename it over: a file that is half written
    /// may be valid. The interval is at least 10 milliseconds.
    ///
    /// # Errors
    ///
    /// Returns a [`KeyFileError`] if the file is invalid now, if no thread can be started, or if the keys of
    /// the verifier come from a [`KeySource`](crate::KeySource).
    pub fn watch(
        &self,
        verifier: &Verifier,
        interval: Duration,
    ) -> Result<KeyFileWatch, KeyFileError> {
        let watched = Arc::new(Watched {
            file: self.clone(),
            verifier: verifier.clone(),
            seen: Mutex::new(Seen { keys: active_keys(verifier), error: None }),
        });
        if !watched.check()? {
            // The verifier was built with the keys of the file.
            log_loaded(&self.read()?);
        }
        let interval = interval.max(Duration::from_millis(10));
        let (stop, stopped) = mpsc::channel::<()>();
        let in_thread = Arc::clone(&watched);
        thread::Builder::new()
            .name("online-contact-keys".to_owned())
            .spawn(move || {
                // The channel never carries anything: it closes when the watch is dropped.
                while stopped.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                    // `check` logs the error.
                    let _ = in_thread.check();
                }
            })
            .map_err(|error| self.error(Fault::Thread(Arc::new(error))))?;
        Ok(KeyFileWatch { watched, _stop: stop })
    }

    fn text(&self) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let read = || -> io::Result<Zeroizing<Vec<u8>>> {
            // To open a pipe would wait for its other end.
            if !fs::metadata(&self.path)?.is_file() {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
            }
            // With room for all of it, because a growing vector leaves copies behind.
            let mut text = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
            File::open(&self.path)?.take(LONGEST as u64 + 1).read_to_end(&mut text)?;
            Ok(text)
        };
        let text = read().map_err(|error| Fault::Io(Arc::new(error)))?;
        if text.len() > LONGEST { Err(Fault::TooLong) } else { Ok(text) }
    }

    fn parse(&self, text: &[u8]) -> Result<KeyRing, Fault> {
        let text = std::str::from_utf8(text).map_err(|_| Fault::NotUtf8)?;
        let keys = Self::lines(text).map(|line| {
            let text = trimmed(line.text);
            let key = SecurityKey::from_bytes(text);
            let key = key.map_err(|error| Fault::Key(line.number, error))?;
            if let Some(warning) = KeyWarning::of(text) {
                tracing::warn!(
                    target: "online_contact",
                    file = %Escaped(&self.path.to_string_lossy()),
                    key = %Escaped(&line.label),
                    "{warning}"
                );
            }
            Ok((line.label, key))
        });
        let keys = keys.collect::<Result<Vec<_>, Fault>>()?;
        KeyRing::new(keys).map_err(Fault::Ring)
    }

    fn error(&self, fault: Fault) -> KeyFileError {
        KeyFileError { path: self.path.clone(), fault }
    }
}

/// A watch of a [`KeyFile`]. The verifier follows the file until this is dropped.
#[must_use = "the file is watched until this is dropped"]
pub struct KeyFileWatch {
    watched: Arc<Watched>,
    _stop: mpsc::Sender<()>,
}

impl KeyFileWatch {
    /// Reads the file now. Returns whether it had changed and its keys are active.
    ///
    /// # Errors
    ///
    /// Returns a [`KeyFileError`] if the file cannot be read or parsed. The previous keys stay active.
    pub fn check(&self) -> Result<bool, KeyFileError> {
        self.watched.check()
    }
}

impl fmt::Debug for KeyFileWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFileWatch").field("file", &self.watched.file).finish_non_exhaustive()
    }
}

struct Watched {
    file: KeyFile,
    verifier: Verifier,
    seen: Mutex<Seen>,
}

struct Seen {
    /// The keys that were activated last.
    keys: Option<KeyRing>,
    /// The error of the last check, so that it is logged once.
    error: Option<String>,
}

impl Watched {
    fn check(&self) -> Result<bool, KeyFileError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = self.follow(&mut seen);
        let error = changed.as_ref().err().map(|error| ErrorChain(error).to_string());
        if let Some(error) = error.as_ref().filter(|error| Some(*error) != seen.error.as_ref()) {
            tracing::error!(target: "online_contact", error, "key file reload failed; keeping previous keys");
            metrics::key_change_failed();
        }
        seen.error = error;
        changed
    }

    fn follow(&self, seen: &mut Seen) -> Result<bool, KeyFileError> {
        let keys = self.file.read()?;
        if seen.keys.as_ref().is_some_and(|seen| Arc::ptr_eq(&seen.0, &keys.0)) {
            return Ok(false);
        }
        let replaced = self.verifier.replace_keys(keys.clone());
        replaced.map_err(|error| self.file.error(Fault::Replace(error)))?;
        log_loaded(&keys);
        seen.keys = Some(keys);
        Ok(true)
    }
}

fn log_loaded(keys: &KeyRing) {
    let labels = keys.labels().collect::<Vec<_>>().join(", ");
    tracing::info!(target: "online_contact", keys = %Escaped(&labels), "key file loaded");
}

/// Returns the key ring of a verifier, unless its keys come from a key source.
fn active_keys(verifier: &Verifier) -> Option<KeyRing> {
    match &verifier.0.keys {
        Keys::Ring(ring) => Some(KeyRing(ring.load_full())),
        Keys::Source(_) => None,
    }
}

/// Prints the path alone.
impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A line of a [`KeyFile`] with a key.
#[derive(Clone)]
#[non_exhaustive]
pub struct KeyLine<'a> {
    /// The number of the line, from 1.
    pub number: usize,
    /// The label, or `key-1`, `key-2`, … by the place.
    pub label: String,
    /// The text of the key as it is written, with the blanks and the line end around it.
    pub text: &'a str,
}

impl fmt::Debug for KeyLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyLine").field("number", &self.number).finish_non_exhaustive()
    }
}

/// An error of a [`KeyFile`]. Its [source](std::error::Error::source) is the underlying error.
#[derive(Clone, Debug)]
pub struct KeyFileError {
    path: PathBuf,
    fault: Fault,
}

#[derive(Clone, Debug)]
enum Fault {
    Io(Arc<io::Error>),
    Thread(Arc<io::Error>),
    TooLong,
    NotUtf8,
    Key(usize, KeyError),
    Ring(KeyRingError),
    Replace(ReplaceKeysError),
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.fault {
            Fault::Io(_) => write!(f, "key file {path}: cannot be read"),
            Fault::Thread(_) => write!(f, "key file {path}: cannot start a thread to watch it"),
            Fault::TooLong => {
                write!(
                    f,
                    "key file {path}: longer than {LONGEST} bytes, expected one key on each line"
                )
            }
            Fault::NotUtf8 => {
                write!(f, "key file {path}: not UTF-8, expected one key on each line")
            }
            Fault::Key(line, _) => write!(f, "key file {path}, line {line}: invalid key"),
            Fault::Ring(_) => write!(f, "key file {path}: invalid key ring"),
            Fault::Replace(_) => write!(f, "key file {path}: the keys cannot be replaced"),
        }
    }
}

impl std::error::Error for KeyFileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.fault {
            Fault::Io(error) | Fault::Thread(error) => Some(&**error),
            Fault::Key(_, error) => Some(error),
            Fault::Ring(error) => Some(error),
            Fault::Replace(error) => Some(error),
            Fault::TooLong | Fault::NotUtf8 => None,
        }
    }
}

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::keys::text::trimmed;
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
/// it. Only a regular file is read, or a symbolic link to one.
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
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// Creates a key file at this path. Nothing is read yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
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
        self.parse(&self.text()?)
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
            let content = trimmed(line);
            // Without the blank it would be half of a key that has a colon, and labels are logged.
            let (label, text) = match (line.split_once(": "), content.strip_suffix(':')) {
                (Some((label, text)), _) if content.contains(": ") => (label, text),
                (_, Some(label)) => (label, ""),
                _ => return KeyLine { number, label: format!("key-{place}"), text: line },
            };
            KeyLine { number, label: trimmed(label).to_owned(), text }
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
            seen: Mutex::new(Seen::default()),
        });
        watched.check()?;
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
            .map_err(|error| self.error(Fault::Thread(error)))?;
        Ok(KeyFileWatch { watched, _stop: stop })
    }

    fn text(&self) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
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
        let text = read().map_err(|error| self.error(Fault::Io(error)))?;
        if text.len() > LONGEST {
            return Err(self.error(Fault::TooLong));
        }
        Ok(text)
    }

    fn parse(&self, text: &[u8]) -> Result<KeyRing, KeyFileError> {
        let text = std::str::from_utf8(text).map_err(|_| self.error(Fault::NotUtf8))?;
        let keys = Self::lines(text).map(|line| {
            // The line end is no reason for a warning.
            let key = SecurityKey::new(trimmed(line.text));
            let key = key.map_err(|error| self.error(Fault::Key(line.number, error)))?;
            Ok((line.label, key))
        });
        let keys = keys.collect::<Result<Vec<_>, KeyFileError>>()?;
        KeyRing::new(keys).map_err(|error| self.error(Fault::Ring(error)))
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

#[derive(Default)]
struct Seen {
    text: Zeroizing<Vec<u8>>,
    /// The error that was logged last, so that it is logged once.
    fault: Option<String>,
}

impl Watched {
    fn check(&self) -> Result<bool, KeyFileError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = self.follow(&mut seen);
        let fault = changed.as_ref().err().map(|error| ErrorChain(error).to_string());
        if let Some(fault) = fault.as_ref().filter(|fault| Some(*fault) != seen.fault.as_ref()) {
            tracing::error!(target: "online_contact", error = fault, "key file reload failed; keeping previous keys");
            metrics::key_change_failed();
        }
        seen.fault = fault;
        changed
    }

    fn follow(&self, seen: &mut Seen) -> Result<bool, KeyFileError> {
        let text = self.file.text()?;
        if *text == *seen.text {
            return Ok(false);
        }
        let keys = self.file.parse(&text)?;
        let labels = keys.labels().collect::<Vec<_>>().join(", ");
        self.verifier.replace_keys(keys).map_err(|error| self.file.error(Fault::Replace(error)))?;
        seen.text = text;
        tracing::info!(target: "online_contact", keys = %Escaped(&labels), "key file loaded");
        Ok(true)
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
#[derive(Debug)]
pub struct KeyFileError {
    path: PathBuf,
    fault: Fault,
}

#[derive(Debug)]
enum Fault {
    Io(io::Error),
    Thread(io::Error),
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
            Fault::Io(error) | Fault::Thread(error) => Some(error),
            Fault::Key(_, error) => Some(error),
            Fault::Ring(error) => Some(error),
            Fault::Replace(error) => Some(error),
            Fault::TooLong | Fault::NotUtf8 => None,
        }
    }
}

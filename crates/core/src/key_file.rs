//! Keys in a file, which may change while the server runs.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::chain::Chain;
use crate::key::{KeyError, KeyRing, KeyRingError, SecurityKey};
use crate::metrics;
use crate::verifier::{ReplaceKeysError, Verifier};

/// More than any ring of keys takes; a file beyond this is something else.
const LONGEST: usize = 64 * 1024;

/// One more, to see whether it is longer.
const MOST_READ: usize = LONGEST + 1;

/// A file with the keys in force: one on each line, the one that signs now first by custom.
///
/// ```text
/// # replaced 2026-11-23
/// 2026-11: bf7769e5321448de88838cdb
/// 2026-05: 0cc175b9c0f1b6a831c399e2
/// ```
///
/// A label is optional (`key-1`, `key-2`, … by the place otherwise), empty lines and those that begin
/// with `#` are passed over, and white space around a key is cut off.
///
/// ```no_run
/// use std::time::Duration;
/// use online_contact::{KeyFile, Verifier};
///
/// let file = KeyFile::new("/run/secrets/online-contact/keys");
/// let verifier = Verifier::builder().key_ring(file.read()?).build()?;
/// // As long as this lives, the verifier follows the file.
/// let watch = file.watch(&verifier, Duration::from_secs(2))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// The file at this path. Nothing is read yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the keys.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] names the file, it and its source what is wrong with it, never what is in it.
    pub fn read(&self) -> Result<KeyRing, KeyFileError> {
        self.parse(&self.text()?)
    }

    /// Reads the file again and again, and [replaces the verifier's keys](Verifier::replace_keys) when
    /// it has changed.
    ///
    /// The file is read by its path each time, so it may be changed in place, renamed over, or be a
    /// symbolic link whose target is swapped, as Kubernetes does with a mounted secret; and it works on
    /// file systems that report no changes. A file that can't be read or understood leaves the old keys
    /// in force, and the log says so once. Write a new file beside it and rename it over: one that is
    /// read half written is taken for what it is at that moment. `every` is at least 10 milliseconds,
    /// whatever is asked for.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] if the file can't be read now, or there can be no thread; [`ReplaceKeysError`] is
    /// told as an error of this kind too.
    pub fn watch(
        &self,
        verifier: &Verifier,
        every: Duration,
    ) -> Result<KeyFileWatch, KeyFileError> {
        let watched = Arc::new(Watched {
            file: self.clone(),
            verifier: verifier.clone(),
            seen: Mutex::new(Seen::default()),
        });
        watched.check()?;
        // Zero would read without a pause.
        let every = every.max(Duration::from_millis(10));
        let (stop, stopped) = mpsc::channel::<()>();
        let in_thread = Arc::clone(&watched);
        thread::Builder::new()
            .name("online-contact-keys".to_owned())
            .spawn(move || {
                // The channel never carries anything: it closes when the watch is dropped.
                while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                    // Told in the log by `check` itself.
                    let _ = in_thread.check();
                }
            })
            .map_err(|error| self.error(Fault::Thread(error)))?;
        Ok(KeyFileWatch { watched, _stop: stop })
    }

    fn text(&self) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
        let read = || -> io::Result<Zeroizing<Vec<u8>>> {
            // With room for all of it, so that no copy is left behind by a growing vector.
            let mut text = Zeroizing::new(Vec::with_capacity(MOST_READ));
            File::open(&self.path)?.take(MOST_READ as u64).read_to_end(&mut text)?;
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
        // Some editors begin a file with a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut keys = Vec::new();
        for (number, line) in (1_usize..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (label, key) = match line.split_once(':') {
                Some((label, key)) => (label.trim().to_owned(), key.trim()),
                None => (format!("key-{}", keys.len() + 1), line),
            };
            let key =
                SecurityKey::new(key).map_err(|error| self.error(Fault::Key(number, error)))?;
            keys.push((label, key));
        }
        KeyRing::new(keys).map_err(|error| self.error(Fault::Ring(error)))
    }

    fn error(&self, fault: Fault) -> KeyFileError {
        KeyFileError { path: self.path.clone(), fault }
    }
}

/// A verifier that follows a file: until this is dropped.
#[must_use = "the file is watched until this is dropped"]
pub struct KeyFileWatch {
    watched: Arc<Watched>,
    _stop: mpsc::Sender<()>,
}

impl KeyFileWatch {
    /// Looks at the file now: `true` if it had changed and its keys are in force.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] if it can't be read or understood; the old keys stay in force.
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
    /// What was told last, so that it is told once.
    fault: Option<String>,
}

impl Watched {
    fn check(&self) -> Result<bool, KeyFileError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = self.follow(&mut seen);
        let fault = changed.as_ref().err().map(|error| Chain(error).to_string());
        if let Some(fault) = fault.as_ref().filter(|fault| Some(*fault) != seen.fault.as_ref()) {
            tracing::error!(target: "online_contact", error = fault, "the old keys stay in force");
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
        tracing::info!(target: "online_contact", keys = labels, "keys in force");
        Ok(true)
    }
}

/// A key file can't be used. What is underneath is its [source](std::error::Error::source).
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
            Fault::Io(_) => write!(f, "key file {path} can't be read"),
            Fault::Thread(_) => write!(f, "key file {path} can't be watched: there is no thread"),
            Fault::TooLong => {
                write!(
                    f,
                    "key file {path} is longer than {LONGEST} bytes: expected a key on each line"
                )
            }
            Fault::NotUtf8 => {
                write!(f, "key file {path} is not UTF-8: expected a key on each line")
            }
            Fault::Key(line, _) => write!(f, "line {line} of key file {path} is no key"),
            Fault::Ring(_) => write!(f, "the keys of key file {path} make no ring"),
            Fault::Replace(_) => write!(f, "the keys of key file {path} can't be put in force"),
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

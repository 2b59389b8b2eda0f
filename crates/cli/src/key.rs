//! The security key: from a file, the environment, or a prompt; never an argument.

use std::env::{self, VarError};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fmt, process};

use online_contact::{KeyFile, KeyRing, KeyWarning, SecurityKey};
use signal_hook::consts::SIGINT;
use signal_hook::flag;
use zeroize::Zeroizing;

use crate::context::{Context, Problem};
use crate::lang::Lang;

/// The environment variable with the key.
pub(crate) const VARIABLE: &str = "OC_SECURITY_KEY";

/// The maximum length of a key file, in bytes.
const LONGEST: usize = 64 * 1024;

/// The options of the security key.
#[derive(Debug, clap::Args)]
pub(crate) struct KeyArgs {
    /// File with the security keys, one on each line, the current one first, optionally after `label: `.
    /// It wins over `OC_SECURITY_KEY`; without both, the terminal prompts for the key
    #[arg(long, value_name = "FILE", help_heading = "Security key")]
    key_file: Option<PathBuf>,
}

impl KeyArgs {
    /// All keys of the ring, in its order.
    pub(crate) fn all(&self, cx: &Context) -> Result<Vec<KeyText>, Problem> {
        match self.given(cx)? {
            Some(keys) => Ok(keys),
            None => {
                let key = from_prompt(cx.lang)?;
                warn(&key, cx);
                Ok(vec![key])
            }
        }
    }

    /// As [`all`](Self::all) without the prompt: `None` without a file and without the variable.
    pub(crate) fn given(&self, cx: &Context) -> Result<Option<Vec<KeyText>>, Problem> {
        let keys = match &self.key_file {
            Some(path) => Some(read_file(path)?),
            None => from_env()?.map(|key| vec![key]),
        };
        keys.iter().flatten().for_each(|key| warn(key, cx));
        Ok(keys)
    }
}

/// The text of a key as it was given. Wiped when dropped. `Debug` shows the label only.
pub(crate) struct KeyText {
    label: String,
    text: Zeroizing<Vec<u8>>,
    /// The part that [`SecurityKey::new`] takes.
    key: Zeroizing<Vec<u8>>,
}

impl KeyText {
    /// A key as it was typed; `None` if nothing is left of it without blanks.
    pub(crate) fn typed(label: impl Into<String>, text: Zeroizing<Vec<u8>>) -> Option<Self> {
        let key = match std::str::from_utf8(&text) {
            Ok(text) => SecurityKey::trim(text).as_bytes(),
            Err(_) => text.trim_ascii(),
        };
        let key = Zeroizing::new(key.to_vec());
        (!key.is_empty()).then(|| Self { label: label.into(), text, key })
    }

    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// The text as given, with the blanks around it, which may be the mistake that `explain` looks for.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// The key as a server reads it.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    pub(crate) fn security_key(&self) -> Result<SecurityKey, Problem> {
        SecurityKey::from_bytes(self.key())
            .map_err(|error| Problem::new("invalid key", "사용할 수 없는 키입니다").source(error))
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyText").field("label", &self.label).finish_non_exhaustive()
    }
}

/// Warns about a text that looks like more than a key. A program that reads JSON gets no warning: it may
/// read both streams as one.
fn warn(key: &KeyText, cx: &Context) {
    if cx.json {
        return;
    }
    let text = String::from_utf8_lossy(key.key());
    if let Some(warning) = KeyWarning::of(&text) {
        let words = cx.lang.pick("warning: ", "경고: ");
        cx.note(words, &format!("{}: {warning}", key.label()));
    }
}

fn from_env() -> Result<Option<KeyText>, Problem> {
    let text = match env::var(VARIABLE) {
        Ok(text) => Zeroizing::new(text.into_bytes()),
        Err(VarError::NotPresent) => return Ok(None),
        Err(VarError::NotUnicode(_)) => {
            return Err(Problem::new(
                "OC_SECURITY_KEY is not Unicode: expected the text of 암호화 키",
                "OC_SECURITY_KEY가 유니코드 글자가 아닙니다. 암호화 키의 글자를 그대로 넣으십시오",
            ));
        }
    };
    let key = KeyText::typed(VARIABLE, text).ok_or_else(|| {
        Problem::new(
            "OC_SECURITY_KEY is empty: expected the text of 암호화 키",
            "OC_SECURITY_KEY가 비어 있습니다. 암호화 키의 글자를 그대로 넣으십시오",
        )
    })?;
    Ok(Some(key))
}

/// Prompts in the terminal. Stdin may be the body.
fn from_prompt(lang: Lang) -> Result<KeyText, Problem> {
    let prompt = lang.pick("Security key (not shown): ", "암호화 키(화면에 표시되지 않음): ");
    // On Ctrl-C rpassword raises SIGINT before it restores the terminal.
    let text =
        deferred(|| rpassword::prompt_password(prompt)).map_err(|error| no_key().source(error))?;
    KeyText::typed("prompt", Zeroizing::new(text.into_bytes())).ok_or_else(|| {
        Problem::new(
            "no security key was typed: expected the text of 암호화 키",
            "암호화 키를 입력하지 않았습니다",
        )
    })
}

pub(crate) fn no_key() -> Problem {
    Problem::new(
        "no security key: set OC_SECURITY_KEY, pass --key-file FILE, or run in a terminal for a prompt",
        "암호화 키가 없습니다. OC_SECURITY_KEY를 설정하거나 --key-file FILE을 지정하거나 \
         터미널에서 실행해 입력하십시오",
    )
}

/// Reads the format of the core's [`KeyFile`], also from a pipe.
fn read_file(path: &Path) -> Result<Vec<KeyText>, Problem> {
    let bytes = read_bounded(path).map_err(|error| unreadable(path).source(error))?;
    let invalid = |en: &str, ko: &str| {
        let shown = path.display();
        let (en, ko) = (format!("key file {shown}: {en}"), format!("키 파일 {shown}: {ko}"));
        Problem::new(en, ko)
    };
    if bytes.len() > LONGEST {
        let en = format!("longer than {LONGEST} bytes, expected one key on each line");
        let ko = format!("{LONGEST}바이트보다 깁니다. 한 줄에 키를 하나씩 적으십시오");
        return Err(invalid(&en, &ko));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        invalid("not UTF-8, expected one key on each line", "UTF-8 텍스트가 아닙니다")
    })?;
    let mut keys = Vec::new();
    for line in KeyFile::lines(text) {
        let (number, text) = (line.number, Zeroizing::new(line.text.as_bytes().to_vec()));
        let key = KeyText::typed(line.label, text).ok_or_else(|| {
            let ko = format!("{number}번째 줄에 키가 없습니다");
            invalid(&format!("line {number}: no key after the label"), &ko)
        })?;
        keys.push(key);
    }
    let ring = keys.iter().map(|key| Ok((key.label().to_owned(), key.security_key()?)));
    KeyRing::new(ring.collect::<Result<Vec<_>, Problem>>()?).map_err(|error| {
        invalid("invalid key ring", "키 목록이 올바르지 않습니다").source(error)
    })?;
    Ok(keys)
}

/// The user may have passed the key in place of the file. A value that does not exist and does not look
/// like a path is not shown.
fn unreadable(path: &Path) -> Problem {
    let looks_like_a_path = path.to_string_lossy().contains(['/', '\\', '.']);
    if !looks_like_a_path && path.symlink_metadata().is_err() {
        return Problem::new(
            "cannot read the key file: --key-file expects the path of a file, not the key itself (the \
             value is not shown)",
            "키 파일을 읽을 수 없습니다. --key-file에는 키가 아니라 파일 경로를 지정하십시오(입력한 값은 \
             표시하지 않습니다)",
        );
    }
    let shown = path.display();
    let en = format!("cannot read the key file {shown}");
    let ko = format!("키 파일 {shown}을(를) 읽을 수 없습니다");
    Problem::new(en, ko)
}

fn read_bounded(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    // A growing vector leaves copies of the keys behind. The last byte is for finding the end.
    let mut text = Zeroizing::new(Vec::with_capacity(LONGEST + 2));
    File::open(path)?.take(LONGEST as u64 + 1).read_to_end(&mut text)?;
    Ok(text)
}

/// The exit status of a process that Ctrl-C has ended, as shells report it.
const STATUS: i32 = 128 + SIGINT;

/// Runs a function that returns [`io::ErrorKind::Interrupted`] on Ctrl-C once it has cleaned up. The
/// process ends then. Afterwards Ctrl-C ends the process at once, as it does by default.
fn deferred<T>(function: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let is_done = Arc::new(AtomicBool::new(false));
    flag::register_conditional_shutdown(SIGINT, STATUS, Arc::clone(&is_done))?;
    let result = function();
    is_done.store(true, Ordering::SeqCst);
    match result {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => process::exit(STATUS),
        other => other,
    }
}

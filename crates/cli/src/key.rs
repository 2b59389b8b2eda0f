//! Where the security key comes from: a file, the environment, or a prompt; never an argument.

use std::env::{self, VarError};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use online_contact::SecurityKey;
use zeroize::Zeroizing;

use crate::context::Context;
use crate::interrupt;
use crate::lang::Lang;
use crate::outcome::Problem;

/// The environment variable with the key.
pub(crate) const VARIABLE: &str = "OC_SECURITY_KEY";

/// More than any ring of keys takes; a file beyond this is something else.
const LONGEST: usize = 64 * 1024;

/// How to come by the key.
#[derive(Debug, clap::Args)]
pub(crate) struct KeyArgs {
    /// File with the security key: one on each line, the current one first, with `label: ` before it
    /// or without. It wins over
    /// `OC_SECURITY_KEY`; without both, the terminal is asked
    #[arg(long, value_name = "FILE", help_heading = "Security key")]
    key_file: Option<PathBuf>,
}

impl KeyArgs {
    /// All keys of the ring, in its order.
    pub(crate) fn all(&self, cx: &Context) -> Result<Vec<KeyText>, Problem> {
        match self.given(cx)? {
            Some(keys) => Ok(keys),
            None => Ok(vec![from_prompt(cx.lang)?]),
        }
    }

    /// As [`all`](Self::all), but nobody is asked: `None` without a file and without the variable.
    pub(crate) fn given(&self, cx: &Context) -> Result<Option<Vec<KeyText>>, Problem> {
        match &self.key_file {
            Some(path) => read_file(path, cx.lang).map(Some),
            None => Ok(from_env(cx.lang)?.map(|key| vec![key])),
        }
    }
}

/// The text of a key as it was given. Wiped when dropped, and `Debug` shows the label only.
pub(crate) struct KeyText {
    label: String,
    text: Zeroizing<Vec<u8>>,
    /// The part of it that a server would take.
    key: Range<usize>,
}

impl KeyText {
    fn new(label: impl Into<String>, text: Zeroizing<Vec<u8>>, key: Range<usize>) -> Self {
        Self { label: label.into(), text, key }
    }

    /// What somebody typed; `None` if nothing is left of it without white space.
    pub(crate) fn typed(label: impl Into<String>, text: Zeroizing<Vec<u8>>) -> Option<Self> {
        let key = ascii_trimmed(&text);
        (!key.is_empty()).then(|| Self::new(label, text, key))
    }

    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// As given, with the white space around it: whoever looks for mistakes wants to see it.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// As a server would read it: without white space around it.
    pub(crate) fn key(&self) -> &[u8] {
        self.text.get(self.key.clone()).unwrap_or_default()
    }

    pub(crate) fn security_key(&self, lang: Lang) -> Result<SecurityKey, Problem> {
        SecurityKey::from_bytes(self.key()).map_err(|error| {
            let words = lang.pick("this key can't be used", "사용할 수 없는 키입니다");
            Problem::new(words).source(error)
        })
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyText").field("label", &self.label).finish_non_exhaustive()
    }
}

fn from_env(lang: Lang) -> Result<Option<KeyText>, Problem> {
    let text = match env::var(VARIABLE) {
        Ok(text) => Zeroizing::new(text.into_bytes()),
        Err(VarError::NotPresent) => return Ok(None),
        Err(VarError::NotUnicode(_)) => {
            return Err(Problem::new(lang.pick(
                "OC_SECURITY_KEY is not Unicode text: expected the text of 암호화 키",
                "OC_SECURITY_KEY가 유니코드 글자가 아닙니다. 암호화 키의 글자를 그대로 넣어 주십시오",
            )));
        }
    };
    let key = ascii_trimmed(&text);
    if key.is_empty() {
        return Err(Problem::new(lang.pick(
            "OC_SECURITY_KEY is empty: expected the text of 암호화 키",
            "OC_SECURITY_KEY가 비어 있습니다. 암호화 키의 글자를 그대로 넣어 주십시오",
        )));
    }
    Ok(Some(KeyText::new(VARIABLE, text, key)))
}

/// Asks the terminal, not stdin: that may be the body.
fn from_prompt(lang: Lang) -> Result<KeyText, Problem> {
    let prompt = lang.pick("Security key (not shown): ", "암호화 키(화면에 표시되지 않음): ");
    // On Ctrl-C rpassword raises SIGINT before it restores the terminal.
    let text = interrupt::deferred(|| rpassword::prompt_password(prompt))
        .map_err(|error| no_key(lang).source(error))?;
    KeyText::typed("prompt", Zeroizing::new(text.into_bytes())).ok_or_else(|| {
        Problem::new(lang.pick(
            "no security key was typed: expected the text of 암호화 키",
            "암호화 키를 입력하지 않았습니다",
        ))
    })
}

pub(crate) fn no_key(lang: Lang) -> Problem {
    Problem::new(lang.pick(
        "no security key: set OC_SECURITY_KEY, give --key-file FILE, or run in a terminal to be asked",
        "암호화 키가 없습니다. OC_SECURITY_KEY를 설정하거나 --key-file FILE을 지정하거나 \
         터미널에서 실행해 입력해 주십시오",
    ))
}

fn ascii_trimmed(text: &[u8]) -> Range<usize> {
    let start = text.len() - text.trim_ascii_start().len();
    start..start + text.trim_ascii().len()
}

fn read_file(path: &Path, lang: Lang) -> Result<Vec<KeyText>, Problem> {
    let text = read_bounded(path).map_err(|error| unreadable(path, lang).source(error))?;
    let shown = path.display();
    parse(&text).map_err(|fault| {
        let en = format!("key file {shown}: {}", fault.in_english());
        let ko = format!("키 파일 {shown}: {}", fault.in_korean());
        Problem::new(lang.pick(en, ko))
    })
}

/// Somebody may have given the key in place of the file: what is not there and looks like no path is
/// not shown.
fn unreadable(path: &Path, lang: Lang) -> Problem {
    let looks_like_a_path = path.to_string_lossy().contains(['/', '\\', '.']);
    if !looks_like_a_path && path.symlink_metadata().is_err() {
        return Problem::new(lang.pick(
            "can't read the key file: --key-file takes the path of a file, and not the key itself (what \
             was given is not shown)",
            "키 파일을 읽을 수 없습니다. --key-file에는 키가 아니라 파일 경로를 지정해 주십시오(입력한 값은 \
             표시하지 않습니다)",
        ));
    }
    let shown = path.display();
    let en = format!("can't read the key file {shown}");
    let ko = format!("키 파일 {shown}을(를) 읽을 수 없습니다");
    Problem::new(lang.pick(en, ko))
}

fn read_bounded(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    // A vector that grows leaves a copy of the keys behind. The last byte is for finding the end.
    let mut text = Zeroizing::new(Vec::with_capacity(LONGEST + 2));
    File::open(path)?.take(LONGEST as u64 + 1).read_to_end(&mut text)?;
    Ok(text)
}

/// What can be wrong with a key file. Says where, never what stands there.
enum Fault {
    TooLong,
    NotUtf8,
    NoKeys,
    EmptyKey(usize),
    EmptyLabel(usize),
    DuplicateLabel(usize),
}

/// Reads the format of core's `KeyFile`, but keeps each line as it is, its end included.
fn parse(text: &[u8]) -> Result<Vec<KeyText>, Fault> {
    if text.len() > LONGEST {
        return Err(Fault::TooLong);
    }
    let text = std::str::from_utf8(text).map_err(|_| Fault::NotUtf8)?;
    // Some editors begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut keys = Vec::<KeyText>::new();
    for (number, line) in (1_usize..).zip(text.split_inclusive('\n')) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let key = parse_line(line, number, keys.len())?;
        if keys.iter().any(|other| other.label == key.label) {
            return Err(Fault::DuplicateLabel(number));
        }
        keys.push(key);
    }
    if keys.is_empty() { Err(Fault::NoKeys) } else { Ok(keys) }
}

fn parse_line(line: &str, number: usize, place: usize) -> Result<KeyText, Fault> {
    let (label, text) = match line.split_once(':') {
        Some((label, text)) => (label.trim().to_owned(), text),
        None => (format!("key-{}", place + 1), line),
    };
    let start = text.len() - text.trim_start().len();
    let key = start..start + text.trim().len();
    if label.is_empty() {
        return Err(Fault::EmptyLabel(number));
    }
    if key.is_empty() {
        return Err(Fault::EmptyKey(number));
    }
    Ok(KeyText::new(label, Zeroizing::new(text.as_bytes().to_vec()), key))
}

impl Fault {
    fn in_english(&self) -> String {
        match self {
            Self::TooLong => format!("longer than {LONGEST} bytes: expected a few lines"),
            Self::NotUtf8 => "not UTF-8 text".to_owned(),
            Self::NoKeys => "there is no key in it: expected one on a line".to_owned(),
            Self::EmptyKey(line) => format!("line {line} has a label and no key"),
            Self::EmptyLabel(line) => format!("line {line} has an empty label before the colon"),
            Self::DuplicateLabel(line) => {
                format!("line {line} has the label of an earlier key: labels must differ")
            }
        }
    }

    fn in_korean(&self) -> String {
        match self {
            Self::TooLong => format!("{LONGEST}바이트보다 깁니다. 몇 줄이면 충분합니다"),
            Self::NotUtf8 => "UTF-8 텍스트가 아닙니다".to_owned(),
            Self::NoKeys => "키가 없습니다. 한 줄에 하나씩 적어 주십시오".to_owned(),
            Self::EmptyKey(line) => format!("{line}번째 줄에 이름만 있고 키가 없습니다"),
            Self::EmptyLabel(line) => format!("{line}번째 줄의 콜론 앞에 이름이 없습니다"),
            Self::DuplicateLabel(line) => {
                format!("{line}번째 줄의 이름이 앞의 키와 같습니다. 이름은 서로 달라야 합니다")
            }
        }
    }
}

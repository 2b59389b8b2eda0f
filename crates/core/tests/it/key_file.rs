//! Keys in a file that changes under a running verifier.

use std::error::Error as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::logs;
use crate::support::{BODY, Headers, NOW, URI, key};
use online_contact::{KeyFile, KeyFileError, KeyFileWatch, Signer, Verifier};
use tempfile::TempDir;

/// Too long for the thread to look by itself: these tests look by hand.
const NEVER: Duration = Duration::from_secs(3_600);

struct Mounted {
    dir: TempDir,
    verifier: Verifier,
    watch: KeyFileWatch,
}

impl Mounted {
    fn new(text: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys");
        fs::write(&path, text).unwrap();
        Self::watching(dir, &path, NEVER)
    }

    fn watching(dir: TempDir, path: &Path, every: Duration) -> Self {
        let file = KeyFile::new(path);
        let keys = file.read().unwrap();
        let verifier = Verifier::builder().key_ring(keys).clock(NOW).build().unwrap();
        let watch = file.watch(&verifier, every).unwrap();
        Self { dir, verifier, watch }
    }

    fn write(&self, text: impl AsRef<[u8]>) {
        fs::write(self.dir.path().join("keys"), text).unwrap();
    }

    /// The label under which a request signed with this key passes.
    fn label(&self, text: &str) -> Option<String> {
        label(&self.verifier, text)
    }
}

fn label(verifier: &Verifier, text: &str) -> Option<String> {
    let headers = Headers::from(Signer::new(&key(text)).sign(URI, BODY, NOW));
    let verified = verifier.verify_bytes(&headers.head(), BODY).ok()?;
    Some(verified.key_label().to_owned())
}

fn error(text: impl AsRef<[u8]>) -> KeyFileError {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys");
    fs::write(&path, text).unwrap();
    KeyFile::new(path).read().unwrap_err()
}

#[test]
fn one_key_with_a_newline_is_the_usual_file() {
    let mounted = Mounted::new("first\n");
    assert_eq!(mounted.label("first").as_deref(), Some("key-1"));
}

#[test]
fn labels_comments_blank_lines_and_white_space() {
    let text = "\u{feff}# replaced today\r\n\r\n  new :  second \r\nfirst\r\n";
    let mounted = Mounted::new(text);
    assert_eq!(mounted.label("second").as_deref(), Some("new"));
    assert_eq!(mounted.label("first").as_deref(), Some("key-2"));
}

#[test]
fn a_change_in_place_is_followed() {
    let mounted = Mounted::new("first");
    assert!(!mounted.watch.check().unwrap());
    mounted.write("second\nfirst");
    assert!(mounted.watch.check().unwrap());
    assert!(!mounted.watch.check().unwrap());
    assert!(mounted.label("second").is_some() && mounted.label("first").is_some());
}

#[test]
fn a_file_renamed_over_it_is_followed() {
    let mounted = Mounted::new("first");
    let new = mounted.dir.path().join("keys.new");
    fs::write(&new, "second").unwrap();
    fs::rename(new, mounted.dir.path().join("keys")).unwrap();
    assert!(mounted.watch.check().unwrap());
    assert_eq!((mounted.label("first"), mounted.label("second").is_some()), (None, true));
}

/// As Kubernetes mounts a secret: `keys` leads to `..data/keys`, and `..data` to a dated folder.
#[cfg(unix)]
#[test]
fn swapped_symbolic_links_are_followed() {
    use std::os::unix::fs::symlink;

    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    for (folder, text) in [("..2026_11_23", "first"), ("..2026_11_24", "second")] {
        fs::create_dir(at(folder)).unwrap();
        fs::write(at(folder).join("keys"), text).unwrap();
    }
    symlink("..2026_11_23", at("..data")).unwrap();
    symlink("..data/keys", at("keys")).unwrap();
    let path = at("keys");
    symlink("..2026_11_24", at("..data_tmp")).unwrap();
    let (from, to) = (at("..data_tmp"), at("..data"));

    let mounted = Mounted::watching(dir, &path, NEVER);
    fs::rename(from, to).unwrap();
    assert!(mounted.watch.check().unwrap());
    assert!(mounted.label("second").is_some());
}

#[test]
fn a_broken_file_keeps_the_previous_keys_active() {
    let mounted = Mounted::new("first");
    for text in [&b""[..], b"\n# nothing\n", b"\xff\xfe", b"a: one\na: two", b"empty:"] {
        mounted.write(text);
        mounted.watch.check().unwrap_err();
        assert!(mounted.label("first").is_some(), "{text:?}");
    }
    fs::remove_file(mounted.dir.path().join("keys")).unwrap();
    mounted.watch.check().unwrap_err();
    assert!(mounted.label("first").is_some());
    mounted.write("second");
    assert!(mounted.watch.check().unwrap());
    assert!(mounted.label("second").is_some());
}

#[test]
fn errors_name_the_file_and_the_fault_and_never_a_key() {
    let cases: [(&[u8], &str, Option<&str>); 5] = [
        (b"", "invalid key ring", Some("no security key")),
        (b"secret-one\nlabel:\n", "line 2: invalid key", Some("the security key is empty")),
        (b"a: secret-one\na: secret-two", "invalid key ring", Some("label \"a\"")),
        (b"secret-one\xff", "not UTF-8", None),
        (&[b'x'; 65 * 1024], "longer than 65536 bytes", None),
    ];
    for (text, expected, underneath) in cases {
        let error = error(text);
        let message = error.to_string();
        assert!(message.contains(expected) && message.contains("keys"), "{message}");
        let source = error.source().map(ToString::to_string);
        assert_eq!(source.is_some(), underneath.is_some(), "{message}");
        if let (Some(source), Some(underneath)) = (&source, underneath) {
            assert!(source.contains(underneath) && !message.contains(underneath), "{source}");
        }
        assert!(!format!("{message} {source:?} {error:?}").contains("secret"), "{message}");
    }
    let missing = KeyFile::new("/nowhere/keys").read().unwrap_err();
    assert_eq!(missing.to_string(), "key file /nowhere/keys: cannot be read");
    assert!(missing.source().is_some());
}

/// The log shows the fault and not only whose it is.
#[test]
fn a_fault_is_logged_with_what_is_underneath() {
    let mounted = Mounted::new("first");
    mounted.write("second\n:");
    let (_, lines) = logs::of(|| mounted.watch.check().unwrap_err());
    let logged = lines[0].field("error").expect("what broke");
    assert!(logged.starts_with("key file "), "{logged}");
    let fault = ", line 2: invalid key: the security key is empty, expected the text of 암호화 키";
    assert!(logged.ends_with(fault), "{logged}");
}

/// The one test that waits for the thread: for as long as it takes, and at most half a minute.
#[test]
fn the_thread_looks_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys");
    fs::write(&path, "first").unwrap();
    let mounted = Mounted::watching(dir, &path, Duration::from_millis(1));
    mounted.write("second");
    let started = Instant::now();
    while mounted.label("second").is_none() {
        assert!(started.elapsed() < Duration::from_secs(30), "no reload");
        std::thread::yield_now();
    }
}

/// Half of a key must not become a label, which is logged.
#[test]
fn a_label_ends_with_a_colon_and_a_blank() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys");
    let labels = |text: &str| {
        fs::write(&path, text).unwrap();
        let ring = KeyFile::new(&path).read().unwrap();
        ring.labels().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(labels("Pa55w0rd-half:other-half\n"), ["key-1"]);
    assert_eq!(labels("new: a\nold:  b\n\u{feff}c\u{a0}\n"), ["new", "old", "key-3"]);
    for blank in ["\t", "\u{a0}", "\u{3000}", "\u{200b}", " \u{3000}"] {
        let mounted = Mounted::new(&format!("2026-11:{blank}secret\n"));
        assert_eq!(mounted.label("secret").as_deref(), Some("2026-11"), "{blank:?}");
    }
    // The first colon with a blank ends the label, whichever it is.
    assert_eq!(labels("http://oc: a\nx:\ty: z\n"), ["http://oc", "x"]);
}

/// A watch looks at the file every two seconds, and must not repeat itself.
#[test]
fn a_doubtful_key_is_reported_once_with_its_file_and_label() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys");
    fs::write(&path, "new: \"quoted\"\nold: first\n").unwrap();
    let (mounted, lines) = logs::of(|| Mounted::watching(dir, &path, NEVER));
    let [line, loaded] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((loaded.message(), loaded.field("keys")), ("key file loaded", Some("new, old")));
    let warning = "the security key is in quotes, expected the key alone";
    assert_eq!(line.field("message"), Some(warning));
    assert_eq!((line.field("key"), line.field("file")), (Some("new"), path.to_str()));

    let check = || mounted.watch.check();
    let (changed, lines) = logs::of(check);
    assert!(!changed.unwrap() && lines.is_empty(), "{lines:?}");

    // Nor after an error.
    mounted.write("new: \"quoted\"\nempty:\n");
    assert_eq!(logs::of(check).1.len(), 2, "the warning and the error");
    let (changed, lines) = logs::of(check);
    assert!(changed.is_err() && lines.is_empty(), "{lines:?}");
}

/// A verifier whose keys are other than those of the file gets them at once.
#[test]
fn a_verifier_with_other_keys_gets_those_of_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys");
    fs::write(&path, "first").unwrap();
    let file = KeyFile::new(&path);
    let old = file.read().unwrap();
    fs::write(&path, "second").unwrap();
    file.read().unwrap();
    let verifier = Verifier::builder().key_ring(old).clock(NOW).build().unwrap();
    let watch = file.watch(&verifier, NEVER).unwrap();
    assert!(label(&verifier, "second").is_some());
    assert!(!watch.check().unwrap());
}

/// To open a pipe would wait for a writer.
#[cfg(unix)]
#[test]
fn only_a_regular_file_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    for path in [pipe.as_path(), dir.path()] {
        let error = KeyFile::new(path).read().unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "not a regular file");
    }
}

//! The memory of this process holds no key once everything that used it is dropped.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::process::Command;
use std::sync::mpsc;
use std::thread;

use online_contact::{
    Clock as _, KeyRing, RequestHead, SecurityKey, Signer, SystemClock, Verifier,
};

/// The pattern is stored masked, so that the search does not find itself.
const MASK: u8 = 0xa5;

/// A byte of a key that no other test uses.
fn byte(place: usize) -> u8 {
    u8::try_from(place % 251).unwrap().wrapping_mul(37).wrapping_add(11)
}

/// The first 32 bytes of the key, each changed by `pad` as HMAC does, and masked.
fn pattern(length: usize, pad: u8) -> Vec<u8> {
    (0..length.min(32)).map(|place| byte(place) ^ pad ^ MASK).collect()
}

/// Returns the number of places in writable memory where the pattern is.
fn copies(pattern: &[u8]) -> usize {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = File::open("/proc/self/mem").unwrap();
    let mut page = vec![0_u8; 1 << 20];
    let mut found = 0;
    for line in maps.lines().filter(|line| line.contains("rw-p")) {
        let (start, end) = line.split_whitespace().next().unwrap().split_once('-').unwrap();
        let [mut at, end] = [start, end].map(|text| u64::from_str_radix(text, 16).unwrap());
        while at < end {
            let length = usize::try_from(end - at).unwrap().min(page.len());
            let page = &mut page[..length];
            if memory.seek(SeekFrom::Start(at)).is_ok() && memory.read_exact(page).is_ok() {
                let is_found = |window: &[u8]| {
                    window.iter().zip(pattern).all(|(byte, masked)| byte ^ MASK == *masked)
                };
                found += page.windows(pattern.len()).filter(|window| is_found(window)).count();
            }
            page.fill(0);
            at += length as u64;
        }
    }
    found
}

/// Builds a key byte by byte, and signs and verifies with it.
fn use_key(length: usize) {
    let key: Vec<u8> = (0..length).map(byte).collect();
    let key = SecurityKey::from_bytes(key).unwrap();
    let signer = Signer::new(&key);
    let ring = KeyRing::new([("key", key)]).unwrap();
    let verifier = Verifier::builder().key_ring(ring).build().unwrap();
    let signed = signer.sign("/", b"{}", SystemClock.now());
    let [(_, timestamp), (_, authorization)] = signed.headers();
    let head = RequestHead::new("/")
        .timestamp(timestamp.as_bytes())
        .authorization(authorization.as_bytes());
    for _ in 0..10 {
        assert!(verifier.verify_bytes(&head, b"{}").is_ok());
    }
}

/// `zeroize` wipes the text of the key, and `hmac` and `sha2` wipe their states. A process of its own has little
/// memory to search.
#[cfg(target_os = "linux")]
#[test]
fn no_key_is_left_after_everything_is_dropped() {
    const CHILD: &str = "ONLINE_CONTACT_MEMORY_TEST";

    if std::env::var_os(CHILD).is_none() {
        let name = "memory::no_key_is_left_after_everything_is_dropped";
        let mut child = Command::new(std::env::current_exe().unwrap());
        let child = child.args(["--exact", name, "--nocapture"]).env(CHILD, "1");
        let output = child.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
        return;
    }
    let kept: Vec<u8> = (0..48).map(|place| byte(place) ^ 0x77).collect();
    assert!(copies(&pattern(48, 0x77)) > 0, "the search finds what is kept");
    drop(black_box(kept));
    for length in [24, 64] {
        let (done, wait) = mpsc::channel();
        let (exit, parked) = mpsc::channel::<()>();
        // The thread stays, so that nothing overwrites its stack.
        let user = thread::spawn(move || {
            use_key(length);
            done.send(()).unwrap();
            let _ = parked.recv();
        });
        wait.recv().unwrap();
        for (pad, what) in [(0, "key"), (0x36, "inner padded key"), (0x5c, "outer padded key")] {
            let left = copies(&pattern(length, pad));
            println!("{length} bytes: {left} copies of the {what}");
            // An optimized build of `hmac` leaves the padded key on the stack until that is used again.
            assert!(left == 0 || pad != 0 && !cfg!(debug_assertions), "{what} of {length} bytes");
        }
        drop(exit);
        user.join().unwrap();
    }
}

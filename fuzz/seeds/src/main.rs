//! Writes the seeds of the fuzz targets to `fuzz/corpus`: `cargo run -p online-contact-fuzz-seeds`, in `fuzz/`.
//!
//! The seeds come from the published vectors and from the examples of the documentation. `.ci/fuzz` runs
//! this program first.

mod captures;
mod envelopes;
mod lookups;
mod verifications;

use std::error::Error;
use std::fs;
use std::path::Path;

use serde::Deserialize;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// Two blocks of SHA-256. Longer bodies find nothing more.
const LONGEST_BODY: usize = 128;

#[derive(Deserialize)]
struct Vector {
    name: String,
    key: String,
    scheme: String,
    now_ms: i64,
    request_uri: String,
    headers: Vec<(String, String)>,
    body_base64: String,
}

/// A name and an input.
type Seed = (String, Vec<u8>);

fn main() -> Result<(), Box<dyn Error>> {
    let vectors = fs::read(Path::new(HERE).join("../../tests/vectors/requests.json"))?;
    let vectors: Vec<Vector> = serde_json::from_slice(&vectors)?;
    write("verify", verifications::seeds(&vectors))?;
    write("lookup", lookups::seeds(&vectors))?;
    write("envelope", envelopes::seeds())?;
    write("captured", captures::seeds())
}

fn write(target: &str, seeds: Vec<Seed>) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(HERE).join("../corpus").join(target);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for (name, seed) in &seeds {
        fs::write(folder.join(file_name(name)), seed)?;
    }
    Ok(())
}

fn named((name, text): (&str, String)) -> Seed {
    (name.to_owned(), text.into_bytes())
}

fn file_name(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).take(12).collect();
    words.join("-").to_lowercase()
}

fn from_base64(text: &str) -> Vec<u8> {
    let alphabet = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']);
    let alphabet: Vec<_> = alphabet.collect();
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.chars().filter_map(|digit| alphabet.iter().position(|&known| known == digit))
    {
        bits = bits << 6 | digit as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

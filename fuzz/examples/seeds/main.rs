//! Writes the committed seeds: `cargo run --example seeds`, in `fuzz/`.
//!
//! They are made from the published vectors and from what the documents give as examples. The same
//! seeds come out each time, and each is run once, so that none that fails is ever written.

mod captures;
mod contracts;
mod heads;
mod lookups;
mod verifications;

use std::error::Error;
use std::fs;
use std::path::Path;

use serde::Deserialize;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// Longer bodies teach the fuzzer nothing, and this is room for two blocks of SHA-256.
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
    expect: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let vectors = fs::read(Path::new(HERE).join("../tests/vectors/requests.json"))?;
    let vectors: Vec<Vector> = serde_json::from_slice(&vectors)?;
    write("head", online_contact_fuzz::head::run, heads::seeds(&vectors))?;
    write("verification", online_contact_fuzz::verification::run, verifications::seeds(&vectors))?;
    write("lookup", online_contact_fuzz::lookup::run, lookups::seeds(&vectors))?;
    write("contract", online_contact_fuzz::contract::run, contracts::seeds())?;
    write("captured", online_contact_fuzz::captured::run, captures::seeds())
}

/// A name and an input.
type Seed = (String, Vec<u8>);

fn write(target: &str, run: fn(&[u8]), seeds: Vec<Seed>) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(HERE).join("corpus").join(target);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for (name, seed) in &seeds {
        run(seed);
        fs::write(folder.join(file_name(name)), seed)?;
    }
    println!("{target}: {} seeds", fs::read_dir(&folder)?.count());
    Ok(())
}

fn named((name, text): (&str, String)) -> Seed {
    (name.to_owned(), text.into_bytes())
}

fn file_name(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-").to_lowercase()
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

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

use online_contact_test_kit::vectors;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// Two blocks of SHA-256. Longer bodies find nothing more.
const LONGEST_BODY: usize = 128;

/// A name and an input.
type Seed = (String, Vec<u8>);

fn main() -> Result<(), Box<dyn Error>> {
    let vectors = vectors::all();
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

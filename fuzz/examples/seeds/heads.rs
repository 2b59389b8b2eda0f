use crate::{Seed, Vector};

/// The vectors whose headers have something to say, and what else a head may have.
pub(crate) fn seeds(vectors: &[Vector]) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for vector in vectors {
        let mut text = format!("now: {}\nuri: {}\n", vector.now_ms, vector.request_uri);
        for (name, value) in &vector.headers {
            text.push_str(&format!("{name}: {value}\n"));
        }
        // Those differ from the vectors that pass in nothing that a head has.
        let of_the_body = vector.expect == "signature_mismatch" || vector.name.contains("boundary");
        if !of_the_body && text.len() < 1024 {
            seeds.push((vector.name.clone(), text.into_bytes()));
        }
    }
    let passes = "X-TC-Timestamp: 1732400000000\n\
        Authorization: YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=\n";
    for more in [
        "limit: 32\nlength: 32",
        "limit: 32\nlength: 33",
        "length: 18446744073709551615",
        "window: 1\nnow: 1732400000001",
        "window: 1\nnow: 1732400000002",
        "window: 9223372036854775807\nnow: -9223372036854775808",
        "window: 9223372036854775807\nnow: 9223372036854775807",
        "now: -9223372036854775808",
        "now: 9223372036854775807",
        "source: known\nHost: acme.example",
        "source: unknown",
        "source: broken",
        "source: silent",
        "source: known\nlimit: 1\nlength: 2",
        "source: broken\nlimit: 1\nlength: 2",
        "x-tc-timestamp: 1732400000000",
        "AUTHORIZATION: ",
    ] {
        seeds.push((more.to_owned(), format!("{passes}{more}\n").into_bytes()));
    }
    seeds
}

use crate::{LONGEST_BODY, Seed, Vector, from_base64};

const MORE: &[&str] = &[
    "chunks: 1",
    "chunks: 0,5,0,64",
    "chunks: 63,1,64",
    "key: a\nkey: b\nkey: c\nsigner: 1",
    "key: a\nkey: a\nsigner: 1",
    "key: a\nkey: b\nkey: c\nkey: d\nkey: e\nkey: f\nsigner: 5\nchunks: 7",
    "key: a\nsigner: 9\nstranger: b",
    "limit: 32\nchunks: 31",
    "limit: 31\nchunks: 31",
    "budget: 31\nchunks: 3",
    "budget: 31\nlimit: 31",
    "move: 1",
    "move: -1",
    "move: -13",
    "flip-body: 0",
    "flip-body: 255",
    "flip-time: 100",
    "flip-tag: 0",
    "flip-tag: 343",
    "scheme: uri_body_time\nflip-uri: 14",
    "scheme: uri_body_time\nother-uri: /customer?x=1",
    "scheme: body_time\nother-uri: /elsewhere",
    "timestamp: 1732399700000",
    "timestamp: 1732399699999",
    "timestamp: 1732400300001",
    "timestamp: -1",
];

/// The vectors with a body of some length, and what else may happen on the way.
pub(crate) fn seeds(vectors: &[Vector]) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for vector in vectors {
        let body = from_base64(&vector.body_base64);
        let name = &vector.name;
        if body.len() > LONGEST_BODY || name.contains("malformed") || name.contains("numeric") {
            continue;
        }
        let Vector { key, scheme, request_uri, .. } = vector;
        let mut seed = format!("key: {key}\nscheme: {scheme}\nuri: {request_uri}\n").into_bytes();
        for (header, value) in &vector.headers {
            match header.to_ascii_lowercase().as_str() {
                "authorization" => seed.extend(format!("authorization: {value}\n").into_bytes()),
                _ => seed.extend(format!("timestamp: {value}\n").into_bytes()),
            }
        }
        seed.push(b'\n');
        seed.extend(body);
        seeds.push((name.clone(), seed));
    }
    for more in MORE {
        let seed = format!("{more}\n\n{{\"callNum\":\"1\",\"nation\":\"korea\"}}");
        seeds.push(((*more).to_owned(), seed.into_bytes()));
    }
    let digits = "move: 3\nkey: bf7769e5321448de88838cdb\n\n{}100";
    seeds.push(("digits-at-the-end".to_owned(), digits.into()));
    seeds
}

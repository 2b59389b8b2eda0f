use online_contact_test_kit::vectors::Vector;

use crate::{LONGEST_BODY, Seed};

/// Fields of inputs whose body is a lookup. `src/verify.rs` describes them.
const FIELDS: &[&str] = &[
    // How the body arrives.
    "chunks: 1",
    "chunks: 0,5,0,64",
    "chunks: 63,1,64",
    "script: pause,3,pause,5,pause,empty,1",
    "script: 9,stall",
    "script: 9,error",
    "script: 9,end\nlength: 32",
    "script: 9,end",
    "length: 32",
    "length: 33",
    "length: 31",
    "script: pause,3,pause,5,pause\nchunks: 1\ndrop: 3",
    "script: stall\ndrop: 1",
    // The limit and the budget.
    "limit: 32\nchunks: 31",
    "limit: 31\nchunks: 31",
    "limit: 32\nlength: 33",
    "length: 18446744073709551615",
    "times: 2048\nchunks: 4096",
    "times: 256\nbudget: 0",
    "times: 257\nbudget: 0\nchunks: 1024",
    "times: 600\nbudget: 11008",
    "times: 600\nbudget: 11007\nchunks: 1000\nscript: pause",
    "budget: 0",
    // Keys, sources and guards.
    "key: a\nkey: b\nkey: c\nsigner: 1",
    "key: a\nkey: a\nsigner: 1",
    "key: a\nkey: b\nkey: c\nkey: d\nkey: e\nkey: f\nsigner: 5\nchunks: 7",
    "key: a\nsigner: 9\nother-key: b",
    "source: known",
    "source: late",
    "source: unknown",
    "source: broken",
    "source: stall",
    "source: stall\ndrop: 1",
    "source: late\nlimit: 1\nlength: 2",
    "source: broken\nlimit: 1\nlength: 2",
    "guard: memory",
    "guard: late",
    "guard: late\ndrop: 1",
    "guard: late\ndrop: 2",
    "guard: full",
    "guard: broken",
    "guard: stall",
    "guard: broken\nlenient: yes",
    "guard: stall\nlenient: yes",
    // What happens to the signed request.
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
    "unsigned: yes",
    // The clock.
    "timestamp: 1732399700000",
    "timestamp: 1732399699999",
    "timestamp: 1732400300001",
    "timestamp: -1",
    "window: 1\nnow: 1732400000001",
    "window: 1\nnow: 1732400000002",
    "window: 9223372036854775807\nnow: -9223372036854775808",
    "window: 9223372036854775807\nnow: 9223372036854775807",
    "now: -9223372036854775808",
    "now: 9223372036854775807",
];

/// The vectors, and other requests.
pub(crate) fn seeds(vectors: &[Vector]) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for vector in vectors {
        let request = vector.request();
        let (key, scheme, now) = (&vector.key, vector.scheme(), vector.now());
        let mut seed = format!(
            "key: {key}\nscheme: {scheme}\nnow: {now}\nuri: {}\nunsigned: yes\n",
            request.target
        );
        for (name, value) in &request.headers {
            seed.push_str(&format!("{name}: {}\n", String::from_utf8_lossy(value)));
        }
        let body = request.body;
        if body.len() <= LONGEST_BODY && seed.len() < 1024 {
            seeds.push((vector.name.clone(), [seed.as_bytes(), b"\n", &body].concat()));
        }
    }
    for fields in FIELDS {
        let seed = format!("{fields}\n\n{{\"callNum\":\"1\",\"nation\":\"korea\"}}");
        seeds.push(((*fields).to_owned(), seed.into_bytes()));
    }
    let digits = "move: 3\nkey: bf7769e5321448de88838cdb\n\n{}100";
    seeds.push(("digits-at-the-end".to_owned(), digits.into()));
    seeds
}

//! MACs that are not made of a key, a prefix, a body and an ending: arguments swapped, a hash of the
//! message signed, a derived key, and the recipe of the vendor's Open API.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::candidates::{Candidates, Opening};
use super::effort::Stop;
use super::mac::{Hash, MacState, Mode};
use super::mistake::{Mistake, Side, Step, mistakes};
use super::space::Space;
use crate::lang::Words;

/// The organization ID in the vendor's sample code for its Open API.
const SAMPLE_ORGANIZATION: &str = "WopqM8euoYw89B7i";

/// A longer body is not hashed for these.
const LONGEST: usize = 1024 * 1024;

const ADVICE: Words = Words::fixed(
    "Compute HMAC-SHA256 once: the key as the key, the body and the timestamp as the message. Check the \
     order of the arguments in your library.",
    "HMAC-SHA256을 한 번만 계산하십시오. 키는 키로, 본문과 타임스탬프는 메시지로 넣습니다. 라이브러리의 인수 \
     순서를 확인하십시오.",
);

mistakes! { Sender, ADVICE:
    SWAPPED = "mac_swapped", "key and message are swapped", "키와 메시지의 순서가 바뀜";
    HASHED_MESSAGE = "mac_over_hash", "the HMAC of a hash of the message", "메시지의 해시로 계산한 HMAC";
    DERIVED_KEY = "mac_derived_key", "the HMAC under a key that is itself an HMAC", "HMAC으로 만든 키로 계산한 HMAC";
}

pub(super) static OPEN_API: Mistake = Mistake {
    id: "open_api_recipe",
    side: Side::Sender,
    what: Words::fixed(
        "the recipe of the vendor's Open API (organization ID, URI, sorted values, time), which is not \
         that of the customer-data lookup",
        "고객정보 연동이 아니라 Open API의 방식(조직 ID, URI, 정렬한 값, 시간)",
    ),
    advice: Words::fixed(
        "The Open API (서비스 Key) and the customer-data lookup (암호화 키) have different keys and \
         recipes. For the lookup, sign the body and the timestamp with the 암호화 키 of its API settings.",
        "Open API(서비스 Key)와 고객정보 연동(암호화 키)은 키도 방식도 다릅니다. 고객정보 연동에서는 API \
         설정의 암호화 키로 본문과 타임스탬프에 서명하십시오.",
    ),
};

/// Tries all of them with the right key and message.
pub(super) fn all<'a>(
    space: &Space<'a>,
    hash: Hash,
    right: &Opening<'a>,
    candidates: &mut Candidates<'a>,
) -> Result<(), Stop> {
    let Some(suffix) = space.suffixes_of(right.prefix).first() else { return Ok(()) };
    let (key, prefix, time) =
        (&right.key.bytes[..], &right.prefix.form.bytes[..], &suffix.bytes[..]);
    if space.body.len() > LONGEST {
        candidates.leave_out();
        return Ok(());
    }
    let mac = |key: &[u8], message: &[u8]| {
        let mut state = MacState::new(hash, Mode::Hmac, key);
        state.update(message);
        state.finish()
    };
    let step = |mistake: &'static Mistake| vec![Step::from(mistake)];
    let body = [prefix, space.body].concat();
    let message = [&body[..], time].concat();
    candidates.before_other(message.len())?;
    candidates.other(&mac(&message, key), step(&SWAPPED))?;
    candidates.before_other(message.len())?;
    let hashed = digest(&SHA256, &message);
    for text in [
        hex::encode(hashed.as_ref()).into_bytes(),
        hashed.as_ref().to_vec(),
        STANDARD.encode(hashed.as_ref()).into_bytes(),
        STANDARD.encode(&message).into_bytes(),
    ] {
        candidates.other(&mac(key, &text), step(&HASHED_MESSAGE))?;
    }
    candidates.before_other(body.len())?;
    for (first, second) in [(time, &body[..]), (&body[..], time)] {
        let derived = mac(key, first);
        candidates.other(&mac(&derived, second), step(&DERIVED_KEY))?;
        let derived = hex::encode(&derived);
        candidates.other(&mac(derived.as_bytes(), second), step(&DERIVED_KEY))?;
    }
    for message in open_api(space, time) {
        candidates.other(&mac(key, &message), step(&OPEN_API))?;
    }
    Ok(())
}

/// The messages of the Open API: without the organization ID, with the sample's, and with the one given.
fn open_api(space: &Space<'_>, time: &[u8]) -> Vec<Vec<u8>> {
    let Some(target) = space.target else { return Vec::new() };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let organizations = [space.organization, Some(SAMPLE_ORGANIZATION), Some("")];
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let query: BTreeMap<String, String> =
        query.map(|(name, value)| (decoded(name), decoded(value))).collect();
    let fields: BTreeMap<String, Value> = serde_json::from_slice(space.body).unwrap_or_default();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let values = [
        query.values().cloned().collect::<Vec<_>>().join("&").into_bytes(),
        fields.values().map(text).collect::<Vec<_>>().join("&").into_bytes(),
        fields.values().map(text).collect::<String>().into_bytes(),
        space.body.to_vec(),
    ];
    let mut all = Vec::new();
    for organization in organizations.into_iter().flatten() {
        for path in [path, path.trim_start_matches('/')] {
            for values in &values {
                all.push([organization.as_bytes(), path.as_bytes(), values, time].concat());
            }
        }
    }
    all
}

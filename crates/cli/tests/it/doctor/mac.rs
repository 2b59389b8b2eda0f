//! HMAC-SHA256, and right and wrong comparisons.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;

use super::fault::Fault;
use crate::support::KEY;

/// The MAC of the bytes that a server verifies.
pub(crate) fn mac(parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// The bytes that the server signs instead of the body.
pub(crate) fn signed_body(fault: Fault, body: &[u8]) -> Vec<u8> {
    match fault {
        Fault::LossyDecoding => String::from_utf8_lossy(body).into_owned().into_bytes(),
        Fault::Reserialises => serde_json::from_slice::<serde_json::Value>(body)
            .map_or_else(|_| body.to_vec(), |value| value.to_string().into_bytes()),
        Fault::Trims => body.trim_ascii().to_vec(),
        _ => body.to_vec(),
    }
}

/// Whether the header's value is the MAC.
pub(crate) fn matches(fault: Fault, given: &str, mac: &[u8; 32]) -> bool {
    let expected = STANDARD.encode(mac);
    match fault {
        Fault::ComparesPrefix => expected.starts_with(given),
        Fault::ComparesStart => given.starts_with(&expected),
        Fault::ComparesFirstBytes => {
            STANDARD.decode(given).is_ok_and(|given| given.get(..16) == mac.get(..16))
        }
        Fault::IgnoresCase => expected.eq_ignore_ascii_case(given),
        Fault::TakesHex => given == expected || given == hex::encode(mac),
        Fault::TakesAnyBase64 => decode_anything(given) == mac,
        Fault::TakesBearer => given.trim_start_matches("Bearer ") == expected,
        Fault::FirstOfList => given.split(',').next() == Some(&*expected),
        _ => given == expected,
    }
}

fn decode_anything(given: &str) -> Vec<u8> {
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, config);
    engine.decode(given.replace('-', "+").replace('_', "/")).unwrap_or_default()
}

//! The keys of the server.

use online_contact::KeyRing;
use online_contact_test_kit::rotation;

/// The label of the key that is never replaced.
pub(crate) const STANDING: &str = "standing";

/// Returns the key ring of the keys with these labels and the permanent one.
pub(crate) fn ring<'a>(labels: impl IntoIterator<Item = &'a str>) -> KeyRing {
    rotation::ring(std::iter::once(STANDING).chain(labels))
}

//! Response envelopes: see `online_contact_fuzz::envelope`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| online_contact_fuzz::envelope::run(data));

//! Whole verifications: see `online_contact_fuzz::verify`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| online_contact_fuzz::verify::run(data));

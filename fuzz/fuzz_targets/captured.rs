//! Captured requests: see `online_contact_fuzz::captured`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| online_contact_fuzz::captured::run(data));

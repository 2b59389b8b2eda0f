//! Lookups: see `online_contact_fuzz::lookup`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| online_contact_fuzz::lookup::run(data));

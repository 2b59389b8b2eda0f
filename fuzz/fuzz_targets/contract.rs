//! The judging of answers: see `online_contact_fuzz::contract`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| online_contact_fuzz::contract::run(data));

//! The checks on a request's head: see `online_contact_fuzz::head`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| online_contact_fuzz::head::run(data));

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lanh_catalog::fuzzing::shortcuts(bytes));

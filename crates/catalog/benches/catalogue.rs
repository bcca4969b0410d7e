//! How long a lookup in the shipped catalogue takes.
#![allow(missing_docs, reason = "a bench has no readers of its documentation")]

use criterion::{Criterion, criterion_group, criterion_main};
use lanh_catalog::{Catalogue, Key};
use std::hint::black_box;

fn lookups(criterion: &mut Criterion) {
    let catalogue = Catalogue::shipped();
    criterion.bench_function("catalogue: a Steam id", |bench| {
        bench.iter(|| catalogue.find(Key::Steam, black_box("252490")));
    });
    criterion.bench_function("catalogue: a desktop id that is not there", |bench| {
        bench.iter(|| catalogue.find(Key::Desktop, black_box("org.example.Nothing")));
    });
    criterion.bench_function("catalogue: a Windows path", |bench| {
        bench.iter(|| {
            catalogue
                .program_file(Key::Windows, black_box("C:\\Games\\Genshin Impact game\\GenshinImpact.exe"))
        });
    });
}

criterion_group!(benches, lookups);
criterion_main!(benches);

//! `lanh-catalogue`: makes the catalogue of programs from its sources, and shows what is in one. Run by
//! `cargo xtask catalog`, which fetches the sources.

mod appstream;
mod detectable;
mod hand;

use clap::{Parser, Subcommand};
use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use lanh_catalog::{
    Basis, Builder, Catalogue, CatalogueError, Entry, Header, PublicKey, SourceOfFacts, check,
};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Makes the catalogue of programs, and shows what is in one.
#[derive(Parser)]
#[command(name = "lanh-catalogue")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make a catalogue from the sources.
    Make(Make),
    /// Write a new secret key into a file of your own and print its public key.
    NewKey {
        /// The file, which must not exist.
        file: PathBuf,
    },
    /// Say where a catalogue is from and what is in it.
    Show {
        /// The catalogue.
        file: PathBuf,
    },
}

#[derive(clap::Args)]
struct Make {
    /// The hand-kept list (TOML).
    #[arg(long)]
    hand: PathBuf,
    /// `detectable.json` of arrpc-bun.
    #[arg(long)]
    detectable: PathBuf,
    /// The version of arrpc-bun.
    #[arg(long)]
    detectable_version: String,
    /// AppStream components of Debian (DEP-11, gzip).
    #[arg(long, required = true)]
    appstream: Vec<PathBuf>,
    /// Which Debian they are of.
    #[arg(long)]
    appstream_version: String,
    /// The edition: the day as YYYYMMDD and two digits more.
    #[arg(long)]
    version: u64,
    /// The file with the secret key, as 64 hexadecimal digits.
    #[arg(long)]
    key: PathBuf,
    /// Where to write the catalogue.
    #[arg(long)]
    out: PathBuf,
}

/// Why there is no catalogue.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path}: {reason}")]
    Source { path: PathBuf, reason: String },
    #[error("{0} holds no secret key: 64 hexadecimal digits, as `new-key` writes them")]
    Key(PathBuf),
    #[error("the catalogue cannot be made: {0}")]
    Catalogue(#[from] CatalogueError),
    #[error("no random numbers: {0}")]
    Random(String),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Make(options) => make(&options),
        Task::NewKey { file } => new_key(&file),
        Task::Show { file } => show(&file),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("lanh-catalogue: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|source| Failure::File { path: path.to_owned(), source })
}

fn make(options: &Make) -> Result<(), Failure> {
    let mut builder = Builder::default();
    let mut take = |path: &Path, name: &str, version: &str, licence: &str, basis, read_entries: Reader| {
        let bytes = read(path)?;
        let source = builder.source(SourceOfFacts {
            name: name.to_owned(),
            version: version.to_owned(),
            licence: licence.to_owned(),
            sha256: HEXLOWER.encode(&Sha256::digest(&bytes)),
            basis,
            programs: 0,
        });
        let entries =
            read_entries(&bytes).map_err(|reason| Failure::Source { path: path.to_owned(), reason })?;
        for entry in entries {
            builder.add(source, entry);
        }
        Ok::<(), Failure>(())
    };
    let (hand, licence) = ("Lanh's own list", "MIT OR Apache-2.0");
    take(&options.hand, hand, &options.version.to_string(), licence, Basis::Known, hand::entries)?;
    for list in &options.appstream {
        let licence = "each component's metadata_license (FSFAP, CC0-1.0, MIT and the like)";
        let name = "AppStream components of Debian (DEP-11)";
        take(list, name, &options.appstream_version, licence, Basis::Read, appstream::entries)?;
    }
    let name = "npm package arrpc-bun, detectable.json (Discord's list of detectable applications)";
    take(&options.detectable, name, &options.detectable_version, "MIT", Basis::Read, detectable::entries)?;
    let text = String::from_utf8_lossy(&read(&options.key)?).into_owned();
    let secret = HEXLOWER.decode(text.trim().as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    let key = SigningKey::from_bytes(&secret.ok_or_else(|| Failure::Key(options.key.clone()))?);
    let file = builder.finish(options.version, &key)?;
    fs::write(&options.out, &file).map_err(|source| Failure::File { path: options.out.clone(), source })?;
    println!("public key {}", HEXLOWER.encode(key.verifying_key().as_bytes()));
    show(&options.out)
}

/// Reads the entries of a source.
type Reader = fn(&[u8]) -> Result<Vec<Entry>, String>;

fn new_key(path: &Path) -> Result<(), Failure> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| Failure::Random(error.to_string()))?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| writeln!(file, "{}", HEXLOWER.encode(&secret)))
        .map_err(|source| Failure::File { path: path.to_owned(), source })?;
    println!("{}", HEXLOWER.encode(SigningKey::from_bytes(&secret).verifying_key().as_bytes()));
    Ok(())
}

fn show(path: &Path) -> Result<(), Failure> {
    let bytes = read(path)?;
    let keys: Vec<PublicKey> = PublicKey::shipped().into_iter().collect();
    let trusted = check(&mut bytes.as_slice(), &keys).is_ok();
    let length = bytes.len();
    let catalogue = Catalogue::open(bytes)?;
    let Header { version, programs, sources, .. } = catalogue.header();
    println!(
        "edition {version}: {programs} programs, {} keys, {length} bytes, {}",
        catalogue.keys(),
        if trusted {
            "signed by the key that ships with Lanh"
        } else {
            "not signed by the key that ships with Lanh"
        }
    );
    for source in sources {
        println!(
            "  {}, {}: {} programs, {:?}, {}, sha256 {}",
            source.name, source.version, source.programs, source.basis, source.licence, source.sha256
        );
    }
    Ok(())
}

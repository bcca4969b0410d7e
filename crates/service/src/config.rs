//! The machine's own configuration: how the service works, never what the limits are.

use lanh_catalog::PublicKey;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the configuration is if nobody says otherwise.
pub(crate) const DEFAULT_PATH: &str = "/etc/lanh/lanhd.toml";

/// What can be configured. Every value has a default; an unknown name is an error.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Seconds between two looks at every process, the net below the kernel's reports, 1 to 3,600;
    /// absent: 60 where the kernel reports processes, 1 where it does not.
    pub(crate) scan_seconds: Option<u64>,
    /// How long the gate may look at a file that it does not know, in milliseconds, 50 to 5,000.
    pub(crate) gate_deadline_milliseconds: u64,
    /// Refuse, rather than allow, what could not be judged in time.
    pub(crate) gate_refuses_overdue: bool,
    /// Backups to keep: the newest of each of the last so many days that have one, 1 to 60.
    pub(crate) backup_days: u64,
    /// And the newest of each of the last so many weeks, 0 to 52.
    pub(crate) backup_weeks: u64,
    /// The public key of whoever else may sign catalogues of programs: 64 hexadecimal digits.
    pub(crate) catalogue_key: Option<String>,
    /// What is logged, as in `info` or `lanh_service=debug,info`.
    pub(crate) log: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            scan_seconds: None,
            gate_deadline_milliseconds: 2_000,
            gate_refuses_overdue: false,
            backup_days: 7,
            backup_weeks: 4,
            catalogue_key: None,
            log: "info".to_owned(),
        }
    }
}

/// Why a configuration cannot be taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} is no valid configuration: {reason}")]
    Syntax { path: PathBuf, reason: String },
    #[error("{path}: {name} must be {range}, not {value}")]
    Range { path: PathBuf, name: &'static str, range: &'static str, value: u64 },
    #[error(
        "{path}: catalogue_key must be 64 hexadecimal digits, as `cargo xtask catalog --new-key` prints them"
    )]
    Key { path: PathBuf },
    #[error("{path}: log = {value:?} is no log filter: {reason}")]
    Log { path: PathBuf, value: String, reason: String },
}

impl Config {
    /// Reads the file; a missing one is an error only if `must_exist`.
    pub(crate) fn load(path: &Path, must_exist: bool) -> Result<Self, ConfigError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(path, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => Ok(Self::default()),
            Err(source) => Err(ConfigError::Read { path: path.to_owned(), source }),
        }
    }

    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::Syntax {
            path: path.to_owned(),
            reason: error.to_string().trim().to_owned(),
        })?;
        let within = |name, value, range: std::ops::RangeInclusive<u64>, words| {
            if range.contains(&value) {
                Ok(())
            } else {
                Err(ConfigError::Range { path: path.to_owned(), name, range: words, value })
            }
        };
        within("scan_seconds", config.scan_seconds.unwrap_or(60), 1..=3_600, "1 to 3,600")?;
        within("gate_deadline_milliseconds", config.gate_deadline_milliseconds, 50..=5_000, "50 to 5,000")?;
        within("backup_days", config.backup_days, 1..=60, "1 to 60")?;
        within("backup_weeks", config.backup_weeks, 0..=52, "0 to 52")?;
        if config.catalogue_key.is_some() && config.catalogue_key().is_none() {
            return Err(ConfigError::Key { path: path.to_owned() });
        }
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&config.log) {
            return Err(ConfigError::Log {
                path: path.to_owned(),
                value: config.log,
                reason: error.to_string(),
            });
        }
        Ok(config)
    }

    pub(crate) fn catalogue_key(&self) -> Option<PublicKey> {
        PublicKey::parse(self.catalogue_key.as_deref()?)
    }

    pub(crate) fn gate_deadline(&self) -> Duration {
        Duration::from_millis(self.gate_deadline_milliseconds)
    }

    pub(crate) fn rotation(&self) -> lanh_store::Rotation {
        let count = |number| usize::try_from(number).unwrap_or(usize::MAX);
        lanh_store::Rotation { daily: count(self.backup_days), weekly: count(self.backup_weeks) }
    }

    pub(crate) fn scan_every(&self) -> Option<Duration> {
        self.scan_seconds.map(Duration::from_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let error = Config::parse(Path::new("lanhd.toml"), text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(Config::parse(Path::new("lanhd.toml"), "").unwrap(), Config::default());
    }

    #[test]
    fn nonsense_is_named() {
        check("idle_after = 3", "unknown field");
        check("scan_seconds = 0", "1 to 3,600, not 0");
        check("scan_seconds = -1", "invalid value");
        check("gate_deadline_milliseconds = 9999999", "50 to 5,000");
        check("backup_days = 0", "1 to 60, not 0");
        check("backup_weeks = 53", "0 to 52");
        check("log = \"a=b=c\"", "no log filter");
        check("catalogue_key = \"abc\"", "64 hexadecimal digits");
        check("log = [", "no valid configuration");
    }

    #[test]
    fn a_missing_file_is_an_error_only_if_it_was_named() {
        let nowhere = Path::new("/nonexistent/lanhd.toml");
        assert_eq!(Config::load(nowhere, false).unwrap(), Config::default());
        assert!(matches!(Config::load(nowhere, true), Err(ConfigError::Read { .. })));
    }
}

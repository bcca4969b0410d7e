//! The command line of the service.

use clap::Parser;
use std::path::PathBuf;

/// The service of Lanh: keeps the limits that guardians set.
#[derive(Clone, Debug, Parser)]
#[command(name = "lanhd", version, about, max_term_width = 100)]
pub struct Options {
    /// Folder of the encrypted database and its backups [default: /var/lib/lanh, in user mode
    /// ~/.local/state/lanh].
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,

    /// Socket to listen on [default: /run/lanh/lanhd.sock, in user mode $XDG_RUNTIME_DIR/lanh/lanhd.sock].
    #[arg(long, value_name = "PATH")]
    pub socket: Option<PathBuf>,

    /// Configuration file [default: /etc/lanh/lanhd.toml if it exists].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Supervise the current user only: programs are noticed and ended, not refused. Without root this is
    /// the only mode.
    #[arg(long)]
    pub user: bool,

    /// Check the configuration file and leave.
    #[arg(long)]
    pub check_config: bool,

    /// Let every paused program run on, and leave. For when the service is stopped for good.
    #[arg(long)]
    pub release_holds: bool,
}

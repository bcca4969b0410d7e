//! The transport on Unix: a stream socket in a folder that only the service's account can write to.

use crate::error::{BindError, ClientError};
use crate::frame::HELLO_DEADLINE;
use crate::server::{Mode, Peer};
use nix::sys::socket::{getsockopt, sockopt};
use std::fs::{DirBuilder, File, Permissions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::net::{UnixListener, UnixStream};

/// The pause before knocking again at a socket whose queue is full.
const QUEUE_FULL: Duration = Duration::from_millis(10);

pub(crate) type Stream = UnixStream;
pub(crate) type ReadHalf = tokio::net::unix::OwnedReadHalf;
pub(crate) type WriteHalf = tokio::net::unix::OwnedWriteHalf;

pub(crate) fn split(stream: Stream) -> (ReadHalf, WriteHalf) {
    stream.into_split()
}

#[derive(Debug)]
pub(crate) struct Socket {
    listener: UnixListener,
    path: PathBuf,
    /// Held as long as the socket lives: who has it may replace what lies at the path.
    _lock: File,
}

impl Socket {
    pub(crate) fn bind(path: &Path, mode: Mode) -> Result<Self, BindError> {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let (folder_mode, socket_mode) = match mode {
            Mode::System => (0o755, 0o666),
            Mode::User => (0o700, 0o600),
        };
        make_folder(folder)?;

        let lock_path = path.with_extension("lock");
        let lock = File::create(&lock_path).map_err(failed(&lock_path))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => BindError::AlreadyRunning(path.to_owned()),
            TryLockError::Error(source) => BindError::Io { path: lock_path, source },
        })?;

        match std::fs::symlink_metadata(path) {
            Ok(old) if !old.file_type().is_socket() => return Err(BindError::NotASocket(path.to_owned())),
            Ok(_) => {
                // The lock says that no service of this program lives; the socket may still be another's.
                if std::os::unix::net::UnixStream::connect(path).is_ok() {
                    return Err(BindError::AlreadyRunning(path.to_owned()));
                }
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(BindError::Io { path: path.to_owned(), source }),
        }

        // Under another name until its mode is right, so that it is never open wider than meant.
        let fresh = path.with_extension("new");
        match std::fs::remove_file(&fresh) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(&fresh)(error)),
            _ => {}
        }
        let listener = UnixListener::bind(&fresh).map_err(failed(&fresh))?;
        std::fs::set_permissions(&fresh, Permissions::from_mode(socket_mode)).map_err(failed(&fresh))?;
        std::fs::rename(&fresh, path).map_err(failed(path))?;
        std::fs::set_permissions(folder, Permissions::from_mode(folder_mode)).map_err(failed(folder))?;
        Ok(Self { listener, path: path.to_owned(), _lock: lock })
    }

    pub(crate) async fn accept(&self) -> std::io::Result<(Stream, Peer)> {
        loop {
            let stream = match self.listener.accept().await {
                Ok((stream, _)) => stream,
                // The client was gone before it was accepted.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
                Err(error) => return Err(error),
            };
            let Ok(credentials) = stream.peer_cred() else { continue };
            let peer = Peer {
                uid: credentials.uid(),
                pid: credentials.pid().and_then(|pid| u32::try_from(pid).ok()),
                #[cfg(target_os = "linux")]
                pidfd: getsockopt(&stream, sockopt::PeerPidfd).ok(),
            };
            return Ok((stream, peer));
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A socket that stays behind is found dead by the next service.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The folder exists afterwards, belongs to this account, and nobody else may write to it.
fn make_folder(folder: &Path) -> Result<(), BindError> {
    match DirBuilder::new().recursive(true).mode(0o700).create(folder) {
        Ok(()) => {}
        Err(error) => return Err(failed(folder)(error)),
    }
    let found = std::fs::symlink_metadata(folder).map_err(failed(folder))?;
    let own = nix::unistd::geteuid().as_raw();
    if !found.is_dir() || found.uid() != own || found.mode() & 0o022 != 0 {
        return Err(BindError::UnsafeFolder(folder.to_owned()));
    }
    Ok(())
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> BindError {
    let path = path.to_owned();
    move |source| BindError::Io { path, source }
}

/// Connects, and hangs up on a server that is neither root's nor of the own account.
pub(crate) async fn connect(path: &Path) -> Result<Stream, ClientError> {
    let first = Instant::now();
    let stream = loop {
        match UnixStream::connect(path).await {
            Ok(stream) => break stream,
            // The queue of the socket is full, as when somebody floods it: the service empties it all the time.
            Err(error) if error.kind() == ErrorKind::WouldBlock && first.elapsed() < HELLO_DEADLINE => {
                tokio::time::sleep(QUEUE_FULL).await;
            }
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
                return Err(ClientError::NotRunning(path.to_owned()));
            }
            Err(error) => return Err(ClientError::Wire(error.into())),
        }
    };
    let uid = stream.peer_cred().map_err(|error| ClientError::Wire(error.into()))?.uid();
    let stranger = || ClientError::Stranger { path: path.to_owned(), uid };
    if uid == 0 {
        // The credentials are root's; the folder must be too, or somebody led us to another service of root.
        let folder = path.parent().unwrap_or(Path::new("/"));
        let found = std::fs::metadata(folder).map_err(|error| ClientError::Wire(error.into()))?;
        if found.uid() != 0 || found.mode() & 0o022 != 0 {
            return Err(ClientError::Stranger { path: path.to_owned(), uid: found.uid() });
        }
    } else if uid != nix::unistd::geteuid().as_raw() {
        return Err(stranger());
    }
    Ok(stream)
}

/// Where a service that runs as root listens.
pub const SYSTEM_SOCKET: &str = "/run/lanh/lanhd.sock";

/// Where the service listens, and clients look for it: the environment's `LANH_SOCKET`, else the system's
/// socket if it exists or this is root, else one in the user's runtime folder.
pub fn default_socket() -> PathBuf {
    if let Some(path) = std::env::var_os("LANH_SOCKET").filter(|path| !path.is_empty()) {
        return path.into();
    }
    let uid = nix::unistd::geteuid();
    let system = Path::new(SYSTEM_SOCKET);
    if uid.is_root() || system.exists() {
        return system.to_owned();
    }
    match std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from) {
        Some(runtime) if runtime.is_absolute() => runtime.join("lanh/lanhd.sock"),
        // Safe though everybody may write to /tmp: both sides check who owns the folder or the socket.
        _ => PathBuf::from(format!("/tmp/lanh-{uid}/lanhd.sock")),
    }
}

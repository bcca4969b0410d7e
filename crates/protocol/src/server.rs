//! The service's half.

use crate::error::{BindError, WireError};
use crate::frame::{FrameReader, FrameWriter, HELLO_DEADLINE};
use crate::message::{ClientKind, FromClient, FromService, Hello, PROTOCOL_VERSION, Role, Welcome};
use crate::os;
use serde::Deserialize;
use std::path::Path;

/// For whom the socket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Every account may connect; what it may do follows from its credentials.
    System,
    /// Only the service's own account.
    User,
}

/// The socket on which the service listens. It is removed when this is dropped.
#[derive(Debug)]
pub struct Listener {
    socket: os::Socket,
}

impl Listener {
    /// Listens at `path`; must be called within a tokio runtime. Its folder is made if it is missing, must
    /// belong to the service's account, and gets mode 0755 ([`Mode::System`]) or 0700. A socket that nobody
    /// listens on is replaced; a lock file beside it (`.lock`) keeps two services apart.
    pub fn bind(path: &Path, mode: Mode) -> Result<Self, BindError> {
        Ok(Self { socket: os::Socket::bind(path, mode)? })
    }

    /// The next client and who it is. An error concerns the listener (for example no free file
    /// descriptor): wait a moment, then go on. Nothing is lost when the future is dropped.
    pub async fn accept(&self) -> std::io::Result<(Connection, Peer)> {
        let (stream, peer) = self.socket.accept().await?;
        Ok((Connection { stream }, peer))
    }
}

/// Who a client is, by the kernel's word at the time of its connect.
#[derive(Debug)]
pub struct Peer {
    /// Its user.
    pub uid: u32,
    /// Its process, if the kernel tells (it does not across pid namespaces).
    pub pid: Option<u32>,
    /// A handle on that process that no other process can inherit; Linux 6.5 and later.
    #[cfg(target_os = "linux")]
    pub pidfd: Option<std::os::fd::OwnedFd>,
}

/// A client that has not said hello yet.
#[derive(Debug)]
pub struct Connection {
    stream: os::Stream,
}

/// The part of every version's hello that never changes.
#[derive(Deserialize)]
struct AnyHello {
    version: u32,
    #[serde(default)]
    client: serde_json::Value,
}

impl Connection {
    /// Waits for the hello (2 seconds) and answers with the version and the role that the service gives
    /// this peer. A client of another version is told ours, then the connection closes.
    pub async fn welcome(self, role: Role) -> Result<(Hello, Reader, Writer), WireError> {
        let (read, write) = os::split(self.stream);
        let mut reader = FrameReader::new(read);
        let mut writer = FrameWriter::new(write);
        let hello: AnyHello = tokio::time::timeout(HELLO_DEADLINE, reader.next())
            .await
            .map_err(|_| WireError::Slow(HELLO_DEADLINE))??
            .ok_or(WireError::Closed)?;
        if hello.version != PROTOCOL_VERSION {
            writer.send(&Welcome { version: PROTOCOL_VERSION, role: Role::Nobody }).await?;
            return Err(WireError::Version(hello.version));
        }
        let client: ClientKind = serde_json::from_value(hello.client)?;
        writer.send(&Welcome { version: PROTOCOL_VERSION, role }).await?;
        Ok((Hello { version: hello.version, client }, Reader { frames: reader }, Writer { frames: writer }))
    }
}

/// Hears a client's questions.
#[derive(Debug)]
pub struct Reader {
    frames: FrameReader<os::ReadHalf>,
}

impl Reader {
    /// The next question; `None` when the client has gone. After an error the connection is of no use.
    /// Nothing is lost when the future is dropped, so it may stand in a `select!`.
    pub async fn next(&mut self) -> Result<Option<FromClient>, WireError> {
        self.frames.next().await
    }
}

/// Tells a client answers and notices.
#[derive(Debug)]
pub struct Writer {
    frames: FrameWriter<os::WriteHalf>,
}

impl Writer {
    /// Sends one frame within 5 seconds. [`WireError::TooLong`] sends nothing and leaves the connection
    /// usable; after any other error, or when the future is dropped half-way, it is of no use.
    pub async fn send(&mut self, message: &FromService) -> Result<(), WireError> {
        self.frames.send(message).await
    }
}

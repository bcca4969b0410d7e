//! The kernel's process connector.

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, recv, send, socket_with,
};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};
use tokio::io::unix::AsyncFd;

/// NETLINK_CONNECTOR, CN_IDX_PROC, CN_VAL_PROC, PROC_CN_MCAST_LISTEN (linux/connector.h, linux/cn_proc.h).
const CONNECTOR: u32 = 11;
const INDEX: u32 = 1;
const VALUE: u32 = 1;
const LISTEN: u32 = 1;
/// Bytes of a netlink header and of a connector header.
const NETLINK_HEADER: usize = 16;
const CONNECTOR_HEADER: usize = 20;
/// The inode of the first pid namespace (PROC_PID_INIT_INO).
const FIRST_NAMESPACE: u64 = 0xEFFF_FFFC;

/// What the connector told about a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// `parent` made the process `child`.
    Forked { parent: u32, child: u32 },
    /// It runs another program.
    Execed(u32),
    /// Its user id changed.
    Uid(u32),
}

pub(crate) struct Connector {
    socket: AsyncFd<OwnedFd>,
}

impl Connector {
    /// Opens and tries it. Must be called inside a tokio runtime.
    pub(crate) fn open() -> Result<Self> {
        let socket = subscribe()?;
        try_it(&socket)?;
        Ok(Self { socket: crate::imp::readable(socket)? })
    }

    /// Waits for changes. `Err` with [`ErrorKind::OutOfMemory`]: some were lost.
    pub(crate) async fn next(&self) -> Result<Vec<Change>> {
        loop {
            let mut ready = self.socket.readable().await?;
            match receive(self.socket.get_ref()) {
                Ok(changes) if changes.is_empty() => {}
                Ok(changes) => return Ok(changes),
                Err(error) if error.kind() == ErrorKind::WouldBlock => ready.clear_ready(),
                Err(error) if error.raw_os_error() == Some(libc::ENOBUFS) => {
                    return Err(ErrorKind::OutOfMemory.into());
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whether it works here; blocks for up to 300 ms.
pub(crate) fn probe() -> Result<()> {
    try_it(&subscribe()?)
}

fn subscribe() -> Result<OwnedFd> {
    use std::os::unix::fs::MetadataExt;
    let namespace = std::fs::metadata("/proc/self/ns/pid")?.ino();
    if namespace != FIRST_NAMESPACE {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "this is a container, and the connector speaks of the host's process numbers",
        ));
    }
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let protocol = rustix::net::Protocol::from_raw(
        std::num::NonZeroU32::new(CONNECTOR).unwrap_or(std::num::NonZeroU32::MIN),
    );
    let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, Some(protocol))?;
    bind(&socket, &SocketAddrNetlink::new(0, INDEX))?;
    let mut message = Vec::with_capacity(40);
    let length = u32::try_from(NETLINK_HEADER + CONNECTOR_HEADER + 4).unwrap_or(0);
    message.extend(length.to_ne_bytes());
    // NLMSG_DONE, no flags, sequence 0, from us.
    message.extend(3u16.to_ne_bytes());
    message.extend([0; 2 + 4 + 4]);
    for field in [INDEX, VALUE, 0, 0] {
        message.extend(field.to_ne_bytes());
    }
    message.extend(4u16.to_ne_bytes());
    message.extend([0; 2]);
    message.extend(LISTEN.to_ne_bytes());
    send(&socket, &message, SendFlags::empty())?;
    Ok(socket)
}

/// Makes a thread and expects to hear of it: some kernels and sandboxes take the subscription and stay silent.
fn try_it(socket: &OwnedFd) -> Result<()> {
    let thread = std::thread::Builder::new().spawn(|| rustix::thread::gettid().as_raw_pid())?;
    let tid = thread.join().map_err(|_| Error::other("a thread could not say its number"))?;
    let deadline = Instant::now() + Duration::from_millis(300);
    let mut buffer = [0; 8192];
    while Instant::now() < deadline {
        match recv(socket, &mut buffer, RecvFlags::empty()) {
            Ok((length, _)) => {
                let heard = messages(buffer.get(..length).unwrap_or_default())
                    .any(|(what, data)| what == FORK && number(data, 24) == u32::try_from(tid).ok());
                if heard {
                    return Ok(());
                }
            }
            Err(rustix::io::Errno::AGAIN) => std::thread::sleep(Duration::from_millis(2)),
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::new(
        ErrorKind::Unsupported,
        "the process connector takes the subscription but reports nothing",
    ))
}

fn receive(socket: &OwnedFd) -> Result<Vec<Change>> {
    let mut buffer = [0; 8192];
    let (length, _) = recv(socket, &mut buffer, RecvFlags::empty())?;
    Ok(messages(buffer.get(..length).unwrap_or_default())
        .filter_map(|(what, data)| change(what, data))
        .collect())
}

const FORK: u32 = 0x1;
const EXEC: u32 = 0x2;
const UID: u32 = 0x4;

/// The events in a datagram: their kind, and the event from its kind on.
fn messages(datagram: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        let length = usize::try_from(number(rest, 0)?).ok()?;
        let message = rest.get(..length)?;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        let event = message.get(NETLINK_HEADER + CONNECTOR_HEADER..)?;
        Some((number(event, 0)?, event))
    })
}

/// Kind, processor, time stamp (16 bytes), then numbers by kind.
fn change(what: u32, event: &[u8]) -> Option<Change> {
    // Two numbers each: a thread and its process; the second is what counts.
    let second = number(event, 20)?;
    match what {
        // parent thread, parent, child thread, child; a new thread has its process as child.
        FORK => {
            let (thread, child) = (number(event, 24)?, number(event, 28)?);
            (thread == child).then_some(Change::Forked { parent: second, child })
        }
        EXEC => Some(Change::Execed(second)),
        UID => Some(Change::Uid(second)),
        _ => None,
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

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

/// Two subscriptions, filtered in the kernel: what must be looked at at once, and new processes, of which a
/// desktop makes hundreds a minute that concern nobody here and that can wait for each other.
pub(crate) struct Connector {
    urgent: AsyncFd<OwnedFd>,
    forks: AsyncFd<OwnedFd>,
}

impl Connector {
    /// Opens and tries it. Must be called inside a tokio runtime.
    pub(crate) fn open() -> Result<Self> {
        let urgent = subscribe()?;
        try_it(&urgent)?;
        let forks = subscribe()?;
        attach(&urgent, &urgent_changes())?;
        attach(&forks, &new_processes())?;
        // Both hold what came before their filter; nothing of it was asked for.
        while receive(&urgent).is_ok() {}
        while receive(&forks).is_ok() {}
        Ok(Self { urgent: crate::imp::readable(urgent)?, forks: crate::imp::readable(forks)? })
    }

    /// Waits for programs that start and accounts that change. `Err` with [`ErrorKind::OutOfMemory`]: some
    /// changes were lost.
    pub(crate) async fn urgent(&self) -> Result<Vec<Change>> {
        loop {
            let mut ready = self.urgent.readable().await?;
            match receive(self.urgent.get_ref()) {
                Ok(changes) if changes.is_empty() => {}
                Ok(changes) => return Ok(changes),
                Err(error) if error.kind() == ErrorKind::WouldBlock => ready.clear_ready(),
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until there are new processes to [take](Self::take).
    pub(crate) async fn forks(&self) -> Result<()> {
        self.forks.readable().await.map(|mut ready| ready.retain_ready())
    }

    /// Everything so far, without waiting: what is urgent first, since a program that has just started may
    /// have made new processes already. `Err` as for [`urgent`](Self::urgent).
    pub(crate) fn take(&self) -> Result<Vec<Change>> {
        // In this order: of what made a process that is taken here, nothing is missing there.
        let forks = drain(&self.forks)?;
        let mut changes = drain(&self.urgent)?;
        changes.extend(forks);
        Ok(changes)
    }

    /// Hears nothing while nobody is watched, so that what others do costs nothing.
    pub(crate) fn listen(&self, listen: bool) -> Result<()> {
        if listen {
            attach(self.urgent.get_ref(), &urgent_changes())?;
            attach(self.forks.get_ref(), &new_processes())
        } else {
            attach(self.urgent.get_ref(), &[DROP])?;
            attach(self.forks.get_ref(), &[DROP])
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

fn drain(socket: &AsyncFd<OwnedFd>) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    loop {
        match socket.try_io(tokio::io::Interest::READABLE, receive) {
            Ok(more) => changes.extend(more),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(changes),
            Err(error) => return Err(error),
        }
    }
}

/// The next datagram, without waiting.
fn receive(socket: &OwnedFd) -> Result<Vec<Change>> {
    let mut buffer = [0; 8192];
    let (length, _) = recv(socket, &mut buffer, RecvFlags::empty()).map_err(|error| match error {
        rustix::io::Errno::NOBUFS => ErrorKind::OutOfMemory.into(),
        error => Error::from(error),
    })?;
    Ok(messages(buffer.get(..length).unwrap_or_default())
        .filter_map(|(what, data)| change(what, data))
        .collect())
}

/// A datagram carries one message: where its event begins, and the numbers of a new process in it.
const EVENT: u32 = 36;
const CHILD_THREAD: u32 = EVENT + 24;
const CHILD: u32 = EVENT + 28;

/// Instructions of socket filters (linux/bpf_common.h): LD|W|ABS, MISC|TAX, JMP|JEQ|K, JMP|JEQ|X, RET|K.
const LOAD: u16 = 0x20;
const INTO_X: u16 = 0x07;
const IF: u16 = 0x15;
const IF_X: u16 = 0x1d;
const GIVE: u16 = 0x06;

const DROP: libc::sock_filter = give(0);
const TAKE: libc::sock_filter = give(u32::MAX);

/// Lets through programs that start and accounts that change.
fn urgent_changes() -> [libc::sock_filter; 5] {
    [load(EVENT), skip_if(EXEC, 2), skip_if(UID, 1), DROP, TAKE]
}

/// Lets through new processes, not new threads.
fn new_processes() -> [libc::sock_filter; 9] {
    [
        load(EVENT),
        skip_if(FORK, 1),
        DROP,
        load(CHILD_THREAD),
        instruction(INTO_X, 0, 0, 0),
        load(CHILD),
        // A thread of another process: skip the next.
        instruction(IF_X, 0, 0, 1),
        TAKE,
        DROP,
    ]
}

const fn instruction(code: u16, k: u32, jt: u8, jf: u8) -> libc::sock_filter {
    libc::sock_filter { code, jt, jf, k }
}

/// Loads four bytes of the datagram. The kernel takes them for big-endian.
const fn load(at: u32) -> libc::sock_filter {
    instruction(LOAD, at, 0, 0)
}

/// Skips so many instructions if the kind that was loaded is `kind`.
const fn skip_if(kind: u32, count: u8) -> libc::sock_filter {
    instruction(IF, kind.to_be(), count, 0)
}

/// Ends, with so many bytes of the datagram.
const fn give(bytes: u32) -> libc::sock_filter {
    instruction(GIVE, bytes, 0, 0)
}

/// Replaces the socket's filter; neither rustix nor nix does.
fn attach(socket: &OwnedFd, filter: &[libc::sock_filter]) -> Result<()> {
    use std::os::fd::AsRawFd;
    let mut filter = filter.to_vec();
    let program = libc::sock_fprog {
        len: u16::try_from(filter.len()).map_err(Error::other)?,
        filter: filter.as_mut_ptr(),
    };
    let size = libc::socklen_t::try_from(size_of::<libc::sock_fprog>()).map_err(Error::other)?;
    // SAFETY: the option takes a `sock_fprog` of that size; the kernel copies it and what it points to,
    // `len` instructions that live until the call returns.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_ATTACH_FILTER,
            (&raw const program).cast(),
            size,
        )
    };
    if result == 0 { Ok(()) } else { Err(Error::last_os_error()) }
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

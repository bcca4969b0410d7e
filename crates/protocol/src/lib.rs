//! The local wire of Lanh: what clients may ask the service, what it answers, and what it tells by itself.
//!
//! The messages are the boundary: they carry serde and nothing else of ours depends on their shape.
//! Durations travel as whole seconds, instants as RFC 3339 in UTC.
//!
//! The transport carries them as JSON frames of at most 256 KiB over a local socket. The service
//! ([`Listener`]) learns from the kernel who its peer is; the client ([`Client`]) makes sure that the
//! service is the system's or its own.

mod client;
mod error;
mod fact;
mod fair;
mod frame;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod message;
#[cfg(unix)]
#[path = "unix.rs"]
mod os;
mod report;
mod server;
#[cfg(feature = "typescript")]
pub mod typescript;
mod view;

pub use client::{Client, Notices};
pub use error::{BindError, ClientError, WireError};
pub use fact::{Detail, DoctorReport, Fact, Finding, Severity, Thing};
pub use fair::{
    DisputeStateView, DisputeView, GivenBack, LeftView, ReplayDayView, ReplayView, RuleChange, StopView,
};
pub use frame::{FRAME_DEADLINE, HELLO_DEADLINE, MAX_FRAME, WRITE_DEADLINE, fitting};
pub use message::{
    Answer, ClientKind, Failure, FailureCode, FocusReport, FromClient, FromService, Hello, Notice,
    PROTOCOL_VERSION, PresenceReport, Question, Role, Welcome,
};
pub use os::{SYSTEM_SOCKET, default_socket};
pub use report::{IntervalsView, ReportLine, ReportView};
pub use server::{Connection, Listener, Mode, Peer, Reader, Writer};
pub use view::*;

//! The local wire of Lanh: what clients may ask the service, what it answers, and what it tells by itself.
//!
//! These types are the boundary: they carry serde and nothing else of ours depends on their shape.
//! Durations travel as whole seconds, instants as RFC 3339 in UTC.

mod message;
mod view;

pub use message::{
    Answer, ClientKind, Failure, FailureCode, FocusReport, FromClient, FromService, Hello, Notice,
    PROTOCOL_VERSION, PresenceReport, Question, Role, Welcome,
};
pub use view::*;

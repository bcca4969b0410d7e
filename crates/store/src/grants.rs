//! Grants and requests.

use crate::{Change, Result, Store};
use chrono::{DateTime, Utc};
use lanh_policy::{ChildId, Grant, GrantId, Request, RequestId, Target};
use std::time::Duration;

/// Time to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// To whom.
    pub child: ChildId,
    /// For what.
    pub target: Target,
    /// How much.
    pub amount: Duration,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; what is left then is lost.
    pub until: DateTime<Utc>,
}

/// A grant with its story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRecord {
    /// The grant, with what was drawn of it.
    pub grant: Grant,
    /// Who gave it, and when.
    pub given: Change,
    /// Who took it back, and when.
    pub revoked: Option<Change>,
    /// The request that it answers.
    pub request: Option<RequestId>,
}

/// What a child asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// Who asks.
    pub child: ChildId,
    /// For what.
    pub target: Target,
    /// How much.
    pub amount: Duration,
    /// Why, in the child's words; at most 500 characters.
    pub words: String,
}

impl Store {
    /// Gives time.
    pub fn add_grant(&mut self, change: &Change, grant: &NewGrant) -> Result<Grant> {
        let _ = (change, grant);
        todo!()
    }
    /// Takes a grant back; what was used of it stays used. Taking it back twice changes nothing.
    pub fn revoke_grant(&mut self, change: &Change, grant: GrantId) -> Result<()> {
        let _ = (change, grant);
        todo!()
    }
    /// Grants that are neither over at `now` nor taken back, with what was drawn of them.
    pub fn open_grants(&self, now: DateTime<Utc>) -> Result<Vec<Grant>> {
        let _ = now;
        todo!()
    }
    /// A child's grants that end after `from`, newest first.
    pub fn grants(&self, child: ChildId, from: DateTime<Utc>) -> Result<Vec<GrantRecord>> {
        let _ = (child, from);
        todo!()
    }
    /// A child asks. At most 10 requests of a child wait at a time.
    pub fn add_request(&mut self, at: DateTime<Utc>, request: &NewRequest) -> Result<Request> {
        let _ = (at, request);
        todo!()
    }
    /// One request.
    pub fn request(&self, request: RequestId) -> Result<Option<Request>> {
        let _ = request;
        todo!()
    }
    /// Requests that wait for an answer, oldest first, of one child or of all.
    pub fn open_requests(&self, child: Option<ChildId>) -> Result<Vec<Request>> {
        let _ = child;
        todo!()
    }
    /// A child's latest requests, newest first.
    pub fn requests(&self, child: ChildId, at_most: u32) -> Result<Vec<Request>> {
        let _ = (child, at_most);
        todo!()
    }
    /// Says yes with this grant (which may differ from what was asked), in one transaction.
    pub fn grant_request(&mut self, change: &Change, request: RequestId, grant: &NewGrant) -> Result<Grant> {
        let _ = (change, request, grant);
        todo!()
    }
    /// Says no, with a word.
    pub fn deny_request(&mut self, change: &Change, request: RequestId, word: &str) -> Result<()> {
        let _ = (change, request, word);
        todo!()
    }
}

//! Grants and requests.

use crate::children::there;
use crate::db::{column, signed, unreadable, unsigned};
use crate::record::{
    read_actor, read_length, read_target, read_time, write_actor, write_length, write_target, write_time,
};
use crate::{AuditKind, Change, Result, Store, StoreError};
use chrono::{DateTime, Utc};
use lanh_policy::{ChildId, Grant, GrantId, Request, RequestId, RequestState, Target};
use rusqlite::{Row, params};
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

/// How many requests of a child may wait at a time.
const OPEN_REQUESTS: u64 = 10;

/// How long a child's words may be, in characters.
const WORDS: usize = 500;

/// The columns that [`Store::read_grant`] reads.
const GRANT: &str =
    "id, child, target, amount, start, stop, actor, at, revoked_by, revoked_at, request FROM given";

/// The columns that [`read_request`] reads.
const REQUEST: &str = "id, child, target, amount, words, at, state, given, word FROM request";

impl Store {
    /// Gives time.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Invalid`] for an end before the start.
    pub fn add_grant(&mut self, change: &Change, grant: &NewGrant) -> Result<Grant> {
        self.give(change, grant, None)
    }

    /// Takes a grant back; what was used of it stays used. Taking it back twice changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn revoke_grant(&mut self, change: &Change, grant: GrantId) -> Result<()> {
        let id = signed("a grant", grant.0)?;
        let (child, revoked): (i64, bool) = self
            .db
            .maybe("SELECT child, revoked_at IS NOT NULL FROM given WHERE id = ?1", [id], |row| {
                Ok((column(row, 0)?, column(row, 1)?))
            })?
            .ok_or(StoreError::NotFound { what: "grant", id: grant.0 })?;
        if revoked {
            return Ok(());
        }
        let child = ChildId(unsigned("a child's number", child)?);
        self.atomic(|store| {
            store.db.execute(
                "UPDATE given SET revoked_by = ?2, revoked_at = ?3 WHERE id = ?1",
                params![id, write_actor(&change.by), write_time("the time of a change", change.at)?],
            )?;
            store.note(change, AuditKind::GRANT, Some(child), &format!("grant {grant} was taken back"))
        })
    }

    /// Grants that are neither over at `now` nor taken back, with what was drawn of them.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn open_grants(&self, now: DateTime<Utc>) -> Result<Vec<Grant>> {
        let records = self.db.rows(
            &format!("SELECT {GRANT} WHERE stop > ?1 AND revoked_at IS NULL ORDER BY id"),
            [write_time("now", now)?],
            |row| self.read_grant(row),
        )?;
        Ok(records.into_iter().map(|record| record.grant).collect())
    }

    /// A child's grants that end after `from`, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn grants(&self, child: ChildId, from: DateTime<Utc>) -> Result<Vec<GrantRecord>> {
        self.db.rows(
            &format!("SELECT {GRANT} WHERE child = ?1 AND stop > ?2 ORDER BY id DESC"),
            params![signed("a child", child.0)?, write_time("the start", from)?],
            |row| self.read_grant(row),
        )
    }

    /// A child asks. At most 10 requests of a child wait at a time.
    ///
    /// # Errors
    /// [`StoreError::TooManyRequests`], [`StoreError::Invalid`] for more than 500 characters,
    /// [`StoreError::NotFound`].
    pub fn add_request(&mut self, at: DateTime<Utc>, request: &NewRequest) -> Result<Request> {
        if request.words.chars().count() > WORDS {
            return Err(StoreError::Invalid {
                what: "the reason",
                why: format!("use at most {WORDS} characters"),
            });
        }
        self.atomic(|store| {
            store.must_exist(request.child)?;
            let child = signed("a child", request.child.0)?;
            let open = store.db.one(
                "SELECT count(*) FROM request WHERE child = ?1 AND state = 'open'",
                [child],
                |row| unsigned("a count", column(row, 0)?),
            )?;
            if open >= OPEN_REQUESTS {
                return Err(StoreError::TooManyRequests { open });
            }
            let id = store.db.insert(
                "INSERT INTO request (child, target, amount, words, at, state) VALUES (?1, ?2, ?3, ?4, ?5, 'open')",
                params![
                    child,
                    write_target(&request.target),
                    write_length("the time asked for", request.amount)?,
                    request.words,
                    write_time("the time of a request", at)?
                ],
            )?;
            let NewRequest { child, target, amount, words } = request.clone();
            Ok(Request { id: RequestId(id), child, target, amount, words, at, state: RequestState::Open })
        })
    }

    /// One request.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn request(&self, request: RequestId) -> Result<Option<Request>> {
        let Ok(id) = i64::try_from(request.0) else { return Ok(None) };
        self.db.maybe(&format!("SELECT {REQUEST} WHERE id = ?1"), [id], read_request)
    }

    /// Requests that wait for an answer, oldest first, of one child or of all.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn open_requests(&self, child: Option<ChildId>) -> Result<Vec<Request>> {
        let child = child.map(|child| signed("a child", child.0)).transpose()?;
        self.db.rows(
            &format!("SELECT {REQUEST} WHERE state = 'open' AND (?1 IS NULL OR child = ?1) ORDER BY id"),
            [child],
            read_request,
        )
    }

    /// A child's latest requests, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn requests(&self, child: ChildId, at_most: u32) -> Result<Vec<Request>> {
        self.db.rows(
            &format!("SELECT {REQUEST} WHERE child = ?1 ORDER BY id DESC LIMIT ?2"),
            params![signed("a child", child.0)?, at_most],
            read_request,
        )
    }

    /// Says yes with this grant (which may differ from what was asked), in one transaction.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::AlreadyAnswered`], [`StoreError::Invalid`] for a grant to
    /// another child.
    pub fn grant_request(&mut self, change: &Change, request: RequestId, grant: &NewGrant) -> Result<Grant> {
        self.atomic(|store| {
            let asked = store.waiting(request)?;
            if asked.child != grant.child {
                return Err(StoreError::Invalid {
                    what: "the grant",
                    why: format!("request {request} is child {}'s", asked.child),
                });
            }
            let grant = store.give(change, grant, Some(request))?;
            store.db.execute(
                "UPDATE request SET state = 'granted', given = ?2 WHERE id = ?1",
                params![signed("a request", request.0)?, signed("a grant", grant.id.0)?],
            )?;
            Ok(grant)
        })
    }

    /// Says no, with a word.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::AlreadyAnswered`].
    pub fn deny_request(&mut self, change: &Change, request: RequestId, word: &str) -> Result<()> {
        self.atomic(|store| {
            let asked = store.waiting(request)?;
            let changed = store.db.execute(
                "UPDATE request SET state = 'denied', word = ?2 WHERE id = ?1",
                params![signed("a request", request.0)?, word],
            )?;
            there(changed, "request", request.0)?;
            store.note(change, AuditKind::GRANT, Some(asked.child), &format!("request {request} was denied"))
        })
    }

    fn waiting(&self, request: RequestId) -> Result<Request> {
        let found = self.request(request)?.ok_or(StoreError::NotFound { what: "request", id: request.0 })?;
        match found.state {
            RequestState::Open => Ok(found),
            _ => Err(StoreError::AlreadyAnswered { id: request.0 }),
        }
    }

    fn give(&mut self, change: &Change, grant: &NewGrant, request: Option<RequestId>) -> Result<Grant> {
        if grant.until <= grant.from {
            return Err(StoreError::Invalid { what: "the grant", why: "it ends before it starts".into() });
        }
        self.atomic(|store| {
            store.must_exist(grant.child)?;
            let id = GrantId(store.db.insert(
                "INSERT INTO given (child, target, amount, start, stop, actor, at, request)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    signed("a child", grant.child.0)?,
                    write_target(&grant.target),
                    write_length("the time given", grant.amount)?,
                    write_time("the start of a grant", grant.from)?,
                    write_time("the end of a grant", grant.until)?,
                    write_actor(&change.by),
                    write_time("the time of a change", change.at)?,
                    request.map(|request| signed("a request", request.0)).transpose()?
                ],
            )?);
            let minutes = grant.amount.as_secs() / 60;
            let detail = match request {
                Some(request) => format!("grant {id} of {minutes} minutes, for request {request}"),
                None => format!("grant {id} of {minutes} minutes"),
            };
            store.note(change, AuditKind::GRANT, Some(grant.child), &detail)?;
            let NewGrant { child, target, amount, from, until } = grant.clone();
            Ok(Grant { id, child, target, amount, from, until, drawn: Duration::ZERO })
        })
    }

    fn read_grant(&self, row: &Row<'_>) -> Result<GrantRecord> {
        let id: i64 = column(row, 0)?;
        let grant = Grant {
            id: GrantId(unsigned("a grant's number", id)?),
            child: ChildId(unsigned("a child's number", column(row, 1)?)?),
            target: read_target(&column::<String>(row, 2)?)?,
            amount: read_length("the time given", column(row, 3)?)?,
            from: read_time(column(row, 4)?),
            until: read_time(column(row, 5)?),
            drawn: self.drawn(id)?,
        };
        let given = Change { by: read_actor(&column::<String>(row, 6)?)?, at: read_time(column(row, 7)?) };
        let revoked = match (column::<Option<String>>(row, 8)?, column::<Option<i64>>(row, 9)?) {
            (Some(by), Some(at)) => Some(Change { by: read_actor(&by)?, at: read_time(at) }),
            _ => None,
        };
        let request = column::<Option<i64>>(row, 10)?
            .map(|id| unsigned("a request's number", id).map(RequestId))
            .transpose()?;
        Ok(GrantRecord { grant, given, revoked, request })
    }
}

fn read_request(row: &Row<'_>) -> Result<Request> {
    let state: String = column(row, 6)?;
    Ok(Request {
        id: RequestId(unsigned("a request's number", column(row, 0)?)?),
        child: ChildId(unsigned("a child's number", column(row, 1)?)?),
        target: read_target(&column::<String>(row, 2)?)?,
        amount: read_length("the time asked for", column(row, 3)?)?,
        words: column(row, 4)?,
        at: read_time(column(row, 5)?),
        state: match state.as_str() {
            "open" => RequestState::Open,
            "granted" => RequestState::Granted(GrantId(unsigned("a grant's number", column(row, 7)?)?)),
            "denied" => RequestState::Denied(column::<Option<String>>(row, 8)?.unwrap_or_default()),
            other => return Err(unreadable("the state of a request", other)),
        },
    })
}

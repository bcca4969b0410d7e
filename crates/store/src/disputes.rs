//! Questioned charges, and corrections of what counts.

use crate::children::there;
use crate::db::{column, signed, unreadable, unsigned};
use crate::record::{
    read_length, read_target, read_time, write_actor, write_length, write_target, write_time,
};
use crate::{AuditKind, Change, Result, Store, StoreError};
use chrono::{DateTime, Days, TimeDelta, Utc};
use lanh_policy::{
    ChildId, Correction, CorrectionId, CorrectionLine, LedgerEntry, Side, Stretch, Target, give_back,
};
use rusqlite::{Row, params};

/// The number of a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisputeId(pub u64);

/// A charged stretch that is questioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDispute {
    /// Whose.
    pub child: ChildId,
    /// Which stretch, at most a day long, and of what: an app or the screen.
    pub stretch: Stretch,
    /// Why, in the child's words; at most 500 characters.
    pub words: String,
}

/// A dispute with its story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its number.
    pub id: DisputeId,
    /// What is questioned.
    pub asked: NewDispute,
    /// When it was.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub state: DisputeState,
}

/// What became of a dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DisputeState {
    /// Nobody answered yet.
    Open,
    /// Yes, with what was given back.
    Accepted(Vec<CorrectionLine>),
    /// No, with a word.
    Denied(String),
}

/// How many disputes of a child may wait at a time.
const OPEN_DISPUTES: u64 = 10;

/// How long a child's words may be, in characters.
const WORDS: usize = 500;

/// The columns that [`Store::read_dispute`] reads.
const DISPUTE: &str = "id, child, target, start, stop, words, at, state, word FROM dispute";

impl Store {
    /// A charge is questioned. At most 10 disputes of a child wait at a time.
    ///
    /// # Errors
    /// [`StoreError::TooManyRequests`]; [`StoreError::Invalid`] for more than 500 characters, a stretch that
    /// is longer than a day or ends before it starts, and one in which nothing is left to give back;
    /// [`StoreError::NotFound`].
    pub fn add_dispute(&mut self, at: DateTime<Utc>, dispute: &NewDispute) -> Result<Dispute> {
        let Stretch { from, until, target } = &dispute.stretch;
        if dispute.words.chars().count() > WORDS {
            return Err(StoreError::Invalid {
                what: "the reason",
                why: format!("use at most {WORDS} characters"),
            });
        }
        if until <= from || *until - *from > TimeDelta::days(1) {
            return Err(StoreError::Invalid {
                what: "the stretch",
                why: "it ends after it starts, within 24 hours".into(),
            });
        }
        self.atomic(|store| {
            store.must_exist(dispute.child)?;
            let child = signed("a child", dispute.child.0)?;
            let open = store.db.one(
                "SELECT count(*) FROM dispute WHERE child = ?1 AND state = 'open'",
                [child],
                |row| unsigned("a count", column(row, 0)?),
            )?;
            if open >= OPEN_DISPUTES {
                return Err(StoreError::TooManyRequests { open });
            }
            if store.would_give_back(dispute.child, &dispute.stretch)?.is_empty() {
                return Err(StoreError::Invalid {
                    what: "the stretch",
                    why: "nothing was counted in it that was not given back already".into(),
                });
            }
            let id = store.db.insert(
                "INSERT INTO dispute (child, target, start, stop, words, at, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'open')",
                params![
                    child,
                    write_target(target),
                    write_time("the start of a stretch", *from)?,
                    write_time("the end of a stretch", *until)?,
                    dispute.words,
                    write_time("the time of a dispute", at)?
                ],
            )?;
            Ok(Dispute { id: DisputeId(id), asked: dispute.clone(), at, state: DisputeState::Open })
        })
    }

    /// One dispute.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn dispute(&self, dispute: DisputeId) -> Result<Option<Dispute>> {
        let Ok(id) = i64::try_from(dispute.0) else { return Ok(None) };
        self.db.maybe(&format!("SELECT {DISPUTE} WHERE id = ?1"), [id], |row| self.read_dispute(row))
    }

    /// A child's latest disputes, newest first; `all`: answered ones too.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn disputes(&self, child: ChildId, all: bool, at_most: u32) -> Result<Vec<Dispute>> {
        self.db.rows(
            &format!(
                "SELECT {DISPUTE} WHERE child = ?1 AND (?2 OR state = 'open') ORDER BY id DESC LIMIT ?3"
            ),
            params![signed("a child", child.0)?, all, at_most],
            |row| self.read_dispute(row),
        )
    }

    /// What would be given back for a stretch now.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn would_give_back(&self, child: ChildId, stretch: &Stretch) -> Result<Vec<CorrectionLine>> {
        let ledger = self.ledger_around(child, stretch)?;
        let before = self.db.rows(
            "SELECT target, start, stop FROM dispute
             WHERE child = ?1 AND state = 'accepted' AND start < ?3 AND stop > ?2",
            params![
                signed("a child", child.0)?,
                write_time("the start of a stretch", stretch.from)?,
                write_time("the end of a stretch", stretch.until)?
            ],
            |row| {
                Ok(Stretch {
                    target: read_target(&column::<String>(row, 0)?)?,
                    from: read_time(column(row, 1)?),
                    until: read_time(column(row, 2)?),
                })
            },
        )?;
        Ok(give_back(&ledger, &before, stretch))
    }

    /// A child's intervals that touch a stretch, by start.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn ledger_around(&self, child: ChildId, stretch: &Stretch) -> Result<Vec<LedgerEntry>> {
        // No interval is longer than a local day.
        let since = stretch.from.checked_sub_days(Days::new(2)).unwrap_or(stretch.from);
        let mut ledger = self.ledger(child, since, stretch.until)?;
        ledger.retain(|entry| entry.until > stretch.from);
        Ok(ledger)
    }

    /// Says yes: what was charged in the stretch is given back, once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::AlreadyAnswered`].
    pub fn accept_dispute(&mut self, change: &Change, dispute: DisputeId) -> Result<Correction> {
        self.atomic(|store| {
            let found = store.waiting_dispute(dispute)?;
            let lines = store.would_give_back(found.asked.child, &found.asked.stretch)?;
            let changed = store.db.execute(
                "UPDATE dispute SET state = 'accepted' WHERE id = ?1",
                [signed("a dispute", dispute.0)?],
            )?;
            there(changed, "dispute", dispute.0)?;
            store.add_correction(change, found.asked.child, Some(dispute), lines)
        })
    }

    /// Says no, with a word.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::AlreadyAnswered`].
    pub fn deny_dispute(&mut self, change: &Change, dispute: DisputeId, word: &str) -> Result<()> {
        self.atomic(|store| {
            let found = store.waiting_dispute(dispute)?;
            let changed = store.db.execute(
                "UPDATE dispute SET state = 'denied', word = ?2 WHERE id = ?1",
                params![signed("a dispute", dispute.0)?, word],
            )?;
            there(changed, "dispute", dispute.0)?;
            let detail = format!("dispute {} was denied", dispute.0);
            store.note(change, AuditKind::CORRECTION, Some(found.asked.child), &detail)
        })
    }

    /// Counts differently from now on.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn add_correction(
        &mut self,
        change: &Change,
        child: ChildId,
        dispute: Option<DisputeId>,
        lines: Vec<CorrectionLine>,
    ) -> Result<Correction> {
        self.atomic(|store| {
            store.must_exist(child)?;
            let owner = signed("a child", child.0)?;
            let id = store.db.insert(
                "INSERT INTO correction (child, dispute, actor, at) VALUES (?1, ?2, ?3, ?4)",
                params![
                    owner,
                    dispute.map(|dispute| signed("a dispute", dispute.0)).transpose()?,
                    write_actor(&change.by),
                    write_time("the time of a change", change.at)?
                ],
            )?;
            for line in &lines {
                store.db.insert(
                    "INSERT INTO correction_line (correction, child, target, at, amount, less)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![
                        signed("a correction", id)?,
                        owner,
                        write_target(&line.series),
                        write_time("the day of a correction", line.at)?,
                        write_length("the time of a correction", line.amount)?,
                        line.side == Side::Less
                    ],
                )?;
            }
            let detail = match dispute {
                Some(dispute) => format!("correction {id}, for dispute {}", dispute.0),
                None => format!("correction {id}"),
            };
            store.note(change, AuditKind::CORRECTION, Some(child), &detail)?;
            Ok(Correction { id: CorrectionId(id), child, lines })
        })
    }

    /// The corrections that change what counts after `since`, each with when it was made, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn corrections_since(
        &self,
        child: Option<ChildId>,
        since: DateTime<Utc>,
    ) -> Result<Vec<(DateTime<Utc>, Correction)>> {
        let child = child.map(|child| signed("a child", child.0)).transpose()?;
        let heads: Vec<(i64, i64, i64)> = self.db.rows(
            "SELECT id, child, at FROM correction
             WHERE (?1 IS NULL OR child = ?1)
               AND id IN (SELECT correction FROM correction_line WHERE at > ?2) ORDER BY id",
            params![child, write_time("the start", since)?],
            |row| Ok((column(row, 0)?, column(row, 1)?, column(row, 2)?)),
        )?;
        heads
            .into_iter()
            .map(|(id, child, at)| {
                let correction = Correction {
                    id: CorrectionId(unsigned("a correction's number", id)?),
                    child: ChildId(unsigned("a child's number", child)?),
                    lines: self.correction_lines("correction = ?1", id)?,
                };
                Ok((read_time(at), correction))
            })
            .collect()
    }

    fn correction_lines(&self, of: &str, id: i64) -> Result<Vec<CorrectionLine>> {
        self.db.rows(
            &format!("SELECT target, at, amount, less FROM correction_line WHERE {of} ORDER BY id"),
            [id],
            |row| {
                Ok(CorrectionLine {
                    series: read_target(&column::<String>(row, 0)?)?,
                    at: read_time(column(row, 1)?),
                    amount: read_length("the time of a correction", column(row, 2)?)?,
                    side: if column::<bool>(row, 3)? { Side::Less } else { Side::More },
                })
            },
        )
    }

    fn waiting_dispute(&self, dispute: DisputeId) -> Result<Dispute> {
        let found = self.dispute(dispute)?.ok_or(StoreError::NotFound { what: "dispute", id: dispute.0 })?;
        match found.state {
            DisputeState::Open => Ok(found),
            _ => Err(StoreError::AlreadyAnswered { id: dispute.0 }),
        }
    }

    fn read_dispute(&self, row: &Row<'_>) -> Result<Dispute> {
        let id: i64 = column(row, 0)?;
        let target: Target = read_target(&column::<String>(row, 2)?)?;
        let state: String = column(row, 7)?;
        Ok(Dispute {
            id: DisputeId(unsigned("a dispute's number", id)?),
            asked: NewDispute {
                child: ChildId(unsigned("a child's number", column(row, 1)?)?),
                stretch: Stretch {
                    from: read_time(column(row, 3)?),
                    until: read_time(column(row, 4)?),
                    target,
                },
                words: column(row, 5)?,
            },
            at: read_time(column(row, 6)?),
            state: match state.as_str() {
                "open" => DisputeState::Open,
                "accepted" => {
                    DisputeState::Accepted(self.correction_lines(
                        "correction IN (SELECT id FROM correction WHERE dispute = ?1)",
                        id,
                    )?)
                }
                "denied" => DisputeState::Denied(column::<Option<String>>(row, 8)?.unwrap_or_default()),
                other => return Err(unreadable("the state of a dispute", other)),
            },
        })
    }
}

-- Schema 1. Frozen: a released migration never changes; write the next one instead.
-- Moments and lengths of time are integers in nanoseconds (moments since 1970-01-01T00:00:00Z).
-- Targets are text: app:<id>, category:<name>, each:<name>, screen.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE child (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    birth_year INTEGER NOT NULL,
    settings   TEXT NOT NULL
) STRICT;

CREATE TABLE account (
    position INTEGER PRIMARY KEY,
    account  TEXT NOT NULL UNIQUE,
    child    INTEGER NOT NULL REFERENCES child (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX account_child ON account (child);

CREATE TABLE rule (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    child  INTEGER NOT NULL REFERENCES child (id) ON DELETE CASCADE,
    origin TEXT NOT NULL,
    kind   TEXT NOT NULL
) STRICT;
CREATE INDEX rule_child ON rule (child);

CREATE TABLE revision (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    child  INTEGER NOT NULL REFERENCES child (id) ON DELETE CASCADE,
    at     INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    before TEXT NOT NULL,
    after  TEXT NOT NULL
) STRICT;
CREATE INDEX revision_child ON revision (child, id);

CREATE TABLE app (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    category     TEXT NOT NULL,
    rating       INTEGER,
    basis        TEXT NOT NULL,
    set_category TEXT,
    set_rating   INTEGER,
    first_seen   INTEGER,
    last_seen    INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE request (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    child    INTEGER NOT NULL REFERENCES child (id) ON DELETE CASCADE,
    target   TEXT NOT NULL,
    amount   INTEGER NOT NULL,
    words    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('open', 'granted', 'denied')),
    given    INTEGER,
    word     TEXT
) STRICT;
CREATE INDEX request_child ON request (child, state, id);

-- A grant.
CREATE TABLE given (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    child      INTEGER NOT NULL REFERENCES child (id) ON DELETE CASCADE,
    target     TEXT NOT NULL,
    amount     INTEGER NOT NULL,
    start      INTEGER NOT NULL,
    stop       INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    at         INTEGER NOT NULL,
    revoked_by TEXT,
    revoked_at INTEGER,
    request    INTEGER
) STRICT;
CREATE INDEX given_child ON given (child, stop);
CREATE INDEX given_stop ON given (stop);

CREATE TABLE ledger (
    id      INTEGER PRIMARY KEY,
    child   INTEGER NOT NULL REFERENCES child (id) ON DELETE CASCADE,
    target  TEXT NOT NULL,
    app     TEXT,
    start   INTEGER NOT NULL,
    stop    INTEGER NOT NULL,
    used    INTEGER NOT NULL,
    cost    TEXT NOT NULL CHECK (cost IN ('charged', 'grant', 'free')),
    cost_id INTEGER,
    basis   TEXT NOT NULL
) STRICT;
CREATE INDEX ledger_child ON ledger (child, start);
CREATE INDEX ledger_stop ON ledger (stop);
CREATE INDEX ledger_grant ON ledger (cost_id) WHERE cost = 'grant';

CREATE TABLE secret (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    salt     BLOB NOT NULL,
    hash     BLOB NOT NULL,
    memory   INTEGER NOT NULL,
    passes   INTEGER NOT NULL,
    lanes    INTEGER NOT NULL,
    recovery BLOB NOT NULL
) STRICT;

CREATE TABLE attempt (
    asker    TEXT PRIMARY KEY,
    wrong    INTEGER NOT NULL,
    next_try INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    actor  TEXT NOT NULL,
    child  INTEGER,
    detail TEXT NOT NULL,
    seal   BLOB NOT NULL
) STRICT;

-- The last entry that retention cut off: the chain starts behind it.
CREATE TABLE audit_anchor (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    seal   BLOB NOT NULL
) STRICT;
INSERT INTO audit_anchor (id, number, seal) VALUES (1, 0, zeroblob(32));

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries never change'); END;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
WHEN OLD.number > (SELECT number FROM audit_anchor)
BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;

CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
WHEN NEW.number <> 1 + max((SELECT number FROM audit_anchor), (SELECT coalesce(max(number), 0) FROM audit))
BEGIN SELECT RAISE(ABORT, 'audit entries come in order'); END;

CREATE TRIGGER audit_anchor_forward BEFORE UPDATE ON audit_anchor
WHEN NEW.number <= OLD.number
    OR NEW.seal IS NOT (SELECT seal FROM audit WHERE number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'the anchor only moves forward, onto an entry'); END;

CREATE TRIGGER audit_anchor_stays BEFORE DELETE ON audit_anchor
BEGIN SELECT RAISE(ABORT, 'the anchor stays'); END;

-- Schema 2. Frozen: a released migration never changes; write the next one instead.
-- Charged stretches that are questioned, and what is counted differently because of it or by agreement.
-- The ledger itself never changes.

CREATE TABLE dispute (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    child  INTEGER NOT NULL REFERENCES child (id) ON DELETE CASCADE,
    target TEXT NOT NULL,
    start  INTEGER NOT NULL,
    stop   INTEGER NOT NULL,
    words  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    state  TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'denied')),
    word   TEXT
) STRICT;
CREATE INDEX dispute_child ON dispute (child, state, id);

CREATE TABLE correction (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    child   INTEGER NOT NULL REFERENCES child (id) ON DELETE CASCADE,
    dispute INTEGER,
    actor   TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX correction_child ON correction (child, at);
CREATE INDEX correction_dispute ON correction (dispute);

-- One line for each series and day: `at` is a moment of that day, `less` says that so much less counts.
CREATE TABLE correction_line (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    correction INTEGER NOT NULL REFERENCES correction (id) ON DELETE CASCADE,
    child      INTEGER NOT NULL REFERENCES child (id) ON DELETE CASCADE,
    target     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    amount     INTEGER NOT NULL,
    less       INTEGER NOT NULL CHECK (less IN (0, 1))
) STRICT;
CREATE INDEX correction_line_child ON correction_line (child, at);
CREATE INDEX correction_line_correction ON correction_line (correction);

-- The tables of a journal. Facts are only ever added.

-- Whose journal it is: one row.
CREATE TABLE journal (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    environment TEXT    NOT NULL CHECK (environment IN ('MOCK', 'SIM', 'LIVE')),
    account     TEXT    NOT NULL,
    made_by     TEXT    NOT NULL,
    made_ns     INTEGER NOT NULL
) STRICT;

-- The contracts that facts name by id. The last three columns before hash are the tick size once more, for
-- the views: a price of n ticks is n * tick_units / scale, with so many decimals.
CREATE TABLE contract (
    id           INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL UNIQUE,
    tick_size    TEXT    NOT NULL,
    tick_value   TEXT    NOT NULL,
    weight       TEXT    NOT NULL,
    fee_per_side TEXT    NOT NULL,
    decimals     INTEGER NOT NULL,
    tick_units   INTEGER NOT NULL,
    scale        INTEGER NOT NULL,
    hash         BLOB    NOT NULL
) STRICT;

-- Runs of the program.
CREATE TABLE run (
    id            INTEGER PRIMARY KEY,
    build         TEXT    NOT NULL,
    configuration TEXT    NOT NULL,
    began_ns      INTEGER NOT NULL,
    ended_ns      INTEGER,
    first_seq     INTEGER NOT NULL,
    status        TEXT    NOT NULL CHECK (status IN ('Running', 'Ended', 'CrashedRecovered', 'Quarantined'))
) STRICT;

-- The names that signals have at their source; a fact says S4.
CREATE TABLE signal (
    run   INTEGER NOT NULL REFERENCES run (id),
    place INTEGER NOT NULL,
    name  TEXT    NOT NULL,
    PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;

-- What the book was after a fact, as a hash.
CREATE TABLE state (
    seq  INTEGER PRIMARY KEY,
    run  INTEGER NOT NULL REFERENCES run (id),
    hash TEXT    NOT NULL
) STRICT;

-- The facts. hash = BLAKE3(prev, every other column).
CREATE TABLE event (
    seq      INTEGER PRIMARY KEY,
    run      INTEGER NOT NULL REFERENCES run (id),
    at_ns    INTEGER NOT NULL,
    wall_ns  INTEGER,
    mono_ns  INTEGER,
    day      TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    entity   TEXT,
    contract INTEGER REFERENCES contract (id),
    cause    TEXT,
    schema   INTEGER NOT NULL,
    body     TEXT    NOT NULL,
    prev     BLOB    NOT NULL,
    hash     BLOB    NOT NULL
) STRICT;

CREATE INDEX event_by_entity ON event (entity, seq) WHERE entity IS NOT NULL;
CREATE INDEX event_by_day ON event (day, seq);

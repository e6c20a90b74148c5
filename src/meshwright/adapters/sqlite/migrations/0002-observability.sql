-- Metric series, anomalies, the life of incidents, and who was told.
CREATE TABLE series (
    series INTEGER PRIMARY KEY,
    product TEXT NOT NULL,
    port TEXT NOT NULL,
    column_name TEXT NOT NULL,
    segment TEXT NOT NULL,
    name TEXT NOT NULL
);
CREATE UNIQUE INDEX series_by_name ON series (product, port, column_name, segment, name);

CREATE TABLE points (
    series INTEGER NOT NULL,
    at TEXT NOT NULL,
    build TEXT NOT NULL,
    value REAL,
    PRIMARY KEY (series, at, build)
) WITHOUT ROWID;

INSERT INTO series (product, port, column_name, segment, name)
    SELECT product, port, column_name, '', name FROM metrics
    GROUP BY product, port, column_name, name ORDER BY min(rowid);
INSERT OR IGNORE INTO points (series, at, build, value)
    SELECT s.series, CASE WHEN b.as_of <> '' THEN b.as_of ELSE b.started_at END, m.build, m.value
    FROM metrics m JOIN builds b ON b.build = m.build JOIN series s ON s.product = m.product
    AND s.port = m.port AND s.column_name = m.column_name AND s.segment = '' AND s.name = m.name;
DROP TABLE metrics;

CREATE TABLE anomalies (
    product TEXT NOT NULL,
    port TEXT NOT NULL,
    column_name TEXT NOT NULL,
    segment TEXT NOT NULL,
    name TEXT NOT NULL,
    at TEXT NOT NULL,
    build TEXT NOT NULL,
    value REAL,
    lower REAL,
    expected REAL,
    upper REAL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    score REAL NOT NULL,
    explanation TEXT NOT NULL,
    detector TEXT NOT NULL,
    found_at TEXT NOT NULL
);
CREATE INDEX anomalies_by_product ON anomalies (product, port, column_name, segment, name, at);

ALTER TABLE incidents ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN kind TEXT NOT NULL DEFAULT 'check';
ALTER TABLE incidents ADD COLUMN severity TEXT NOT NULL DEFAULT 'medium';
ALTER TABLE incidents ADD COLUMN business_date TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN explanation TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN impact TEXT NOT NULL DEFAULT '[]';
ALTER TABLE incidents ADD COLUMN hints TEXT NOT NULL DEFAULT '[]';
ALTER TABLE incidents ADD COLUMN mark TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN last_at TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN last_date TEXT NOT NULL DEFAULT '';
UPDATE incidents SET address = product, last_at = opened_at, explanation = cause,
    last_date = substr(CASE WHEN resolved_at <> '' THEN resolved_at ELSE opened_at END, 1, 10);
CREATE INDEX incidents_by_state ON incidents (state, opened_at);
CREATE INDEX incidents_by_date ON incidents (product, state, last_date);

CREATE TABLE incident_signals (
    incident TEXT NOT NULL,
    product TEXT NOT NULL,
    signal TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (incident, signal)
) WITHOUT ROWID;
CREATE INDEX incident_signals_by_signal ON incident_signals (signal);
CREATE INDEX incident_signals_by_product ON incident_signals (product, incident);

CREATE TABLE incident_events (
    seq INTEGER NOT NULL,
    incident TEXT NOT NULL,
    product TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    business_date TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (incident, seq)
) WITHOUT ROWID;

CREATE TABLE alerts (
    alert TEXT PRIMARY KEY,
    incidents TEXT NOT NULL,
    notifier TEXT NOT NULL,
    event TEXT NOT NULL,
    route TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    error TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX alerts_by_time ON alerts (at);

-- What each notifier knows of an incident that it was told of and not yet that it ended, and what it could
-- not be told. `event` is '' while it knows nothing.
CREATE TABLE told (
    incident TEXT NOT NULL,
    notifier TEXT NOT NULL,
    event TEXT NOT NULL DEFAULT '',
    severity TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL DEFAULT '',
    failed_event TEXT NOT NULL DEFAULT '',
    failed_severity TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    tried_at TEXT NOT NULL DEFAULT '',
    alert TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (incident, notifier)
) WITHOUT ROWID;

CREATE TABLE mutes (
    address TEXT PRIMARY KEY,
    until TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

ALTER TABLE builds ADD COLUMN read_bytes INTEGER NOT NULL DEFAULT 0;
CREATE INDEX versions_by_time ON versions (published_at);
CREATE INDEX series_of_ports ON series (name, product, port) WHERE column_name = '' AND segment = '';

-- what was signed, so that a checkpoint that is gone from its file is missed; no fact tells of it
CREATE TABLE signed_checkpoints (
    digest TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL
) WITHOUT ROWID;

PRAGMA user_version = 2;

-- The ledger and its projections.
CREATE TABLE facts (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX facts_by_kind ON facts (kind, seq);

CREATE TABLE products (
    product TEXT PRIMARY KEY,
    title TEXT NOT NULL DEFAULT '',
    owners TEXT NOT NULL DEFAULT '[]',
    semver TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'active',
    served INTEGER,
    latest INTEGER NOT NULL DEFAULT 0,
    held_code TEXT NOT NULL DEFAULT '',
    retired_until TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

CREATE TABLE aliases (
    formerly TEXT PRIMARY KEY,
    product TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX aliases_by_product ON aliases (product);

CREATE TABLE ports (
    product TEXT NOT NULL,
    port TEXT NOT NULL,
    location TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    followed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (product, port)
) WITHOUT ROWID;
CREATE INDEX ports_to_follow ON ports (product, port) WHERE followed < sequence;

CREATE TABLE versions (
    product TEXT NOT NULL,
    version INTEGER NOT NULL,
    build TEXT NOT NULL,
    semver TEXT NOT NULL,
    code TEXT NOT NULL,
    published_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    base INTEGER,
    as_of TEXT NOT NULL DEFAULT '',
    waiver TEXT NOT NULL DEFAULT '',
    vacuumed INTEGER NOT NULL DEFAULT 0,
    seq INTEGER NOT NULL,
    PRIMARY KEY (product, version)
) WITHOUT ROWID;
CREATE INDEX versions_by_build ON versions (build);
CREATE INDEX versions_kept ON versions (product, version) WHERE vacuumed = 0;

CREATE TABLE version_ports (
    product TEXT NOT NULL,
    version INTEGER NOT NULL,
    port TEXT NOT NULL,
    data_version INTEGER NOT NULL,
    contract TEXT NOT NULL,
    contract_version TEXT NOT NULL,
    code TEXT NOT NULL,
    columns TEXT NOT NULL,
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    quarantined INTEGER NOT NULL DEFAULT 0,
    done TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (product, version, port)
);

CREATE TABLE port_files (
    product TEXT NOT NULL,
    port TEXT NOT NULL,
    path TEXT NOT NULL,
    first_version INTEGER NOT NULL,
    last_version INTEGER,
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    interval TEXT NOT NULL DEFAULT '',
    statistics TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX port_files_by_first ON port_files (product, port, first_version);
CREATE INDEX port_files_by_last ON port_files (product, port, last_version);
CREATE INDEX port_files_by_path ON port_files (product, port, path);

CREATE TABLE version_inputs (
    product TEXT NOT NULL,
    version INTEGER NOT NULL,
    input TEXT NOT NULL,
    address TEXT NOT NULL,
    stamp TEXT NOT NULL,
    source_version INTEGER,
    PRIMARY KEY (product, version, input)
) WITHOUT ROWID;
CREATE INDEX version_inputs_by_address ON version_inputs (address, source_version);

CREATE TABLE builds (
    build TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL DEFAULT '',
    actor TEXT NOT NULL DEFAULT '',
    code TEXT NOT NULL DEFAULT '',
    as_of TEXT NOT NULL DEFAULT '',
    reasons TEXT NOT NULL DEFAULT '[]',
    error TEXT NOT NULL DEFAULT '',
    version INTEGER,
    seconds REAL NOT NULL DEFAULT 0,
    failed_checks TEXT NOT NULL DEFAULT '[]',
    pending TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX builds_by_product ON builds (product, started_at);
CREATE INDEX builds_by_status ON builds (status);

CREATE TABLE checks (
    build TEXT NOT NULL,
    product TEXT NOT NULL,
    port TEXT NOT NULL,
    check_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    column_name TEXT NOT NULL,
    severity TEXT NOT NULL,
    status TEXT NOT NULL,
    failed_rows INTEGER,
    total_rows INTEGER,
    value REAL,
    expectation TEXT NOT NULL,
    reason TEXT NOT NULL,
    carried INTEGER NOT NULL
);
CREATE INDEX checks_by_build ON checks (build);
CREATE INDEX checks_by_product ON checks (product, port, check_id);

CREATE TABLE metrics (
    build TEXT NOT NULL,
    product TEXT NOT NULL,
    port TEXT NOT NULL,
    column_name TEXT NOT NULL,
    name TEXT NOT NULL,
    value REAL
);
CREATE INDEX metrics_by_build ON metrics (build);
CREATE INDEX metrics_by_product ON metrics (product, port, column_name, name);

CREATE TABLE waivers (
    waiver TEXT PRIMARY KEY,
    build TEXT NOT NULL,
    product TEXT NOT NULL,
    owner TEXT NOT NULL,
    reason TEXT NOT NULL,
    expires TEXT NOT NULL,
    checks TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX waivers_by_product ON waivers (product, expires);

CREATE TABLE incidents (
    incident TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    cause TEXT NOT NULL,
    owner TEXT NOT NULL DEFAULT '',
    build TEXT NOT NULL DEFAULT '',
    opened_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    resolved_at TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX incidents_by_product ON incidents (product, state);

CREATE TABLE contracts (
    product TEXT NOT NULL,
    port TEXT NOT NULL,
    digest TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    version TEXT NOT NULL,
    document TEXT NOT NULL,
    published_at TEXT NOT NULL,
    PRIMARY KEY (product, port, digest)
);

CREATE TABLE queries (
    query TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    sql TEXT NOT NULL,
    read TEXT NOT NULL,
    rows INTEGER,
    seconds REAL NOT NULL,
    purpose TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX queries_by_time ON queries (at);

PRAGMA application_id = 1296388936;
PRAGMA user_version = 1;

-- What columns are made of; what is personal; which rules are broken; who wants to hear of what.
CREATE TABLE lineage_datasets (
    product TEXT NOT NULL,
    first_version INTEGER NOT NULL,
    last_version INTEGER,
    input TEXT NOT NULL,
    dataset TEXT NOT NULL,
    kind TEXT NOT NULL,
    columns TEXT
);
CREATE INDEX lineage_datasets_by_product ON lineage_datasets (product, first_version);
CREATE INDEX lineage_datasets_by_name ON lineage_datasets (dataset);

-- One row an edge, while it held: from `first_version` to `last_version` (none yet: NULL). `dataset` and
-- `source` are a port's address, `domain.product.model` of an intermediate model, or a source's name.
CREATE TABLE lineage_edges (
    product TEXT NOT NULL,
    first_version INTEGER NOT NULL,
    last_version INTEGER,
    dataset TEXT NOT NULL,
    column_name TEXT NOT NULL,
    source TEXT NOT NULL,
    source_column TEXT NOT NULL,
    kind TEXT NOT NULL,
    how TEXT NOT NULL,
    masked INTEGER NOT NULL DEFAULT 0,
    reveals INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX lineage_edges_by_product ON lineage_edges (product, first_version);
CREATE INDEX lineage_edges_by_dataset ON lineage_edges (dataset, column_name);
CREATE INDEX lineage_edges_by_source ON lineage_edges (source, source_column);

-- From which versions on a product's lineage was said anew; before the first of them nothing is known of it.
CREATE TABLE lineage_traces (
    product TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (product, version)
) WITHOUT ROWID;

-- `inputs`, `outputs` and `edges` are what all events of a run said together; kept of a job's newest run.
CREATE TABLE external_runs (
    job TEXT NOT NULL,
    run TEXT NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    producer TEXT NOT NULL DEFAULT '',
    seq INTEGER NOT NULL,
    digest TEXT NOT NULL DEFAULT '',
    inputs TEXT NOT NULL DEFAULT '[]',
    outputs TEXT NOT NULL DEFAULT '[]',
    edges TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (job, run)
) WITHOUT ROWID;

CREATE TABLE external_datasets (
    dataset TEXT PRIMARY KEY,
    columns TEXT NOT NULL DEFAULT '[]',
    at TEXT NOT NULL
) WITHOUT ROWID;

-- The newest that each job told; column names are '' where only datasets are known.
CREATE TABLE external_edges (
    job TEXT NOT NULL,
    dataset TEXT NOT NULL,
    column_name TEXT NOT NULL,
    source TEXT NOT NULL,
    source_column TEXT NOT NULL,
    kind TEXT NOT NULL,
    how TEXT NOT NULL,
    masked INTEGER NOT NULL DEFAULT 0,
    reveals INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX external_edges_by_job ON external_edges (job);
CREATE INDEX external_edges_by_dataset ON external_edges (dataset);
CREATE INDEX external_edges_by_source ON external_edges (source);

-- how far each sink of OpenLineage events was told, in entries of the ledger; no fact tells of it
CREATE TABLE lineage_sinks (
    sink TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    tried_at TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

CREATE TABLE suggestions (
    product TEXT NOT NULL,
    column_name TEXT NOT NULL, -- address
    kind TEXT NOT NULL,
    classification TEXT NOT NULL,
    tags TEXT NOT NULL,
    confidence REAL NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open', -- open, accepted, refused
    reason TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    PRIMARY KEY (column_name, kind)
) WITHOUT ROWID;
CREATE INDEX suggestions_by_product ON suggestions (product, state);

CREATE TABLE declassified (
    column_name TEXT PRIMARY KEY, -- address
    product TEXT NOT NULL,
    classification TEXT NOT NULL,
    tags TEXT NOT NULL,
    owner TEXT NOT NULL,
    reason TEXT NOT NULL,
    expires TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX declassified_by_product ON declassified (product);

CREATE TABLE violations (
    product TEXT NOT NULL,
    rule TEXT NOT NULL,
    address TEXT NOT NULL,
    severity TEXT NOT NULL,
    message TEXT NOT NULL,
    exempted TEXT NOT NULL DEFAULT '', -- until when, '' for not at all
    at TEXT NOT NULL -- since when
);
CREATE INDEX violations_by_product ON violations (product);

CREATE TABLE scores (
    product TEXT NOT NULL,
    at TEXT NOT NULL,
    scores TEXT NOT NULL,
    is_certified INTEGER NOT NULL,
    PRIMARY KEY (product, at)
) WITHOUT ROWID;

CREATE TABLE subscriptions (
    subscription TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    notifier TEXT NOT NULL,
    events TEXT NOT NULL,
    principal TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    seq INTEGER NOT NULL -- the fact that began it: what was before it is not told
) WITHOUT ROWID;
CREATE INDEX subscriptions_by_address ON subscriptions (address);

CREATE TABLE announcements (
    address TEXT NOT NULL,
    event TEXT NOT NULL,
    about TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (address, event, about)
) WITHOUT ROWID;

PRAGMA user_version = 3;

-- The catalog: what people say of products, what is found by which words, who is told by webhook.
PRAGMA user_version = 5;

CREATE TABLE questions (
    question TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    address TEXT NOT NULL, -- of a product, port or column
    text TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open', -- open, answered, settled, closed
    note TEXT NOT NULL DEFAULT '',
    changed_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX questions_by_product ON questions (product, state);

CREATE TABLE answers (
    answer TEXT PRIMARY KEY,
    question TEXT NOT NULL,
    product TEXT NOT NULL,
    text TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    at TEXT NOT NULL,
    is_accepted INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX answers_by_question ON answers (question);
CREATE INDEX answers_by_product ON answers (product);

CREATE TABLE product_announcements (
    announcement TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    text TEXT NOT NULL,
    until TEXT NOT NULL DEFAULT '', -- the last day, '' for none
    announced_by TEXT NOT NULL,
    at TEXT NOT NULL,
    ended_at TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX announcements_by_product ON product_announcements (product);

-- what people say of fields that a descriptor may leave open: the newest of each
CREATE TABLE said (
    address TEXT NOT NULL,
    field TEXT NOT NULL, -- description, tags, terms
    product TEXT NOT NULL,
    value TEXT NOT NULL, -- JSON
    said_by TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (address, field)
) WITHOUT ROWID;
CREATE INDEX said_by_product ON said (product);

CREATE TABLE proposals (
    proposal TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    address TEXT NOT NULL,
    field TEXT NOT NULL,
    title TEXT NOT NULL,
    reason TEXT NOT NULL,
    files TEXT NOT NULL, -- JSON: path, digest before, digest after
    branch TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open', -- open, merged, applied, withdrawn
    note TEXT NOT NULL DEFAULT '',
    ended_by TEXT NOT NULL DEFAULT '',
    changed_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX proposals_by_product ON proposals (product, state);

-- What is found by which words: made of files, glossaries and what is served, so no fact tells of it. It may be
-- emptied at any time. Facts stand on places: `id` of a document is its place's number, shifted by 20 bits.
CREATE TABLE search_state (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE search_owners (
    owner TEXT PRIMARY KEY, -- a product; or the terms, or the domains
    domain TEXT NOT NULL,
    files TEXT NOT NULL,
    served INTEGER
) WITHOUT ROWID;
CREATE INDEX search_owners_by_domain ON search_owners (domain);

-- In which generation of the index an owner's documents last changed, or went.
CREATE TABLE search_changes (
    owner TEXT PRIMARY KEY,
    generation INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX search_changes_by_generation ON search_changes (generation);

CREATE TABLE search_places (
    place INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    domain TEXT NOT NULL DEFAULT '',
    owners TEXT NOT NULL DEFAULT '[]',
    tags TEXT NOT NULL DEFAULT '[]',
    classification TEXT NOT NULL DEFAULT '',
    deprecated INTEGER NOT NULL DEFAULT 0,
    documents INTEGER NOT NULL
);
CREATE INDEX search_places_by_owner ON search_places (owner);

CREATE TABLE search_documents (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    more TEXT NOT NULL DEFAULT ''
);
CREATE VIRTUAL TABLE search_words USING fts5(
    name, description, more, content='search_documents', content_rowid='id', prefix='1 2 3',
    tokenize='unicode61 remove_diacritics 0'
);
CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab(search_words, row);

-- How each port fares, as search last looked: `due` is when that may change with no fact.
CREATE TABLE search_health (
    address TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    health TEXT NOT NULL,
    freshness TEXT NOT NULL,
    due REAL
) WITHOUT ROWID;
-- Which products are certified, as search last looked.
CREATE TABLE search_badges (
    product TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE INDEX search_health_by_product ON search_health (product);
CREATE INDEX search_health_by_due ON search_health (due) WHERE due IS NOT NULL;

-- how much each port is used is asked by its address
CREATE INDEX uses_by_address ON uses (address);

-- Queries that people keep and share: not made from facts, so that each can be deleted.
CREATE TABLE saved_queries (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    sql TEXT NOT NULL,
    purpose TEXT NOT NULL DEFAULT '',
    shared TEXT NOT NULL DEFAULT '',
    reads TEXT NOT NULL DEFAULT '[]',
    at TEXT NOT NULL,
    changed_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX saved_queries_by_owner ON saved_queries (owner, changed_at);
CREATE INDEX saved_queries_shared ON saved_queries (shared, changed_at) WHERE shared <> '';

-- What the builds of one run share, and the newest builds of all products.
ALTER TABLE builds ADD COLUMN run TEXT NOT NULL DEFAULT '';
CREATE INDEX builds_by_run ON builds (run) WHERE run <> '';
CREATE INDEX builds_by_time ON builds (started_at);

-- Hooks that facts are sent to; where they lead lies in files beside.
CREATE TABLE webhooks (
    webhook TEXT PRIMARY KEY,
    principal TEXT NOT NULL,
    host TEXT NOT NULL,
    kinds TEXT NOT NULL,
    address TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'active',
    error TEXT NOT NULL DEFAULT '',
    ended_at TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

-- How far each hook was told: not made from facts, as nothing that fails to arrive is one.
CREATE TABLE webhook_places (
    webhook TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    failing_since TEXT NOT NULL DEFAULT '',
    again_at TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

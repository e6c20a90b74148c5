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

CREATE TABLE bulletins (
    announcement TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    text TEXT NOT NULL,
    until TEXT NOT NULL DEFAULT '', -- the last day, '' for none
    announced_by TEXT NOT NULL,
    at TEXT NOT NULL,
    ended_at TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX bulletins_by_product ON bulletins (product);

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

-- how much each port is used is asked by its address
CREATE INDEX uses_by_address ON uses (address);

-- Who there is, who may read what, and who asked for it. What each source (local, a provider) knows of
-- somebody stands in a row of its own, so that none takes away what another one said.
CREATE TABLE principals (
    principal TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    teams TEXT NOT NULL DEFAULT '[]',
    roles TEXT NOT NULL DEFAULT '[]',
    attributes TEXT NOT NULL DEFAULT '{}',
    source TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    removed_at TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (principal, source)
) WITHOUT ROWID;

CREATE TABLE tokens (
    token TEXT PRIMARY KEY,
    principal TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    scopes TEXT NOT NULL DEFAULT '[]',
    purpose TEXT NOT NULL DEFAULT '',
    expires TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    revoked_at TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX tokens_by_principal ON tokens (principal);

-- What proves an identity; no fact holds it, and it is not made again from facts. `id` is a principal
-- (kind password) or a token's id (kind token); `digest` is argon2's text, or sha256 of the token.
CREATE TABLE credentials (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    digest TEXT NOT NULL,
    verifier TEXT NOT NULL DEFAULT '', -- SCRAM-SHA-256, as PostgreSQL writes it
    at TEXT NOT NULL,
    used_at TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (id, kind)
) WITHOUT ROWID;
CREATE INDEX credentials_by_digest ON credentials (digest);

CREATE TABLE requests (
    request TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    principal TEXT NOT NULL,
    address TEXT NOT NULL,
    purpose TEXT NOT NULL,
    days INTEGER NOT NULL,
    columns TEXT NOT NULL DEFAULT '[]',
    reason TEXT NOT NULL DEFAULT '',
    approvers TEXT NOT NULL DEFAULT '[]',
    state TEXT NOT NULL DEFAULT 'open', -- open, approved, refused
    level INTEGER NOT NULL DEFAULT 0, -- how many levels agreed
    decisions TEXT NOT NULL DEFAULT '[]', -- [at, by, word, note]
    offer TEXT NOT NULL DEFAULT '{}', -- what the levels that agreed give
    escalated TEXT NOT NULL DEFAULT '[]',
    escalated_at TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    ended_at TEXT NOT NULL DEFAULT '',
    by TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX requests_by_state ON requests (state, at);
CREATE INDEX requests_by_product ON requests (product, state);
CREATE INDEX requests_by_principal ON requests (principal);

CREATE TABLE grants (
    grant_id TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    principal TEXT NOT NULL,
    address TEXT NOT NULL,
    purpose TEXT NOT NULL DEFAULT '',
    since TEXT NOT NULL,
    until TEXT NOT NULL DEFAULT '',
    columns TEXT NOT NULL DEFAULT '[]',
    raw TEXT NOT NULL DEFAULT '[]',
    masks TEXT NOT NULL DEFAULT '{}',
    filter TEXT NOT NULL DEFAULT '',
    by TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    revoked_at TEXT NOT NULL DEFAULT '',
    revoked_by TEXT NOT NULL DEFAULT '', -- '' where its principal left
    reviewed_at TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX grants_by_product ON grants (product, revoked_at);
CREATE INDEX grants_by_principal ON grants (principal, revoked_at);

-- When who last read what by a principal: what a review of access begins with.
CREATE TABLE uses (
    principal TEXT NOT NULL,
    address TEXT NOT NULL,
    queries INTEGER NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (principal, address)
) WITHOUT ROWID;

ALTER TABLE queries ADD COLUMN principal TEXT NOT NULL DEFAULT '';
ALTER TABLE queries ADD COLUMN on_behalf_of TEXT NOT NULL DEFAULT '';
ALTER TABLE queries ADD COLUMN door TEXT NOT NULL DEFAULT '';
ALTER TABLE queries ADD COLUMN raw TEXT NOT NULL DEFAULT '[]';
ALTER TABLE queries ADD COLUMN masked TEXT NOT NULL DEFAULT '[]';
ALTER TABLE queries ADD COLUMN policies TEXT NOT NULL DEFAULT '[]';
ALTER TABLE queries ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
CREATE INDEX queries_by_principal ON queries (principal, at);
CREATE INDEX queries_on_behalf ON queries (on_behalf_of, at) WHERE on_behalf_of <> '';
CREATE INDEX queries_with_error ON queries (at) WHERE error <> '';

-- Which ports each query named, as they were called then: by what the trail of a port is found.
CREATE TABLE query_ports (
    address TEXT NOT NULL,
    at TEXT NOT NULL,
    query TEXT NOT NULL,
    PRIMARY KEY (address, at, query)
) WITHOUT ROWID;

PRAGMA user_version = 4;

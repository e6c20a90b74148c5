-- The catalog: what people say of products, what is found by which words, who is told by webhook.
PRAGMA user_version = 5;

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

-- The catalog: what people say of products, what is found by which words, who is told by webhook.
PRAGMA user_version = 5;

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

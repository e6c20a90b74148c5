-- The catalog: what people say of products, what is found by which words, who is told by webhook.
PRAGMA user_version = 5;

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
    promised INTEGER NOT NULL DEFAULT 0,
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
CREATE INDEX search_health_by_product ON search_health (product);
CREATE INDEX search_health_by_due ON search_health (due) WHERE due IS NOT NULL;

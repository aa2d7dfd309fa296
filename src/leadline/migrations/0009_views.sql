-- Saved views and preferences: each belongs to one person, and nobody else sees it.

CREATE TABLE views (
    row INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (number),
    no INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,           -- whose list it is: lead, contact, account or opportunity
    query TEXT,                   -- the query string of that list; null for the whole list
    position INTEGER,             -- null for after all others
    search_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (workspace, no)
) STRICT;

CREATE INDEX views_of_user ON views (user_id, workspace, no);

CREATE TABLE preferences (
    row INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (number),
    no INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    user_id TEXT NOT NULL UNIQUE REFERENCES users (id),
    content TEXT NOT NULL,        -- a JSON object
    search_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (workspace, no)
) STRICT;

-- Users and keys become kinds of records; people sign in with passwords, and have sessions.

ALTER TABLE users ADD COLUMN no INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN email_key TEXT;              -- the e-mail without regard to case
ALTER TABLE users ADD COLUMN password TEXT;               -- its Argon2id hash
ALTER TABLE users ADD COLUMN search_key TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;

ALTER TABLE api_keys RENAME TO keys;
ALTER TABLE keys ADD COLUMN no INTEGER NOT NULL DEFAULT 0;
ALTER TABLE keys ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE keys ADD COLUMN scopes TEXT;                  -- a JSON list; null for all
ALTER TABLE keys ADD COLUMN expires_at INTEGER;
ALTER TABLE keys ADD COLUMN search_key TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;

-- Those that were made before there were numbers come before all others, in their order.
UPDATE users SET email_key = lower(email), updated_at = created_at,
    search_key = lower(coalesce(first_name || ' ', '') || coalesce(last_name || ' ', '') || coalesce(email, '')),
    no = -(SELECT count(*) FROM users AS younger WHERE younger.workspace = users.workspace AND younger.id > users.id);
UPDATE keys SET search_key = lower(name), updated_at = coalesce(revoked_at, created_at),
    version = CASE WHEN revoked_at IS NULL THEN 1 ELSE 2 END,
    no = -(SELECT count(*) FROM keys AS younger WHERE younger.workspace = keys.workspace AND younger.id > keys.id);

CREATE UNIQUE INDEX users_by_no ON users (workspace, no);
CREATE UNIQUE INDEX users_by_email ON users (workspace, email_key);
CREATE INDEX users_of_email ON users (email_key);
CREATE UNIQUE INDEX keys_by_no ON keys (workspace, no);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (number),
    user_id TEXT NOT NULL REFERENCES users (id),
    version INTEGER NOT NULL,
    refresh_hash TEXT NOT NULL,   -- SHA-256 of the one refresh token in force, in hex
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,  -- of that refresh token
    ended_at INTEGER
) STRICT;

CREATE INDEX sessions_of_user ON sessions (user_id);

-- What follows is bookkeeping, no data of a workspace: the operation log does not tell of it.

CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE key_uses (
    key_id TEXT PRIMARY KEY REFERENCES keys (id),
    at INTEGER NOT NULL           -- of the last use, to the minute
) STRICT;

CREATE TABLE login_failures (
    email_hash TEXT PRIMARY KEY,  -- SHA-256 of the folded e-mail, in hex
    failures INTEGER NOT NULL,    -- in a row
    last_at INTEGER NOT NULL
) STRICT;

CREATE INDEX login_failures_by_time ON login_failures (last_at);

-- An operation names the one that it takes back, the job that it is a part of, and what led to it. Answers of writes
-- are kept for clients that send them again.

ALTER TABLE operations ADD COLUMN undoes TEXT;    -- id of the operation that this one takes back
ALTER TABLE operations ADD COLUMN job_id TEXT;    -- the job that it is a part of
ALTER TABLE operations ADD COLUMN size INTEGER;   -- number of its changes; null for older ones
ALTER TABLE operations ADD COLUMN door TEXT;      -- how it came in: http, cli, import:…; null for older ones
ALTER TABLE operations ADD COLUMN cause TEXT;     -- id of the operation that a rule acted upon
ALTER TABLE changes ADD COLUMN erased INTEGER;    -- seq of the operation that erased the values
ALTER TABLE workspaces ADD COLUMN log_from INTEGER NOT NULL DEFAULT 1;  -- first seq whose changes are all there

CREATE INDEX operations_undoing ON operations (workspace, undoes) WHERE undoes IS NOT NULL;
CREATE INDEX operations_of_job ON operations (workspace, job_id, seq) WHERE job_id IS NOT NULL;

CREATE TABLE replies (
    row INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (number),
    seq INTEGER NOT NULL,         -- of the operation whose answer it is
    key_hash TEXT NOT NULL,       -- of the caller and the Idempotency-Key
    fingerprint TEXT NOT NULL,    -- of the request; another request with the same key is refused
    at INTEGER NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,        -- {"Name": "value"}
    body TEXT,                    -- null if it had a secret
    UNIQUE (workspace, key_hash)
) STRICT;

-- Times are seconds since 1970 (workspaces.at: milliseconds); money is in ten-thousandths; flags are 0 or 1.

CREATE TABLE workspaces (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    seq INTEGER NOT NULL,         -- of the newest operation, without gaps
    no INTEGER NOT NULL,          -- of the newest record
    at INTEGER NOT NULL,          -- of the newest operation; never runs backwards
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE operations (
    workspace INTEGER NOT NULL REFERENCES workspaces (number),
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,           -- lead.created, lead.converted, …
    at INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    key_id TEXT,
    request_id TEXT,
    PRIMARY KEY (workspace, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
    workspace INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    record_id TEXT NOT NULL,
    version INTEGER NOT NULL,     -- of the record after the change
    fields TEXT NOT NULL,         -- {"field": [before, after]}
    PRIMARY KEY (workspace, seq, record_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX changes_of_record ON changes (record_id, version);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (number),
    email TEXT,                   -- null for the system user that API keys act as
    first_name TEXT,
    last_name TEXT,
    role TEXT NOT NULL,
    active INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX users_system ON users (workspace) WHERE email IS NULL;

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (number),
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,    -- SHA-256 of the key, in hex
    hint TEXT NOT NULL,           -- its last four characters
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE accounts (
    row INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (number),
    no INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    website TEXT,
    industry TEXT,
    company_size TEXT,
    annual_revenue INTEGER,
    stage TEXT NOT NULL,
    phone TEXT,
    billing_address TEXT,
    assigned_to TEXT REFERENCES users (id),
    tags TEXT NOT NULL,
    description TEXT,
    lead_id TEXT UNIQUE,          -- the lead whose convert made it, and at most one
    search_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (workspace, no)
) STRICT;

CREATE TABLE contacts (
    row INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (number),
    no INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    first_name TEXT,
    last_name TEXT,
    email TEXT NOT NULL,
    phone TEXT,
    title TEXT,
    stage TEXT NOT NULL,
    account_id TEXT REFERENCES accounts (id),
    assigned_to TEXT REFERENCES users (id),
    tags TEXT NOT NULL,
    source TEXT,
    email_opt_out INTEGER NOT NULL,
    email_bounced INTEGER NOT NULL,
    notes TEXT,
    lead_id TEXT UNIQUE,
    search_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (workspace, no)
) STRICT;

CREATE TABLE opportunities (
    row INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (number),
    no INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    value INTEGER,
    stage TEXT NOT NULL,
    account_id TEXT REFERENCES accounts (id),
    contact_id TEXT REFERENCES contacts (id),
    assigned_to TEXT REFERENCES users (id),
    close_date TEXT,
    description TEXT,
    lead_id TEXT UNIQUE,
    search_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (workspace, no)
) STRICT;

CREATE TABLE leads (
    row INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (number),
    no INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    first_name TEXT,
    last_name TEXT,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,      -- the e-mail without regard to case
    phone TEXT,
    company TEXT,
    status TEXT NOT NULL,
    source TEXT,
    assigned_to TEXT REFERENCES users (id),
    lead_score INTEGER,
    email_opt_out INTEGER NOT NULL,
    email_bounced INTEGER NOT NULL,
    converted_at INTEGER,
    converted_contact_id TEXT,
    converted_account_id TEXT,
    converted_opportunity_id TEXT,
    notes TEXT,
    search_key TEXT NOT NULL,     -- what a search looks through: folded, parts set apart by U+001F
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (workspace, no),
    CHECK ((status = 'converted') = (converted_at IS NOT NULL)),
    CHECK (first_name IS NOT NULL OR last_name IS NOT NULL)
) STRICT;

CREATE INDEX leads_by_status ON leads (workspace, status, no);
CREATE INDEX leads_by_source ON leads (workspace, source, no);
CREATE INDEX leads_by_assigned_to ON leads (workspace, assigned_to, no);
CREATE INDEX leads_by_email ON leads (workspace, email_key, no);
CREATE INDEX leads_by_created_at ON leads (workspace, created_at, no);
CREATE INDEX leads_by_updated_at ON leads (workspace, updated_at, no);

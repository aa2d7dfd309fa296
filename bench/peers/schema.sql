-- The peers' leads: the fields of Leadline's, and the defaults of what a client need not send.

CREATE TABLE users (
    id text PRIMARY KEY DEFAULT gen_random_uuid()::text,
    email text,
    first_name text,
    last_name text
);

CREATE TABLE leads (
    id text PRIMARY KEY DEFAULT gen_random_uuid()::text,
    first_name text,
    last_name text,
    email text NOT NULL,
    phone text,
    company text,
    status text NOT NULL DEFAULT 'new',
    source text,
    assigned_to text REFERENCES users (id) ON DELETE SET NULL,
    lead_score integer,
    email_opt_out boolean NOT NULL DEFAULT false,
    email_bounced boolean NOT NULL DEFAULT false,
    converted_at timestamptz,
    converted_contact_id text,
    notes text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

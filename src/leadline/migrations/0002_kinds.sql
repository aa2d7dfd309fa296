-- Lists of contacts, accounts and opportunities, and finding what refers to a record that goes.

ALTER TABLE contacts ADD COLUMN email_key TEXT NOT NULL DEFAULT '';    -- the e-mail without regard to case
ALTER TABLE contacts ADD COLUMN tags_key TEXT NOT NULL DEFAULT '';     -- folded, U+001F on either side of each
ALTER TABLE accounts ADD COLUMN tags_key TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN industry_key TEXT;

CREATE INDEX contacts_by_stage ON contacts (workspace, stage, no);
CREATE INDEX contacts_by_assigned_to ON contacts (workspace, assigned_to, no);
CREATE INDEX contacts_by_email ON contacts (workspace, email_key, no);
CREATE INDEX contacts_by_created_at ON contacts (workspace, created_at, no);
CREATE INDEX contacts_by_updated_at ON contacts (workspace, updated_at, no);
CREATE INDEX contacts_by_tags ON contacts (workspace, no, tags_key) WHERE tags_key <> '';
CREATE INDEX contacts_of_account ON contacts (account_id, workspace, no) WHERE account_id IS NOT NULL;

CREATE INDEX accounts_by_stage ON accounts (workspace, stage, no);
CREATE INDEX accounts_by_industry ON accounts (workspace, industry_key, no);
CREATE INDEX accounts_by_assigned_to ON accounts (workspace, assigned_to, no);
CREATE INDEX accounts_by_created_at ON accounts (workspace, created_at, no);
CREATE INDEX accounts_by_updated_at ON accounts (workspace, updated_at, no);

CREATE INDEX opportunities_by_stage ON opportunities (workspace, stage, no);
CREATE INDEX opportunities_by_assigned_to ON opportunities (workspace, assigned_to, no);
CREATE INDEX opportunities_by_close_date ON opportunities (workspace, close_date, no);
CREATE INDEX opportunities_by_value ON opportunities (workspace, value, no);
CREATE INDEX opportunities_by_created_at ON opportunities (workspace, created_at, no);
CREATE INDEX opportunities_by_updated_at ON opportunities (workspace, updated_at, no);
CREATE INDEX opportunities_of_account ON opportunities (account_id, workspace, no, stage)
    WHERE account_id IS NOT NULL;
CREATE INDEX opportunities_of_contact ON opportunities (contact_id, workspace, no) WHERE contact_id IS NOT NULL;

CREATE INDEX leads_of_contact ON leads (converted_contact_id) WHERE converted_contact_id IS NOT NULL;
CREATE INDEX leads_of_account ON leads (converted_account_id) WHERE converted_account_id IS NOT NULL;
CREATE INDEX leads_of_opportunity ON leads (converted_opportunity_id) WHERE converted_opportunity_id IS NOT NULL;

-- One for each filter, in the order of the list, so that a count is read from the index and a page needs no sort.

CREATE INDEX leads_newest ON leads (created_at, id);
CREATE INDEX leads_status ON leads (status, created_at, id);
CREATE INDEX leads_source ON leads (source, created_at, id);
CREATE INDEX leads_assigned_to ON leads (assigned_to, created_at, id);
CREATE INDEX leads_email ON leads (email);

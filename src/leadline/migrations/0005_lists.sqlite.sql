-- Lists are answered from memory (decision 0019). What stands in for that reads one narrow index whole, whose entries
-- come in order, instead of four in each of which a new lead has a place of its own (decision 0028).

DROP INDEX leads_by_status;
DROP INDEX leads_by_source;
DROP INDEX leads_by_email;
DROP INDEX leads_by_assigned_to;

CREATE INDEX leads_listed ON leads (workspace, no, status, source, email_key);
CREATE INDEX leads_by_assigned_to ON leads (workspace, assigned_to, no) WHERE assigned_to IS NOT NULL;

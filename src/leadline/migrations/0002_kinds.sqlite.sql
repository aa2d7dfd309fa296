UPDATE contacts SET email_key = fold(email);

-- The same trigram index as leads have.

CREATE VIRTUAL TABLE contacts_search USING fts5 (
    search_key, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1'
);
CREATE TRIGGER contacts_search_update AFTER UPDATE OF search_key ON contacts WHEN old.search_key <> new.search_key BEGIN
    DELETE FROM contacts_search WHERE rowid = old.row;
    INSERT INTO contacts_search (rowid, search_key) VALUES (new.row, new.search_key);
END;
CREATE TRIGGER contacts_search_delete AFTER DELETE ON contacts BEGIN
    DELETE FROM contacts_search WHERE rowid = old.row;
END;
INSERT INTO contacts_search (rowid, search_key) SELECT row, search_key FROM contacts;

CREATE VIRTUAL TABLE accounts_search USING fts5 (
    search_key, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1'
);
CREATE TRIGGER accounts_search_update AFTER UPDATE OF search_key ON accounts WHEN old.search_key <> new.search_key BEGIN
    DELETE FROM accounts_search WHERE rowid = old.row;
    INSERT INTO accounts_search (rowid, search_key) VALUES (new.row, new.search_key);
END;
CREATE TRIGGER accounts_search_delete AFTER DELETE ON accounts BEGIN
    DELETE FROM accounts_search WHERE rowid = old.row;
END;
INSERT INTO accounts_search (rowid, search_key) SELECT row, search_key FROM accounts;

CREATE VIRTUAL TABLE opportunities_search USING fts5 (
    search_key, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1'
);
CREATE TRIGGER opportunities_search_update AFTER UPDATE OF search_key ON opportunities WHEN old.search_key <> new.search_key BEGIN
    DELETE FROM opportunities_search WHERE rowid = old.row;
    INSERT INTO opportunities_search (rowid, search_key) VALUES (new.row, new.search_key);
END;
CREATE TRIGGER opportunities_search_delete AFTER DELETE ON opportunities BEGIN
    DELETE FROM opportunities_search WHERE rowid = old.row;
END;
INSERT INTO opportunities_search (rowid, search_key) SELECT row, search_key FROM opportunities;

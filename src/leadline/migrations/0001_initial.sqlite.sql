-- The trigram index of a search: it only names candidates (detail=none), which are then compared in full.

CREATE VIRTUAL TABLE leads_search USING fts5 (
    search_key, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1'
);
CREATE TRIGGER leads_search_update AFTER UPDATE OF search_key ON leads WHEN old.search_key <> new.search_key BEGIN
    DELETE FROM leads_search WHERE rowid = old.row;
    INSERT INTO leads_search (rowid, search_key) VALUES (new.row, new.search_key);
END;
CREATE TRIGGER leads_search_delete AFTER DELETE ON leads BEGIN
    DELETE FROM leads_search WHERE rowid = old.row;
END;

-- The trigram index of a search, where the extension is there: without it a search reads every row.

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX leads_search ON leads USING gin (search_key gin_trgm_ops);
    END IF;
END $$;

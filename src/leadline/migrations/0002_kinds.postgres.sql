UPDATE contacts SET email_key = leadline_fold(email);

-- The same trigram index as leads have.

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX contacts_search ON contacts USING gin (search_key gin_trgm_ops);
        CREATE INDEX accounts_search ON accounts USING gin (search_key gin_trgm_ops);
        CREATE INDEX opportunities_search ON opportunities USING gin (search_key gin_trgm_ops);
    END IF;
END $$;

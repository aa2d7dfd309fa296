-- The trigram index of a search, where the extension may be made: without it a search reads every row.

DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX leads_search ON leads USING gin (search_key gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE WARNING 'pg_trgm is not there (%); searches will be slow until an admin runs CREATE EXTENSION pg_trgm', sqlerrm;
END $$;

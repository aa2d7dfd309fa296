-- Searches are answered from memory, too (decisions 0019, 0023), or else by looking through what they look through
-- (decision 0029).

DROP TRIGGER leads_search_update;
DROP TRIGGER leads_search_delete;
DROP TABLE leads_search;
DROP TRIGGER contacts_search_update;
DROP TRIGGER contacts_search_delete;
DROP TABLE contacts_search;
DROP TRIGGER accounts_search_update;
DROP TRIGGER accounts_search_delete;
DROP TABLE accounts_search;
DROP TRIGGER opportunities_search_update;
DROP TRIGGER opportunities_search_delete;
DROP TABLE opportunities_search;

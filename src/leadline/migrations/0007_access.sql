-- The newest operation after which somebody may do less than before: a write compares it with what it was when the
-- writer was let in.

ALTER TABLE workspaces ADD COLUMN access_seq INTEGER NOT NULL DEFAULT 0;

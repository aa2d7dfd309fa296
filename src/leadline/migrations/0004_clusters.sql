-- Where a workspace lives, if not here; and by which move its last part is being carried, to here or from here.

ALTER TABLE workspaces ADD COLUMN cluster TEXT;
ALTER TABLE workspaces ADD COLUMN moving TEXT;

"""Looking after the data: what must be true of them, backup and restore, and the way to another database."""

"""Maintenance of the data: checks of invariants, backup and restore, and copies and moves to another database."""

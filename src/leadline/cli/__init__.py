"""The command line: each command a thin client of the same services."""

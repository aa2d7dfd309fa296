"""The command line: each command is a thin client of the services that the server uses."""

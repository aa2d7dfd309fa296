"""Workspaces, their users and API keys, and how a request proves which of them it acts for."""

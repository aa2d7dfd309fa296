"""Leadline: the lead desk that a team runs itself."""

__version__ = "0.1.0"

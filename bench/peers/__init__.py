"""Leadline beside what a team would use instead, on the same leads: `python -m bench.peers`."""

"""The generic record layer: everything that all kinds of record share."""

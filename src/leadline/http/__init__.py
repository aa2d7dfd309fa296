"""The HTTP layer: the only place that knows of methods, statuses and headers."""

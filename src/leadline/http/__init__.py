"""The HTTP layer, the only place that knows methods, statuses and headers."""

"""The HTTP server: turns the bytes of a connection into calls of endpoints, and their responses into bytes."""

"""The HTTP server: from the bytes of a connection to the call of an endpoint, and back."""

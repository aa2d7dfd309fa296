"""The endpoints: each reads a request, calls a service and makes the response."""

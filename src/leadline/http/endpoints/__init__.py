"""The endpoints. Each reads a request, calls a service and makes the response."""

"""What Leadline does per second, beside a bare server that does nothing: `python -m bench`."""

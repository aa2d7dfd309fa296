"""The demo: believable people, leads and deals of a year, written through the services that the API uses."""

"""The OpenAPI document of the route table, and the page that shows it."""

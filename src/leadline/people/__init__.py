"""Who is asking: workspaces, their users and API keys."""

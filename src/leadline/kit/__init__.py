"""What knows nothing of leads."""

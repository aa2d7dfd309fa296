"""What every kind of record shares, written once."""

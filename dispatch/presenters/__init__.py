"""Rows as the consoles and the API see them; one form for both, so that state plus events equals a fresh state."""

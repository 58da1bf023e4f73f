"""The registry over HTTP, to read."""

"""The Common Alerting Protocol 1.2 of OASIS."""

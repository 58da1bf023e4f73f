"""Adapters between a telephone exchange and Siaga: processes of their own, without Django (docs/pbx.md)."""

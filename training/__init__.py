"""Operator training in a realm of its own. The room is empty yet; its place in the layers is kept."""

"""The command language: one table, and what is made of it without looking at any row. Pure."""

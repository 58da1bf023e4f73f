"""Reading, for consoles, pages and reports."""

"""Documents of other systems: read into plain values and written from them. No framework, no row."""

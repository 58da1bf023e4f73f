"""Jakarta's calls: sent to a running site, or a week of them lived by bots on a virtual clock; docs/simulation.md."""

"""Jakarta's calls with bots at the desks: a week on a virtual clock, or a running site over HTTP; docs/simulation.md."""

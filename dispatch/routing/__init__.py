"""Travel times by a road router: OSRM or Valhalla over HTTP. No framework in here.

A router that is slow or away costs one short timeout, then nothing until the breaker lets one try through: the caller
goes on with straight lines.
"""

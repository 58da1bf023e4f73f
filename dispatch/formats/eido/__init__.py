"""The Emergency Incident Data Object of NENA-STA-021 in JSON."""

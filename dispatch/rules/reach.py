"""How fast somebody can get away. Pure."""

# Walking pace, a run, and a motorcycle in a city's traffic (m/s).
SPEEDS_M_S = {"": 0.0, "foot": 1.4, "running": 4.0, "vehicle": 11.0}


def speed_m_s(reach: str) -> float:
    """Of a kind of reach; 0 where nobody moves on."""
    return SPEEDS_M_S.get(reach, 0.0)

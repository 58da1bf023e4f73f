"""How far away a face can be known by a camera's picture (EN 62676-4). Pure.

The standard asks for pixels across one metre of the person: 250 to identify a stranger, 125 to recognise
somebody known.
"""

from math import radians, tan

IDENTIFY_PX_PER_M = 250.0
RECOGNISE_PX_PER_M = 125.0
FLAT_HFOV_MAX_DEG = 150.0


def face_range_m(
    width_px: int | None,
    hfov_deg: float | None,
    *,
    density_px_per_m: float = RECOGNISE_PX_PER_M,
    is_fisheye: bool = False,
) -> float | None:
    """The distance at which a picture `width_px` wide still has that density; None where a figure is not known.

    A usual lens spreads its pixels over a plane, a fisheye evenly over its angle; nothing flat shows 150 degrees.
    """
    if not width_px or not hfov_deg or width_px < 1 or not 0 < hfov_deg <= 360:
        return None
    if is_fisheye or hfov_deg > FLAT_HFOV_MAX_DEG:
        return width_px / (density_px_per_m * radians(hfov_deg))
    return width_px / (2 * density_px_per_m * tan(radians(hfov_deg) / 2))

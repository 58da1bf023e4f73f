"""The kelurahan that calls come from."""

import csv
from pathlib import Path

from django.conf import settings

from dispatch.rules.traffic import Spot
from places.choices import PlaceKind
from places.models import Place

CITY_LENGTH = len("31.71")


def spots_of_rows() -> list[Spot]:
    """From the gazetteer in the database, or from the shipped one while there is none."""
    rows = Place.objects.filter(kind=PlaceKind.VILLAGE).order_by("code")
    found = [Spot(row.code, row.code[:CITY_LENGTH], row.name, row.lat, row.lon, row.accuracy_m) for row in rows]
    return found or spots_of_file()


def spots_of_file() -> list[Spot]:
    """From the shipped gazetteer."""
    path = Path(settings.BASE_DIR) / "data" / "places" / "jakarta.csv"
    with path.open(encoding="utf-8") as lines:
        return [
            Spot(
                row["code"], row["code"][:CITY_LENGTH], row["name"], float(row["lat"]), float(row["lon"]),
                float(row["accuracy_m"]),
            )
            for row in csv.DictReader(lines)
            if row["kind"] == PlaceKind.VILLAGE
        ]  # fmt: skip

"""Posts, units with their crews, and run cards for a demo around Manggarai; where posts stand is our own invention."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.management import call_command

from accounts.models import Agency, User
from dispatch.models import Station, Unit, UnitType
from places.models import Place

# Code: name, agency, district, where.
STATIONS = {
    "pos-manggarai": ("Pos Manggarai", "gulkarmat", "31.74.01", -6.2112, 106.8511),
    "pos-tebet": ("Pos Tebet", "gulkarmat", "31.74.01", -6.2318, 106.8467),
    "pos-jatinegara": ("Pos Jatinegara", "gulkarmat", "31.75.03", -6.2291, 106.8703),
    "ambulans-tebet": ("Pangkalan ambulans Tebet", "pk3d", "31.74.01", -6.2279, 106.8498),
    "ambulans-jatinegara": ("Pangkalan ambulans Jatinegara", "pk3d", "31.75.03", -6.2247, 106.8688),
    "polisi-tebet": ("Pos polisi Tebet", "polda", "31.74.01", -6.2296, 106.8452),
    "polisi-jatinegara": ("Pos polisi Jatinegara", "polda", "31.75.03", -6.2271, 106.8719),
    "satpol-tebet": ("Pos Satpol PP Tebet", "satpolpp", "31.74.01", -6.2306, 106.8489),
    "dishub-matraman": ("Pos Dishub Matraman", "dishub", "31.75.01", -6.2044, 106.8607),
    "bpbd-menteng": ("Posko BPBD Menteng", "bpbd", "31.71.06", -6.1967, 106.8352),
}


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """What a unit is, and who is on it today."""

    name: str
    type_code: str
    station: str
    crew_count: int
    crew_text: str
    radio: str
    capabilities: tuple[str, ...] = ()


UNITS = {
    "DK-101": DemoUnit("Unit pancar Manggarai", "pompa", "pos-manggarai", 6, "Regu A", "Rescue 1"),
    "DK-102": DemoUnit("Unit pancar Tebet", "pompa", "pos-tebet", 6, "Regu A", "Rescue 1"),
    "DK-103": DemoUnit("Tangki Tebet", "tangki", "pos-tebet", 3, "Regu A", "Rescue 1"),
    "DK-104": DemoUnit("Unit pancar Jatinegara", "pompa", "pos-jatinegara", 6, "Regu B", "Rescue 1"),
    "DK-201": DemoUnit("Unit penyelamatan Jatinegara", "rescue", "pos-jatinegara", 5, "Regu B", "Rescue 2"),
    "AMB-01": DemoUnit("Ambulans Tebet", "ambulans-dasar", "ambulans-tebet", 3, "Tim 1", "Medis 1"),
    "AMB-02": DemoUnit("Ambulans Jatinegara", "ambulans-lanjut", "ambulans-jatinegara", 3, "Tim 4", "Medis 1"),
    "AMB-03": DemoUnit("Motor ambulans Tebet", "motor-medis", "ambulans-tebet", 1, "Tim 2", "Medis 1"),
    "POL-01": DemoUnit("Patroli Tebet", "patroli", "polisi-tebet", 2, "Piket pagi", "Lantas 3"),
    "POL-02": DemoUnit("Patroli Jatinegara", "patroli", "polisi-jatinegara", 2, "Piket pagi", "Lantas 3"),
    "POL-03": DemoUnit("Motor patroli Jatinegara", "motor-patroli", "polisi-jatinegara", 1, "Piket pagi", "Lantas 3"),
    "SPP-01": DemoUnit("Satpol PP Tebet", "satpol", "satpol-tebet", 4, "Regu 2", "Trantib 1"),
    "DSH-01": DemoUnit("Derek Matraman", "derek", "dishub-matraman", 2, "Shift 1", "Dishub 2"),
    "BPBD-01": DemoUnit("Perahu karet", "perahu", "bpbd-menteng", 4, "TRC 1", "TRC", ("medis-dasar",)),
    "BPBD-02": DemoUnit("Truk evakuasi", "truk", "bpbd-menteng", 2, "TRC 1", "TRC"),
}
# Whose device signs in by which user name.
ACCOUNTS = {"amb01": "AMB-01"}


def units_seed(agencies: Mapping[str, Agency], users: Mapping[str, User]) -> None:
    """Add what is missing; what was changed here stays."""
    call_command("run_cards_import", verbosity=0)
    stations, types = _stations(agencies), {row.code: row for row in UnitType.objects.all()}
    accounts = {call_sign: users[name] for name, call_sign in ACCOUNTS.items()}
    for call_sign, item in UNITS.items():
        station = stations[item.station]
        unit, _is_new = Unit.objects.get_or_create(
            call_sign=call_sign, defaults={"name": item.name, "agency": station.agency}
        )
        if unit.type_id is None:
            values = {
                "type": types[item.type_code], "station": station, "capabilities": list(item.capabilities),
                "crew_count": item.crew_count, "crew_text": item.crew_text, "radio": item.radio,
                "account": accounts.get(call_sign),
            }  # fmt: skip
            Unit.objects.filter(pk=unit.pk).update(**values)


def _stations(agencies: Mapping[str, Agency]) -> dict[str, Station]:
    found = {}
    for code, (name, agency, district, lat, lon) in STATIONS.items():
        values = {
            "name": name, "agency": agencies[agency], "district": Place.objects.get(code=district), "lat": lat,
            "lon": lon,
        }  # fmt: skip
        found[code] = Station.objects.get_or_create(code=code, defaults=values)[0]
    return found

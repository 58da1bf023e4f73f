"""What callers say, against the shipped names: the right place first, and nothing for nonsense."""

import csv
from functools import cache

import pytest
from django.conf import settings

from places.geocoder import IndexEntry, PlaceIndex, words_of

SAID = {
    "stasiun manggarai": "Stasiun Manggarai",
    "st manggarai": "Stasiun Manggarai",
    "stasion mangarai": "Stasiun Manggarai",
    "di depan stasiun manggarai": "Stasiun Manggarai",
    "manggarai": "Manggarai",
    "kel manggarai": "Manggarai",
    "manggarai selatan": "Manggarai Selatan",
    "bundran hi": "Bundaran HI",
    "dpn halte bundran hi": "Bundaran HI",
    "bunderan hi": "Bundaran HI",
    "monas": "Monas",
    "tugu monas": "Monas",
    "monumen nasional": "Monas",
    "duri pulo": "Duri Pulo",
    "kelurahan duri pulo gambir": "Duri Pulo",
    "menteng atas": "Menteng Atas",
    "menteng atas setiabudi": "Menteng Atas",
    "menteng": "Menteng",
    "gbk": "Gelora Bung Karno",
    "gelora bung karno": "Gelora Bung Karno",
    "rscm": "RSCM",
    "rs cipto mangunkusumo": "RSCM",
    "rumah sakit cipto": "RSCM",
    "tanah abang blok a": "Pasar Tanah Abang",
    "pasar senen": "Pasar Senen",
    "pasar induk kramat jati": "Pasar Induk Kramat Jati",
    "stasiun jakarta kota": "Stasiun Jakarta Kota",
    "beos": "Stasiun Jakarta Kota",
    "kota kasablanka": "Kota Kasablanka",
    "kokas": "Kota Kasablanka",
    "blok m": "Blok M",
    "terminal kampung rambutan": "Terminal Kampung Rambutan",
    "kampung rambutan terminal": "Terminal Kampung Rambutan",
    "tmii": "Taman Mini Indonesia Indah",
    "taman mini": "Taman Mini Indonesia Indah",
    "ragunan": "Ragunan",
    "kebun binatang ragunan": "Kebun Binatang Ragunan",
    "bandara halim": "Bandara Halim Perdanakusuma",
    "rs fatmawati": "RS Fatmawati",
    "rspad": "RSPAD Gatot Soebroto",
    "cempaka putih timur": "Cempaka Putih Timur",
    "petojo utara": "Petojo Utara",
    "kebon kacang": "Kebon Kacang",
    "kb kacang tanah abang": "Kebon Kacang",
    "tj priok": "Tanjung Priok",
    "pasar minggu": "Pasar Minggu",
    "lebak bulus mrt": "MRT Lebak Bulus",
    "grand indonesia": "Grand Indonesia",
    "mall taman anggrek": "Mall Taman Anggrek",
    "pintu air manggarai": "Pintu Air Manggarai",
    "kampung melayu terminal": "Terminal Kampung Melayu",
}
NONSENSE = [
    "",
    "   ",
    "???",
    "asdfghjkl",
    "stasiun zzyzx",
    "pasar",
    "tolong pak cepat",
    "di depan",
    "jalan",
    "rumah saya",
]


@cache
def shipped() -> tuple[PlaceIndex, dict[str, str]]:
    rows = []
    for name in ("jakarta.csv", "landmarks.csv"):
        with (settings.BASE_DIR / "data/places" / name).open(encoding="utf-8") as file:
            rows += list(csv.DictReader(file))
    by_code = {row["code"]: row for row in rows}

    def parents(row: dict[str, str]) -> tuple[str, ...]:
        above = by_code.get(row["parent"])
        return (above["name"], *parents(above)) if above else ()

    entries = [
        IndexEntry(row["code"], row["kind"], (row["name"], *filter(None, row["aliases"].split(";"))), parents(row))
        for row in rows
    ]
    return PlaceIndex(entries), {row["code"]: row["name"] for row in rows}


def test_nine_of_ten_of_what_callers_say_come_first() -> None:
    index, names = shipped()
    got = {said: names[found[0].code] if (found := index.search(said)) else "–" for said in SAID}
    wrong = {said: (got[said], right) for said, right in SAID.items() if got[said] != right}
    assert len(SAID) >= 40
    assert len(wrong) <= len(SAID) // 10, wrong


@pytest.mark.parametrize("said", NONSENSE)
def test_nothing_is_guessed(said: str) -> None:
    assert shipped()[0].search(said) == []


def test_the_shipped_places_are_whole_and_in_jakarta() -> None:
    with (settings.BASE_DIR / "data/places/jakarta.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    counts = {kind: sum(1 for row in rows if row["kind"] == kind) for kind in ("city", "district", "village")}
    assert counts == {"city": 6, "district": 44, "village": 267}
    for row in rows:
        is_islands = row["code"].startswith("31.01")
        assert (-6.0 if is_islands else -6.40) <= float(row["lat"]) <= (-5.1 if is_islands else -6.05), row
        assert 106.3 <= float(row["lon"]) <= 107.0, row


def test_scores_fall_and_the_limit_holds() -> None:
    found = shipped()[0].search("menteng", limit=3)
    assert len(found) == 3
    assert found[0].score == 1.0
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)


def test_an_empty_index_finds_nothing() -> None:
    assert PlaceIndex([]).search("monas") == []


def test_abbreviations_are_written_out_and_noise_left_out() -> None:
    assert words_of("Dpn. RS Fatmawati, Jl. Raya") == ["rumahsakit", "fatmawati", "jalan", "raya"]
    assert words_of("di depan") == ["di", "depan"]

"""Places from files: all or nothing, each wrong line named."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from places.models import Place
from places.services.importing import places_import

pytestmark = pytest.mark.django_db
HEAD = "code,kind,name,parent,aliases,lat,lon,accuracy_m,source"
CITY = "99,city,Kota Uji,,,-6.2,106.8,5000,uji"


def test_the_shipped_files_go_in_and_a_second_time_change_nothing() -> None:
    out = StringIO()
    call_command("places_import", stdout=out)
    assert Place.objects.filter(kind="village").count() == 267
    assert Place.objects.get(name="Stasiun Manggarai").parent == Place.objects.get(code="31.74.01")
    again = StringIO()
    call_command("places_import", stdout=again)
    assert again.getvalue().splitlines() == [
        "jakarta.csv: 0 new, 0 changed, 317 the same",
        "landmarks.csv: 0 new, 0 changed, 92 the same",
    ]


def test_a_changed_row_is_changed_and_a_dry_run_is_not() -> None:
    places_import([HEAD, CITY])
    moved = CITY.replace("-6.2", "-6.3")
    dry = places_import([HEAD, moved], is_dry_run=True)
    assert (dry.changed, Place.objects.get(code="99").lat) == (1, -6.2)
    real = places_import([HEAD, moved])
    assert (real.changed, Place.objects.get(code="99").lat) == (1, -6.3)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (
            '99.1,village,X,99,,"-6,2",106.8,100,x',
            "line 3: lat '-6,2' is no number (decimals are written with a point)",
        ),
        ("99.1,village,X,99,,nan,106.8,100,x", "line 3: lat 'nan' is no number"),
        ("99.1,village,X,98,,-6.2,106.8,100,x", "line 3: there is no parent '98' before it"),
        ("99.1,planet,X,99,,-6.2,106.8,100,x", "line 3: kind 'planet' is none of city, district, village, landmark"),
    ],
)
def test_one_wrong_line_is_named_and_nothing_is_taken(row: str, fault: str) -> None:
    result = places_import([HEAD, CITY, row])
    assert result.faults == [fault]
    assert Place.objects.filter(code__startswith="99").count() == 0


def test_a_place_off_the_earth_is_refused() -> None:
    result = places_import([HEAD, CITY.replace("-6.2", "-96.2")])
    assert result.faults[0].startswith("line 2: lat: ")


def test_missing_columns_and_files_are_said(tmp_path: Path) -> None:
    assert places_import(["code,name"]).faults[0].startswith("line 1: columns are missing: kind")
    with pytest.raises(CommandError, match="No such file"):
        call_command("places_import", str(tmp_path / "none.csv"))

"""Reading places, and finding them by what a caller says."""

import threading
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet, Sum

from common.clock import monotonic_s
from places.choices import PlaceKind
from places.geocoder import IndexEntry, PlaceIndex
from places.models import Place

REFRESH_S = 15.0
LABEL_KINDS = (PlaceKind.CITY, PlaceKind.DISTRICT, PlaceKind.LANDMARK)


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A place with how well it fits what was asked, 0 to 1."""

    place: Place
    parent_text: str
    score: float


class _Index:
    """The index of this process; asked every REFRESH_S whether rows changed meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mark: object = None
        self._looked_s = -REFRESH_S
        self._index = PlaceIndex([])

    def get(self) -> PlaceIndex:
        with self._lock:
            if monotonic_s() - self._looked_s >= REFRESH_S:
                # Cheap, and sees added, removed and renamed rows and moved points.
                mark = tuple(sorted(Place.objects.aggregate(n=Count("id"), at=Max("changed_at"), s=Sum("id")).items()))
                if mark != self._mark:
                    self._index, self._mark = _index_make(), mark
                self._looked_s = monotonic_s()
            return self._index

    def forget(self) -> None:
        with self._lock:
            self._looked_s = -REFRESH_S


_index = _Index()


def index_forget() -> None:
    """Look at the rows again at the next search; for imports and tests."""
    _index.forget()


def place_search(text: str, *, limit: int) -> list[PlaceFound]:
    """Places that are like `text`, best first; none rather than a guess."""
    found = _index.get().search(text, limit=limit)
    places = {place.code: place for place in _with_parents().filter(code__in=[item.code for item in found])}
    return [
        PlaceFound(places[item.code], ", ".join(_parents(places[item.code])), item.score)
        for item in found
        if item.code in places
    ]


def labels() -> list[Place]:
    """What the map writes on its ground: large to small."""
    own_point = Place.objects.filter(kind=PlaceKind.VILLAGE).exclude(source="middle of its kecamatan")
    return [*Place.objects.filter(kind__in=LABEL_KINDS).order_by("code"), *own_point.order_by("code")]


def _index_make() -> PlaceIndex:
    entries = [
        IndexEntry(place.code, place.kind, (place.name, *place.aliases), tuple(_parents(place)))
        for place in _with_parents().order_by("code")
    ]
    return PlaceIndex(entries)


def _with_parents() -> QuerySet[Place]:
    return Place.objects.select_related("parent__parent__parent")


def _parents(place: Place) -> list[str]:
    names: list[str] = []
    above = place.parent
    while above is not None:
        names.append(above.name)
        above = above.parent
    return names

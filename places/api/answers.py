"""The forms of answers about places."""

from common.answers import AnswerBody


class PlaceLabel(AnswerBody):
    """A name on the map."""

    code: str
    name: str
    kind: str
    lat: float
    lon: float


class PlaceLabelsAnswer(AnswerBody):
    """Names on the map."""

    places: list[PlaceLabel]


class PlaceFacts(PlaceLabel):
    """A place that was found, and how well it fits."""

    parent: str
    accuracy_m: float
    score: float


class PlacesAnswer(AnswerBody):
    """The best fits first."""

    places: list[PlaceFacts]

"""The forms of answers about calls and numbers."""

from common.answers import AnswerBody
from dispatch.events import CallPayload, IncidentPayload


class CallStep(AnswerBody):
    """One step of a call."""

    old: str
    new: str
    actor: str | None
    source: str
    reason: str
    occurred_at: str


class CallOfferFacts(AnswerBody):
    """One ringing at one desk."""

    user: str
    outcome: str
    offered_at: str


class CallPositionFacts(AnswerBody):
    """A position of the caller as one source gave it."""

    source: str
    lat: float
    lon: float
    radius_m: float
    measured_at: str


class CallAttempt(AnswerBody):
    """One try to call back."""

    outcome: str
    note: str
    user: str
    attempted_at: str


class NumberMark(AnswerBody):
    """What was written down about a number."""

    id: int
    number: str
    prank_count: int
    ghost_count: int
    last_at: str
    marked_until: str | None
    review: str
    review_note: str


class NumberAnswer(AnswerBody):
    """What is known of a number."""

    number: str | None
    calls: list[CallPayload]
    incidents: list[IncidentPayload]
    reputation: NumberMark | None


class NumbersAnswer(AnswerBody):
    """Marks."""

    numbers: list[NumberMark]


class CallAnswer(AnswerBody):
    """A call with its history."""

    call: CallPayload
    steps: list[CallStep]
    offers: list[CallOfferFacts]
    positions: list[CallPositionFacts]
    attempts: list[CallAttempt]
    history: NumberAnswer | None


class CallbacksAnswer(AnswerBody):
    """Calls to call back."""

    callbacks: list[CallPayload]


class LocationLinkAnswer(AnswerBody):
    """An address to send to the caller."""

    url: str
    expires_at: str


class HeardAnswer(AnswerBody):
    """What became of a batch of an exchange."""

    accepted: int
    repeated: int


class SettledAnswer(AnswerBody):
    """Calls of a storm that were closed, and those still there."""

    closed: int
    left: int

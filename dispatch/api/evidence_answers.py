"""The forms of answers about evidence."""

from common.answers import AnswerBody


class EvidenceLockFacts(AnswerBody):
    """A lock on all pictures of an incident; it holds while it is neither ended nor run out."""

    id: str
    incident_id: str
    reason: str
    reference: str
    locked_by: str
    locked_at: str
    expires_at: str
    ended_by: str | None
    ended_at: str | None
    is_active: bool


class EvidenceLocksAnswer(AnswerBody):
    """All locks of an incident, newest first."""

    locks: list[EvidenceLockFacts]


class AccessFacts(AnswerBody):
    """One look at a picture (`snapshot_viewed`) or one mark on it; `shown` is `covered` or `original`."""

    at: str
    who: str
    action: str
    snapshot_id: str
    camera: str
    purpose: str
    shown: str
    source: str


class AccessAnswer(AnswerBody):
    """Newest first, at most 500."""

    access: list[AccessFacts]

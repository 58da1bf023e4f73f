"""The forms of answers about the watchlist."""

from typing import Any

from common.answers import AnswerBody


class PhotoAnswer(AnswerBody):
    """A reference photo's facts."""

    id: str
    provenance: str
    width: int
    height: int
    sha256: str
    engine: str
    engine_version: str
    quality: dict[str, Any]
    added_at: str


class EntryAnswer(AnswerBody):
    """Who is sought, and on what basis."""

    id: str
    label: str
    kind: str
    is_minor: bool
    state: str
    legal_basis: str
    authority: str
    document_number: str
    case_number: str
    incident_id: str | None
    valid_from: str
    expires_at: str
    created_by: str
    created_at: str
    approved_by: str | None
    approved_at: str | None
    photos: list[PhotoAnswer]


class EntriesAnswer(AnswerBody):
    """Entries."""

    entries: list[EntryAnswer]

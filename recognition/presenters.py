"""The watchlist as the API shows it: never a vector, never a picture's bytes."""

from typing import Any

from recognition.models import WatchlistEntry, WatchlistPhoto


def entry_present(entry: WatchlistEntry) -> dict[str, Any]:
    """An entry; reads `photos`, `created_by` and `approved_by`."""
    return {
        "id": str(entry.pk),
        "label": entry.label,
        "kind": entry.kind,
        "is_minor": entry.is_minor,
        "state": entry.state,
        "legal_basis": entry.legal_basis,
        "authority": entry.authority,
        "document_number": entry.document_number,
        "case_number": entry.case_number,
        "incident_id": str(entry.incident_id) if entry.incident_id else None,
        "valid_from": entry.valid_from.isoformat(),
        "expires_at": entry.expires_at.isoformat(),
        "created_by": str(entry.created_by),
        "created_at": entry.created_at.isoformat(),
        "approved_by": str(entry.approved_by) if entry.approved_by else None,
        "approved_at": entry.approved_at.isoformat() if entry.approved_at else None,
        "photos": [photo_present(photo) for photo in entry.photos.all()],
    }


def photo_present(photo: WatchlistPhoto) -> dict[str, Any]:
    """A reference photo's facts."""
    return {
        "id": str(photo.pk),
        "provenance": photo.provenance,
        "width": photo.width,
        "height": photo.height,
        "sha256": photo.sha256,
        "engine": photo.engine,
        "engine_version": photo.engine_version,
        "quality": photo.quality,
        "added_at": photo.added_at.isoformat(),
    }

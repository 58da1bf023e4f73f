"""Warnings as rows: taken once, ended by what replaces them, by a cancellation or by the clock."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.locking import locked, locked_all
from dispatch.choices.alerts import AlertOrigin, AlertState
from dispatch.formats.cap import types as cap
from dispatch.models import Alert, AlertArea
from dispatch.rules.areas import Shape
from realtime.models import Realm

# The standard leaves it to the reader how long an alert without an end holds.
HOLDS = timedelta(hours=24)
ENDS = {"Update": AlertState.UPDATED, "Cancel": AlertState.CANCELLED}
LANGUAGES = ("id-ID", "en-US")


@dataclass(frozen=True, slots=True)
class Words:
    """What a warning says in one language."""

    event: str
    headline: str
    description: str = ""
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class AlertDraft:
    """A warning that is to be issued here, in Indonesian and, where given, in English."""

    category: str
    urgency: str
    severity: str
    certainty: str
    expires_at: datetime
    words: Words
    area_text: str
    words_en: Words | None = None
    onset_at: datetime | None = None
    polygons: tuple[tuple[cap.Point, ...], ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """What taking a message did."""

    alert: Alert
    ended: Sequence[Alert]
    is_new: bool


def alert_store(
    *, realm: Realm, message: cap.CapAlert, document: bytes, origin: AlertOrigin, user: User, at: datetime
) -> Stored:
    """Keep a message, once, and end what it replaces or calls off.

    The same message again changes nothing. Raises ConflictError `alert_differs` for another message under a known
    identifier, ValidationError `alert_foreign` where somebody speaks for another sender or in our name.
    """
    _sender_check(message, origin)
    known = _known(realm, message)
    if known is None:
        try:
            with transaction.atomic():
                alert = _insert(_row(realm, message, document, origin, user, at=at), message.infos, at)
        except IntegrityError:
            known = _known(realm, message)
            if known is None:
                raise
    if known is not None:
        if bytes(known.document) != document:
            raise ConflictError(
                "alert_differs",
                gettext_noop("Another message of this sender has this identifier."),
                {"alert": str(known.pk)},
            )
        return Stored(known, (), is_new=False)
    return Stored(alert, _referred_end(alert, at), is_new=True)


def alerts_expire(*, realm: Realm, at: datetime) -> list[Alert]:
    """End what has run out; returns what was ended."""
    rows = locked_all(Alert.objects.filter(realm=realm, state=AlertState.ACTIVE, expires_at__lte=at), "realm")
    for alert in rows:
        _end(alert, AlertState.EXPIRED, at)
    return rows


def alert_own_locked(*, realm: Realm, alert_id: uuid.UUID) -> Alert:
    """One of ours that holds; raises NotFoundError, ConflictError `alert_ended`."""
    alert = locked(Alert.objects.filter(realm=realm, pk=alert_id, origin=AlertOrigin.ISSUED), "realm")
    if alert is None:
        raise NotFoundError
    if alert.state != AlertState.ACTIVE:
        raise ConflictError("alert_ended", gettext_noop("This warning holds no longer."), {"state": alert.state})
    return alert


def message_of(
    *, draft: AlertDraft | None, at: datetime, replaces: Alert | None = None, note: str = ""
) -> cap.CapAlert:
    """The message that issues a draft, replaces one of ours by it, or, without a draft, calls one of ours off."""
    kind = "Alert" if replaces is None else "Update" if draft else "Cancel"
    sent = _local(at)
    references: tuple[cap.CapReference, ...] = ()
    if replaces is not None:
        references = (cap.CapReference(replaces.sender, replaces.identifier, _local(replaces.sent_at)),)
    return cap.CapAlert(
        identifier=f"siaga-{uuid.uuid4()}",
        sender=settings.CAP_SENDER,
        sent=sent,
        status="Actual",
        message_type=kind,
        scope="Public",
        note=note,
        references=references,
        infos=_infos(draft, sent) if draft else (),
    )


def _infos(draft: AlertDraft, sent: datetime) -> tuple[cap.CapInfo, ...]:
    area = cap.CapArea(
        draft.area_text,
        draft.polygons,
        tuple((lat, lon, round(radius_m / 1000, 6)) for lat, lon, radius_m in draft.circles),
        tuple(("kemendagri", code) for code in draft.places),
    )
    said = [(LANGUAGES[0], draft.words)] + ([(LANGUAGES[1], draft.words_en)] if draft.words_en else [])
    return tuple(
        cap.CapInfo(
            categories=(draft.category,),
            event=words.event,
            urgency=draft.urgency,
            severity=draft.severity,
            certainty=draft.certainty,
            language=language,
            effective=sent,
            onset=_local(draft.onset_at) if draft.onset_at else None,
            expires=_local(draft.expires_at),
            headline=words.headline,
            description=words.description,
            instruction=words.instruction,
            areas=(area,),
        )
        for language, words in said
    )


def _local(value: datetime) -> datetime:
    return timezone.localtime(value).replace(microsecond=0)


def _sender_check(message: cap.CapAlert, origin: AlertOrigin) -> None:
    is_ours = message.sender == settings.CAP_SENDER
    is_foreign = any(reference.sender != message.sender for reference in message.references)
    if is_ours is not (origin == AlertOrigin.ISSUED) or (message.message_type in ENDS and is_foreign):
        raise ValidationError(
            "alert_foreign",
            gettext_noop("Nobody replaces or calls off the warnings of another sender, or sends in our name."),
            {"fields": {"sender": [message.sender]}},
        )


def _known(realm: Realm, message: cap.CapAlert) -> Alert | None:
    rows = Alert.objects.filter(realm=realm, sender=message.sender, identifier=message.identifier)
    return locked(rows, "realm", "made_by")


def _row(
    realm: Realm, message: cap.CapAlert, document: bytes, origin: AlertOrigin, user: User, *, at: datetime
) -> Alert:
    first = message.infos[0] if message.infos else None
    ends = [info.expires for info in message.infos if info.expires]
    end = max(ends) if ends and len(ends) == len(message.infos) else message.sent + HOLDS
    return Alert(
        realm=realm,
        origin=origin,
        state=AlertState.ACTIVE,
        sender=message.sender,
        identifier=message.identifier,
        sent_at=message.sent.astimezone(UTC),  # as it will be read back: events and state must be alike
        status=message.status,
        message_type=message.message_type,
        references=[[reference.sender, reference.identifier] for reference in message.references],
        event=first.event[:200] if first else "",
        headline=first.headline[:300] if first else message.note[:300],
        category=first.categories[0] if first else "",
        urgency=first.urgency if first else "",
        severity=first.severity if first else "",
        certainty=first.certainty if first else "",
        onset_at=first.onset.astimezone(UTC) if first and first.onset else None,
        expires_at=end.astimezone(UTC),
        infos=[_info_row(info) for info in message.infos],
        document=document,
        made_by=user,
        received_at=at,
    )


def _insert(alert: Alert, infos: Sequence[cap.CapInfo], at: datetime) -> Alert:
    _begin(alert, at)
    alert.save(force_insert=True)
    AlertArea.objects.bulk_create(_areas(alert, infos))
    return alert


def _begin(alert: Alert, at: datetime) -> None:
    """The first state: messages may come late or in another order than they were sent."""
    if alert.status != "Actual" or alert.message_type not in {"Alert", "Update"}:
        alert.state = AlertState.NOTED
        return
    later = Alert.objects.filter(
        realm=alert.realm, sender=alert.sender, status="Actual", message_type__in=ENDS,
        references__contains=[[alert.sender, alert.identifier]],
    ).order_by("sent_at").first()  # fmt: skip
    if later is not None:
        alert.state, alert.ended_at = ENDS[later.message_type], at
        alert.replaced_by = later if later.message_type == "Update" else None
    elif alert.expires_at <= at:
        alert.state, alert.ended_at = AlertState.EXPIRED, at


def _referred_end(alert: Alert, at: datetime) -> list[Alert]:
    if alert.status != "Actual" or alert.message_type not in ENDS:
        return []
    identifiers = [identifier for _sender, identifier in alert.references]
    rows = Alert.objects.filter(
        realm=alert.realm, sender=alert.sender, identifier__in=identifiers, state=AlertState.ACTIVE
    ).exclude(pk=alert.pk)
    ended = locked_all(rows, "realm")
    for row in ended:
        row.replaced_by = alert if alert.message_type == "Update" else None
        _end(row, ENDS[alert.message_type], at)
    return ended


def _end(alert: Alert, state: AlertState, at: datetime) -> None:
    alert.state, alert.ended_at = state, at
    alert.save(update_fields=["state", "ended_at", "replaced_by"])


def _info_row(info: cap.CapInfo) -> dict[str, str]:
    return {
        "language": info.language[:20],
        "event": info.event,
        "headline": info.headline,
        "description": info.description,
        "instruction": info.instruction,
        "sender_name": info.sender_name,
        "web": info.web,
        "contact": info.contact,
    }


def _areas(alert: Alert, infos: Iterable[cap.CapInfo]) -> list[AlertArea]:
    return [_area_row(alert, info.language, area) for info in infos for area in info.areas]


def _area_row(alert: Alert, language: str, area: cap.CapArea) -> AlertArea:
    circles = tuple((lat, lon, radius_km * 1000) for lat, lon, radius_km in area.circles)
    box = Shape(area.polygons, circles).box()
    return AlertArea(
        alert=alert,
        language=language[:20],
        description=area.description[:500],
        polygons=[[list(point) for point in polygon] for polygon in area.polygons],
        circles=[list(circle) for circle in circles],
        geocodes=[list(pair) for pair in area.geocodes],
        south=box.south if box else None,
        west=box.west if box else None,
        north=box.north if box else None,
        east=box.east if box else None,
    )

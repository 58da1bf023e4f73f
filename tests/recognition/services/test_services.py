"""From a photo on the watchlist to a reviewed candidate, with real faces and real rows."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.choices import Role
from accounts.models import User
from cameras.models import Camera, Snapshot
from common import clock
from common.errors import AccessDeniedError, ConflictError, ValidationError
from recognition import actions
from recognition.choices import Decision, EntryKind, EntryState, MatchState, MatchTier, ReviewReason
from recognition.engine.pipeline import EnrolmentRefused
from recognition.models import CandidateMatch, FaceAnalysis, WatchlistEntry
from recognition.services.analysis import analysis_record, gallery_for, picture_search
from recognition.services.reviews import review_record
from recognition.services.watchlist import engine_load, entry_approve, photo_add
from tests import factories
from tests.recognition.engine.test_pipeline import ASTRONAUT, photo, street

pytestmark = pytest.mark.django_db


def draft(
    officer: User, *, kind: EntryKind = EntryKind.MISSING, incident_id: uuid.UUID | None = None
) -> WatchlistEntry:
    at = clock.now()
    return WatchlistEntry.objects.create(
        realm=factories.live_realm(), label="Subject", kind=kind, legal_basis="UU 27/2022 pasal 4",
        authority="Polda Metro Jaya", document_number="LP/1/2026", case_number="K-1", incident_id=incident_id,
        valid_from=at, expires_at=at + timedelta(hours=72), created_by=officer,
    )  # fmt: skip


def active(picture: bytes, **options: object) -> WatchlistEntry:
    officer = factories.user(Role.WATCHLIST_OFFICER)
    entry = draft(officer, **options)  # type: ignore[arg-type]
    photo_add(entry=entry, photo=picture, provenance="keluarga", user=officer)
    return entry_approve(entry_id=entry.pk, user=factories.user(Role.WATCHLIST_OFFICER))


def snapshot() -> Snapshot:
    at = clock.now()
    camera = Camera.objects.create(
        code=f"C-{uuid.uuid4().hex[:8]}", name="x", owner=factories.agency(), kind="http_jpeg", url="http://127.0.0.1:8000/",
        lat=-6.21, lon=106.85,
    )  # fmt: skip
    return Snapshot.objects.create(
        realm=factories.live_realm(), camera=camera, path=uuid.uuid4().hex, content_type="image/jpeg", sha256="0" * 64,
        byte_count=1, width=1920, height=1080, requested_at=at, first_byte_at=at, received_at=at, delete_after=at,
    )  # fmt: skip


def analysed(incident_id: uuid.UUID, picture: bytes) -> list[CandidateMatch]:
    engine = engine_load()
    where = snapshot()
    gallery = gallery_for(incident_id=incident_id, realm_id=where.realm_id, engine=engine)
    findings = picture_search(picture=picture, gallery=gallery, engine=engine)
    return analysis_record(snapshot=where, incident_id=incident_id, findings=findings, engine=engine)


def proposed(kind: EntryKind = EntryKind.MISSING) -> CandidateMatch:
    active(photo("subject-a-1"), kind=kind)
    (match,) = analysed(uuid.uuid4(), street(("subject-a-3", 90)))
    return match


def review(match: CandidateMatch, user: User, decision: Decision, **options: object) -> CandidateMatch:
    options = {"reason": ReviewReason.FEATURES, "note": "", "viewed_ms": 3000, **options}
    return review_record(match_id=match.pk, user=user, decision=decision, **options)  # type: ignore[arg-type]


def test_the_sought_is_found_and_nobody_else_is_raised() -> None:
    sought, other = active(photo("subject-a-1")), active(ASTRONAUT.read_bytes())
    incident_id = uuid.uuid4()
    (match,) = analysed(incident_id, street(("subject-a-3", 90), ("subject-b-1", 90)))
    assert (match.entry_id, match.tier, match.state) == (sought.pk, MatchTier.PUSHED, MatchState.PROPOSED)
    assert match.expected_false_candidates is None  # too small a list for a calibrated rate
    assert not CandidateMatch.objects.filter(entry=other).exists()
    analysis = FaceAnalysis.objects.get()
    assert (analysis.faces_found, analysis.faces_searched, analysis.comparisons, analysis.candidates) == (2, 2, 4, 1)


def test_strangers_leave_counts_and_no_vector_anywhere() -> None:
    active(ASTRONAUT.read_bytes())
    assert analysed(uuid.uuid4(), street(("subject-b-1", 90))) == []
    vector = engine_load().observe(street(("subject-b-1", 90))).faces[0].vector
    assert vector is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(photo::text, '') FROM recognition_watchlistphoto photo")
        assert vector.tobytes().hex()[:32] not in cursor.fetchone()[0]
    assert FaceAnalysis.objects.get().faces_found == 1


def test_only_entries_that_apply_are_searched() -> None:
    here, elsewhere = uuid.uuid4(), uuid.uuid4()
    active(photo("subject-a-1"), incident_id=elsewhere)
    assert analysed(here, street(("subject-a-3", 90))) == []
    assert len(analysed(elsewhere, street(("subject-a-3", 90)))) == 1
    WatchlistEntry.objects.update(
        valid_from=clock.now() - timedelta(days=2), expires_at=clock.now() - timedelta(days=1)
    )
    assert analysed(elsewhere, street(("subject-a-3", 90))) == []


def test_photo_and_vector_lie_sealed() -> None:
    entry = active(photo("subject-a-1"))
    row = entry.photos.get()
    assert row.photo_read() == photo("subject-a-1")
    assert bytes(row.photo_sealed).find(photo("subject-a-1")[:64]) == -1
    assert len(row.vector_read()) == 128 * 4


@pytest.mark.parametrize(
    ("picture", "code"),
    [(street(), "enrolment_no_face"), (street(("subject-a-1", 120), ("subject-b-1", 120)), "enrolment_several_faces")],
    ids=["none", "two"],
)
def test_a_photo_without_one_face_is_refused_and_nothing_is_kept(picture: bytes, code: str) -> None:
    officer = factories.user(Role.WATCHLIST_OFFICER)
    entry = draft(officer)
    with pytest.raises(EnrolmentRefused, match=code):
        photo_add(entry=entry, photo=picture, provenance="keluarga", user=officer)
    assert not entry.photos.exists()


def test_two_persons_by_service_and_by_database() -> None:
    officer = factories.user(Role.WATCHLIST_OFFICER)
    entry = draft(officer)
    photo_add(entry=entry, photo=photo("subject-a-1"), provenance="keluarga", user=officer)
    with pytest.raises(ConflictError, match="same_person"):
        entry_approve(entry_id=entry.pk, user=officer)
    with pytest.raises(IntegrityError, match="entry_two_persons"), transaction.atomic():
        WatchlistEntry.objects.filter(pk=entry.pk).update(approved_by=officer)
    with pytest.raises(IntegrityError, match="entry_active_is_approved"), transaction.atomic():
        WatchlistEntry.objects.filter(pk=entry.pk).update(state=EntryState.ACTIVE)
    with pytest.raises(AccessDeniedError):
        actions.entry_approve(user=factories.user(Role.CALL_TAKER), source="test", entry_id=entry.pk)
    entry.refresh_from_db()
    assert entry.state == EntryState.DRAFT


@pytest.mark.parametrize("field", ["legal_basis", "authority", "document_number", "case_number"])
def test_no_entry_without_its_legal_basis(field: str) -> None:
    entry = draft(factories.user(Role.WATCHLIST_OFFICER))
    with pytest.raises(IntegrityError, match="entry_has_legal_basis"), transaction.atomic():
        WatchlistEntry.objects.filter(pk=entry.pk).update(**{field: ""})


def test_a_confirmation_of_a_missing_person_settles_it_once() -> None:
    match, user = proposed(), factories.user(Role.DISPATCHER)
    assert review(match, user, Decision.CONFIRM).state == MatchState.CONFIRMED
    with pytest.raises(ConflictError, match="match_settled"):
        review(match, factories.user(Role.DISPATCHER), Decision.REJECT)
    match.refresh_from_db()
    assert (match.state, match.reviews.count()) == (MatchState.CONFIRMED, 1)


def test_a_wanted_person_needs_a_second_reviewer() -> None:
    match, first = proposed(EntryKind.WANTED), factories.user(Role.DISPATCHER)
    assert review(match, first, Decision.CONFIRM).state == MatchState.SECOND_REVIEW
    with pytest.raises(ConflictError, match="already_reviewed"):
        review(match, first, Decision.CONFIRM)
    assert review(match, factories.user(Role.SUPERVISOR), Decision.CONFIRM).state == MatchState.CONFIRMED


def test_one_rejection_is_enough_and_unsure_asks_another() -> None:
    match = proposed(EntryKind.WANTED)
    assert review(match, factories.user(Role.DISPATCHER), Decision.UNSURE).state == MatchState.SECOND_REVIEW
    assert review(match, factories.user(Role.DISPATCHER), Decision.REJECT).state == MatchState.REJECTED


@pytest.mark.parametrize(
    ("decision", "options", "code"),
    [
        (Decision.CONFIRM, {"viewed_ms": 1999}, "viewed_too_short"),
        (Decision.REJECT, {"reason": ReviewReason.OTHER, "note": "  "}, "note_missing"),
    ],
)
def test_a_hasty_or_unfounded_decision_is_not_taken(decision: Decision, options: dict[str, object], code: str) -> None:
    match = proposed()
    with pytest.raises(ValidationError, match=code):
        review(match, factories.user(Role.DISPATCHER), decision, **options)
    match.refresh_from_db()
    assert (match.state, match.reviews.count()) == (MatchState.PROPOSED, 0)


def test_who_has_no_part_in_it_cannot_review() -> None:
    match = proposed()
    with pytest.raises(AccessDeniedError):
        review(match, factories.user(Role.AUDITOR), Decision.CONFIRM)

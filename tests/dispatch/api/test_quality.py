"""Reviews over HTTP: who may, who may not, what is told to whom, and that each act is done once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from accounts.choices import Role
from accounts.models import AuditEntry
from dispatch.models import (
    Calibration,
    QualityAnswer,
    QualityReview,
    QualitySample,
    QualityTransition,
    ScorecardVersion,
)
from realtime.models import Event
from tests import factories
from tests.dispatch.console import Console
from tests.dispatch.quality import BAD, GOOD, reviewed, sample, scorecard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _live() -> None:
    factories.live_realm()


@pytest.fixture
def operator() -> Console:
    return Console(factories.user(Role.CALL_TAKER))


@pytest.fixture
def boss() -> Console:
    return Console(factories.user(Role.SUPERVISOR))


def filled(answers: dict[str, int | None] | None = None, comment: str = "") -> dict[str, Any]:
    version = ScorecardVersion.objects.get(card__code="uji", state="published")
    return {"version": str(version.pk), "answers": GOOD if answers is None else answers, "comment": comment}


def told() -> list[dict[str, Any]]:
    return [event.payload for event in Event.objects.filter(kind="quality.changed").order_by("sequence")]


def audited() -> list[str]:
    words = ("quality_", "calibration_")
    return [row.action for row in AuditEntry.objects.order_by("sequence") if row.action.startswith(words)]


def test_a_review_from_the_list_to_the_operator(operator: Console, boss: Console) -> None:
    scorecard()
    row = sample(operator.user)
    assert [found["id"] for found in boss.get("quality/samples/")["samples"]] == [str(row.pk)]
    made = boss.post(f"quality/samples/{row.pk}/reviews/", filled(comment="Lokasi ditanyakan dulu."), expect=201)
    assert (made["score_percent"], made["is_passed"], made["failed_critical"]) == (100.0, True, 0)
    assert made["answers"] == GOOD
    assert boss.get("quality/samples/")["samples"] == []
    seen = operator.get(f"quality/samples/{row.pk}/")
    assert seen["sample"]["state"] == "reviewed"
    assert [review["comment"] for review in seen["reviews"]] == ["Lokasi ditanyakan dulu."]
    assert operator.post(f"quality/samples/{row.pk}/acknowledge/", {"note": "Terima kasih."})["state"] == "acknowledged"
    steps = list(row.transitions.order_by("id").values_list("old", "new", "actor", "note"))
    assert steps == [
        ("", "waiting", None, ""), ("waiting", "reviewed", boss.user.pk, ""),
        ("reviewed", "acknowledged", operator.user.pk, "Terima kasih."),
    ]  # fmt: skip
    assert told() == [{"id": str(row.pk), "state": state} for state in ("reviewed", "acknowledged")]
    assert audited() == ["quality_reviewed", "quality_viewed", "quality_acknowledged"]


def test_an_objection_is_judged_by_somebody_else_and_their_review_holds(operator: Console, boss: Console) -> None:
    first = reviewed(operator.user, boss.user, BAD)
    row, path = first.sample, f"quality/samples/{first.sample_id}"
    assert (float(first.score_percent or 0), first.failed_critical, first.is_passed) == (40.0, 1, False)
    assert operator.refused(f"{path}/objection/", {"reason": "tak"}) == (400, "invalid")
    operator.post(f"{path}/objection/", {"reason": "Lokasi sudah saya tanyakan."})
    assert boss.get("quality/samples/")["count"] == 0  # not theirs to judge again
    assert boss.refused(f"{path}/reviews/", filled()) == (409, "second_by_another")
    other = Console(factories.user(Role.HEAD))
    assert other.get("quality/samples/")["samples"][0]["state"] == "objected"
    assert other.post(f"{path}/reviews/", filled(), expect=201)["kind"] == "second"
    row.refresh_from_db()
    assert row.state == "settled"
    (result,) = operator.get("quality/results/")["results"]
    assert (result["score_percent"], result["is_passed"]) == (100.0, True)
    assert operator.get("quality/results/")["weeks"][0]["mean_percent"] == 100.0
    assert operator.refused(f"{path}/objection/", {"reason": "Sekali lagi."}) == (409, "state_conflict")
    operator.post(f"{path}/acknowledge/")
    assert other.refused(f"{path}/reviews/", filled()) == (409, "already_reviewed")
    assert [review.kind for review in row.reviews.order_by("reviewed_at")] == ["first", "second"]


def test_nobody_reviews_a_call_of_their_own_nor_sees_that_it_was_drawn() -> None:
    version = scorecard()
    own = Console(factories.user(Role.SUPERVISOR))
    row = sample(own.user)
    assert own.get("quality/samples/") == {"count": 0, "samples": [], "calibrations": []}
    own.get(f"quality/samples/{row.pk}/", expect=404)
    body = {"version": str(version.pk)}
    assert own.refused(f"quality/samples/{row.pk}/reviews/", filled()) == (400, "own_call")
    assert own.refused(f"quality/samples/{row.pk}/calibrations/", body) == (400, "own_call")
    assert own.refused(f"quality/samples/{row.pk}/acknowledge/") == (404, "not_found")
    assert QualityReview.objects.count() == Calibration.objects.count() == 0
    assert row.transitions.count() == 1
    with pytest.raises(IntegrityError, match="quality_review_not_of_own_call"), transaction.atomic():
        QualityReview.objects.create(
            sample=row, kind="first", version=version, reviewer=own.user, operator=own.user, is_passed=False,
            reviewed_at=row.drawn_at,
        )  # fmt: skip


def test_another_operator_sees_and_does_nothing(operator: Console) -> None:
    row = reviewed(operator.user).sample
    other = Console(factories.user(Role.DISPATCHER))
    before = AuditEntry.objects.count()
    other.get(f"quality/samples/{row.pk}/", expect=404)
    assert other.refused(f"quality/samples/{row.pk}/acknowledge/") == (404, "not_found")
    assert other.refused(f"quality/samples/{row.pk}/objection/", {"reason": "Saya keberatan."}) == (404, "not_found")
    other.get(f"quality/results/?operator={operator.user.username}", expect=404)
    assert other.refused(f"quality/samples/{row.pk}/reviews/", filled()) == (403, "access_denied")
    assert other.get("quality/results/")["results"] == []
    row.refresh_from_db()
    assert (row.state, row.transitions.count(), AuditEntry.objects.count()) == ("reviewed", 2, before)


def test_a_reviewer_reads_everybodys_trend(operator: Console, boss: Console) -> None:
    reviewed(operator.user, answers=BAD)
    reviewed(operator.user)
    found = boss.get(f"quality/results/?operator={operator.user.username}")
    (week,) = found["weeks"]
    assert (week["reviews"], week["passed"], week["mean_percent"]) == (2, 1, 70.0)
    assert sorted(row["score_percent"] for row in found["results"]) == [40.0, 100.0]
    assert boss.get("quality/results/")["results"] == []
    boss.get("quality/results/?operator=tidak-ada", expect=404)


@pytest.mark.parametrize(
    ("answers", "code"),
    [({}, "invalid"), ({"lokasi": 1}, "scorecard_incomplete"), (GOOD | {"lokasi": None}, "scorecard_incomplete"),
     (GOOD | {"kelas": 2}, "scorecard_incomplete"), (GOOD | {"lain": 1}, "scorecard_incomplete"),
     (GOOD | {"sikap": 5}, "invalid")],
)  # fmt: skip
def test_half_a_scorecard_changes_nothing(
    operator: Console, boss: Console, answers: dict[str, int | None], code: str
) -> None:
    scorecard()
    row = sample(operator.user)
    assert boss.refused(f"quality/samples/{row.pk}/reviews/", filled(answers)) == (400, code)
    assert (QualityReview.objects.count(), QualityAnswer.objects.count()) == (0, 0)
    assert (QualitySample.objects.get().state, told(), audited()) == ("waiting", [], [])


def test_a_scorecard_that_was_replaced_meanwhile_is_not_taken(operator: Console, boss: Console) -> None:
    old = scorecard()
    row, body = sample(operator.user), filled()
    old.state = "retired"
    old.save(update_fields=["state"])
    scorecard()
    assert boss.refused(f"quality/samples/{row.pk}/reviews/", body) == (409, "scorecard_changed")
    assert QualityReview.objects.count() == 0


def test_a_repeated_request_makes_no_second_review(operator: Console, boss: Console) -> None:
    scorecard()
    row = sample(operator.user)
    answers = [boss.send("POST", f"quality/samples/{row.pk}/reviews/", filled(), key="satu") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert QualityReview.objects.count() == 1


def test_a_calibration_is_blind_until_it_is_closed(operator: Console, boss: Console) -> None:
    version = scorecard()
    row = sample(operator.user)
    others = [Console(factories.user(Role.SUPERVISOR)) for _ in range(2)]
    path = f"quality/samples/{row.pk}/calibrations/"
    key = boss.post(path, {"version": str(version.pk)}, expect=201)["id"]
    assert boss.refused(path, {"version": str(version.pk)}) == (409, "calibration_running")
    calibration = f"quality/calibrations/{key}"
    # Yes and no of three reviewers: lokasi 1 1 0, kelas 1 1 1, arahan - - 1 (does not apply is an answer too).
    cards: list[dict[str, int | None]] = [GOOD, GOOD | {"sikap": 3}, BAD]
    for console, answers in zip([boss, *others], cards, strict=True):
        console.post(f"{calibration}/reviews/", filled(answers), expect=201)
        found = console.get(f"{calibration}/")
        assert [review["reviewer"] for review in found["reviews"]] == [str(console.user)]
        assert found["spread"] is None
    assert boss.refused(f"{calibration}/reviews/", filled()) == (409, "already_reviewed")
    boss.post(f"{calibration}/close/")
    assert boss.refused(f"{calibration}/close/") == (409, "calibration_closed")
    assert others[0].refused(f"{calibration}/reviews/", filled()) == (409, "calibration_closed")
    found = others[1].get(f"{calibration}/")
    assert len(found["reviews"]) == 3
    # Pairs alike of three: lokasi 1, kelas 3, arahan 1, sikap 0 of 3 each.
    assert found["spread"]["agreement"] == pytest.approx(5 / 12)
    # Fleiss over lokasi, kelas, arahan: (1/3 + 1 + 1/3) / 3 = 5/9 observed; 6 yes, 1 no, 2 that do not apply of 9:
    # (36 + 1 + 4) / 81 = 41/81 by chance; (45 - 41) / (81 - 41).
    assert found["spread"]["kappa"] == pytest.approx(0.1)
    assert (found["spread"]["kappa_by"], found["spread"]["reviewers"]) == ("fleiss", 3)
    assert found["spread"]["differing"] == ["lokasi", "arahan", "sikap"]
    # None of it is a result of the operator's.
    row.refresh_from_db()
    assert row.state == "waiting"
    assert operator.get("quality/results/")["results"] == []
    assert audited() == ["calibration_opened", *["calibration_reviewed"] * 3, "calibration_closed"]


def test_two_reviewers_are_compared_by_cohen(operator: Console, boss: Console) -> None:
    version = scorecard()
    row = sample(operator.user)
    other = Console(factories.user(Role.SUPERVISOR))
    key = boss.post(f"quality/samples/{row.pk}/calibrations/", {"version": str(version.pk)}, expect=201)["id"]
    boss.post(f"quality/calibrations/{key}/reviews/", filled(GOOD | {"arahan": 0}), expect=201)
    other.post(f"quality/calibrations/{key}/reviews/", filled(GOOD | {"arahan": 0, "kelas": 0}), expect=201)
    boss.post(f"quality/calibrations/{key}/close/")
    spread = boss.get(f"quality/calibrations/{key}/")["spread"]
    # Two of three alike; yes 2/3 and 1/3, no 1/3 and 2/3: 4/9 by chance; (6 - 4) / (9 - 4).
    assert (spread["kappa"], spread["kappa_by"]) == (pytest.approx(0.4), "cohen")


def test_the_operator_of_a_calibrated_call_is_kept_out_even_as_a_supervisor(boss: Console) -> None:
    version = scorecard()
    own = Console(factories.user(Role.SUPERVISOR))
    row = sample(own.user)
    key = boss.post(f"quality/samples/{row.pk}/calibrations/", {"version": str(version.pk)}, expect=201)["id"]
    own.get(f"quality/calibrations/{key}/", expect=404)
    assert own.refused(f"quality/calibrations/{key}/reviews/", filled()) == (400, "own_call")
    assert own.refused(f"quality/calibrations/{key}/close/") == (400, "own_call")
    assert Calibration.objects.get().closed_at is None


def test_a_token_reviews_nothing(operator: Console) -> None:
    row = reviewed(operator.user).sample
    boss = factories.user(Role.SUPERVISOR)
    secret = factories.token(boss)
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "satu"}
    client = Console(boss).client.__class__()
    for path in ("reviews", "acknowledge", "objection"):
        answer = client.post(
            f"/api/v1/quality/samples/{row.pk}/{path}/", {}, content_type="application/json", headers=headers
        )
        assert answer.status_code == 403
    assert row.transitions.count() == 2


@pytest.mark.parametrize("model", [QualityReview, QualityAnswer, QualityTransition])
def test_what_was_found_and_said_is_never_changed(operator: Console, model: Any) -> None:
    reviewed(operator.user)
    rows = model.objects.all()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows._raw_delete(rows.db)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(id=F("id"))


def test_a_state_does_not_change_without_its_step(operator: Console) -> None:
    row = sample(operator.user)
    QualitySample.objects.filter(pk=row.pk).update(state="reviewed")
    with pytest.raises(IntegrityError, match="newest step says"), transaction.atomic():
        connection.check_constraints()
    QualitySample.objects.filter(pk=row.pk).update(state="waiting")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_review_at_once_one_is_first_and_the_other_is_told() -> None:
    factories.live_realm()
    scorecard()
    operator = factories.user(Role.CALL_TAKER)
    consoles = [Console(factories.user(Role.SUPERVISOR)) for _ in range(2)]
    bodies = [filled(GOOD), filled(BAD)]
    for _race in range(20):
        row, start = sample(operator), threading.Barrier(2)

        def run(number: int, row: QualitySample = row, start: threading.Barrier = start) -> int:
            start.wait()
            try:
                answer = consoles[number].send("POST", f"quality/samples/{row.pk}/reviews/", bodies[number])
                return int(answer.status_code)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(run, range(2))) == [201, 409]
        assert (row.reviews.count(), row.transitions.count()) == (1, 2)
        assert row.reviews.get().answers.count() == 4

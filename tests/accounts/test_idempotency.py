from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection

from accounts.models import Agency, IdempotencyKey, User
from accounts.services.idempotency import Answer, answer_once, fingerprint_of
from common.errors import ConflictError, ValidationError
from tests import factories

PRINT = fingerprint_of("POST", "/api/v1/calls/", b"{}")


def make(code: str = "satu") -> Answer:
    return Answer(201, {"id": Agency.objects.create(code=code, name=code).pk})


@pytest.mark.django_db
def test_a_second_request_gets_the_first_answer_and_does_nothing() -> None:
    user = factories.user()
    first = answer_once(user=user, key="k", fingerprint=PRINT, run=make)
    second = answer_once(user=user, key="k", fingerprint=PRINT, run=lambda: pytest.fail("ran twice"))
    assert (second.status, second.data, second.is_replayed) == (201, first.data, True)
    assert Agency.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_for_another_request_is_refused() -> None:
    user = factories.user()
    answer_once(user=user, key="k", fingerprint=PRINT, run=make)
    with pytest.raises(ConflictError, match="idempotency_key_reused"):
        answer_once(user=user, key="k", fingerprint=fingerprint_of("POST", "/x", b""), run=lambda: make("dua"))
    assert Agency.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_two_users_do_not_meet() -> None:
    for code in ("satu", "dua"):
        answer_once(user=factories.user(), key="k", fingerprint=PRINT, run=partial(make, code))
    assert Agency.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 81])
def test_without_a_usable_key_nothing_runs(key: str) -> None:
    with pytest.raises(ValidationError, match="idempotency_key_missing"):
        answer_once(user=factories.user(), key=key, fingerprint=PRINT, run=make)
    assert not Agency.objects.exists()


@pytest.mark.django_db
def test_after_a_failure_the_key_may_be_used_again() -> None:
    user = factories.user()

    def fail() -> Answer:
        make()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        answer_once(user=user, key="k", fingerprint=PRINT, run=fail)
    assert not Agency.objects.exists()
    assert answer_once(user=user, key="k", fingerprint=PRINT, run=make).status == 201


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_are_one() -> None:
    user: User = factories.user()

    def submit(_number: int) -> int:
        answer = answer_once(user=user, key="k", fingerprint=PRINT, run=make)
        connection.close()
        return int(answer.data["id"])

    with ThreadPoolExecutor(10) as pool:
        ids = set(pool.map(submit, range(50)))
    assert len(ids) == 1
    assert Agency.objects.count() == 1
    assert IdempotencyKey.objects.count() == 1

"""The first exchange of a deployment, and new secrets for it, without the admin."""

import re

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from dispatch.models import PbxLink
from tests import factories
from tests.dispatch.api.test_exchanges import event
from tests.dispatch.console import exchange_send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _live(db: None) -> None:
    factories.live_realm()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Runs it; what it printed is the secret and nothing else, so that it can be sent into a file."""
    call_command("pbx_link_create", *arguments)
    said = capsys.readouterr()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}\n", said.out)
    assert said.out.strip() not in said.err
    return said.out.strip()


def test_the_secret_is_shown_once_and_signs(capsys: pytest.CaptureFixture[str]) -> None:
    secret = run(capsys, "aula", "--name", "Aula Pusat")
    link = PbxLink.objects.get()
    assert (link.code, link.name, link.realm.code, link.secrets_read()) == ("aula", "Aula Pusat", "LIVE", [secret])
    assert secret.encode() not in bytes(link.secret_sealed or b"")
    assert exchange_send([event("ringing", 0)], code="aula", secret=secret).status_code == 202
    entry = AuditEntry.objects.get(action="link_created")
    assert (entry.source, entry.object_id, entry.data) == ("command", str(link.pk), {"code": "aula"})


def test_a_new_secret_while_the_old_one_still_holds(capsys: pytest.CaptureFixture[str]) -> None:
    old = run(capsys, "aula")
    new = run(capsys, "aula", "--rotate")
    for number, secret in enumerate((old, new)):
        assert exchange_send([event("ringing", number)], code="aula", secret=secret).status_code == 202
    third = run(capsys, "aula", "--rotate")
    assert exchange_send([event("ringing", 2)], code="aula", secret=old).status_code == 401
    assert PbxLink.objects.get().secrets_read() == [third, new]
    assert AuditEntry.objects.filter(action="link_rotated").count() == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["aula"], "--rotate gives it a new secret"),
        (["tidak-ada", "--rotate"], "There is no exchange tidak-ada"),
        (["dua kata"], "slug"),
        (["x" * 31], "30"),
        (["baru", "--realm", "LATIHAN"], "There is no realm LATIHAN"),
    ],
)
def test_what_cannot_be(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    secret = run(capsys, "aula")
    with pytest.raises(CommandError, match=said):
        call_command("pbx_link_create", *arguments)
    assert PbxLink.objects.get().secrets_read() == [secret]
    assert capsys.readouterr().out == ""

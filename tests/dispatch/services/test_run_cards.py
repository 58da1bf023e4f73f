"""Run cards from YAML: those that are shipped, and every fault by its place."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import AuditEntry
from dispatch.models import IncidentType, RunCard
from dispatch.services.run_cards import run_cards_import

pytestmark = pytest.mark.django_db
HEAD = "valid_from: 2026-01-01\nsource: uji\ncards:\n"


def card(text: str) -> str:
    return HEAD + "  - " + text


def test_the_shipped_cards_are_taken_twice_alike_and_cover_every_type_but_information() -> None:
    call_command("run_cards_import", verbosity=0)
    count = RunCard.objects.count()
    assert count > 40
    call_command("run_cards_import", verbosity=0)
    assert RunCard.objects.count() == count
    with_card = set(RunCard.objects.filter(alarm_level=1, priority="").values_list("type__code", flat=True))
    assert set(IncidentType.objects.values_list("code", flat=True)) - with_card == {"informasi"}
    assert not RunCard.objects.filter(reason="").exists()
    assert not RunCard.objects.filter(lines__reason="").exists()
    assert AuditEntry.objects.get().data == {"added": count, "changed": 0}


def test_a_changed_card_is_changed_and_the_others_stay() -> None:
    first = card(
        "{type: medis, reason: a, levels: [{alarm: 1, send: [{can: medis-dasar}]}, {alarm: 2, send: [{unit: pompa}]}]}"
    )
    taken = run_cards_import(first)
    assert (taken.added, taken.changed, taken.same, taken.faults) == (2, 0, 0, [])
    taken = run_cards_import(first.replace("medis-dasar", "medis-lanjut"))
    assert (taken.added, taken.changed, taken.same) == (0, 1, 1)
    assert [line.capability.code for line in RunCard.objects.get(alarm_level=1).lines.all() if line.capability] == [
        "medis-lanjut"
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "while parsing"),
        ("[]", "file: is no mapping"),
        ("valid_from: kapan\ncards: []", "valid_from"),
        (HEAD + "  - 3", "card 1: is no mapping"),
        (card("{type: medis, levels: []}"), "`levels` is a list"),
        (card("{type: medis, prioritas: P1, levels: []}"), "unknown: prioritas"),
        (card("{type: x, levels: [{alarm: 1, send: [{unit: pompa}]}]}"), "no incident type 'x'"),
        (card("{type: medis, priority: P9, levels: [{alarm: 1, send: [{unit: pompa}]}]}"), "priority 'P9'"),
        (card("{type: medis, levels: [{alarm: 9, send: [{unit: pompa}]}]}"), "level from 1 to 5"),
        (card("{type: medis, levels: [{alarm: 1, send: [{unit: kapal}]}]}"), "no unit type 'kapal'"),
        (card("{type: medis, levels: [{alarm: 1, send: [{can: terbang}]}]}"), "no capability 'terbang'"),
        (card("{type: medis, levels: [{alarm: 1, send: [{unit: pompa, can: pompa}]}]}"), "either `unit` or `can`"),
        (card("{type: medis, levels: [{alarm: 1, send: [{unit: pompa, count: 0}]}]}"), "number from 1 to 20"),
        (card("{type: medis, levels: [{alarm: 1}]}"), "send: is no mapping"),
        (
            card("{type: medis, levels: [{alarm: 1, send: [{unit: pompa}]}, {alarm: 1, send: [{unit: pompa}]}]}"),
            "stands twice",
        ),
    ],
)
def test_a_fault_is_named_and_nothing_of_the_file_is_taken(text: str, fault: str, tmp_path: Path) -> None:
    good = "\n  - {type: kebakaran, levels: [{alarm: 1, send: [{unit: pompa}]}]}" if text.startswith(HEAD) else ""
    path = tmp_path / "kartu.yaml"
    path.write_text(text + good)
    taken = run_cards_import(path.read_text())
    assert fault in " ".join(taken.faults)
    with pytest.raises(CommandError):
        call_command("run_cards_import", path, verbosity=0)
    assert not RunCard.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_trial_writes_nothing() -> None:
    call_command("run_cards_import", "--dry-run", verbosity=0)
    assert not RunCard.objects.exists()

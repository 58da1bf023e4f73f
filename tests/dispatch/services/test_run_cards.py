"""Run cards from YAML: those that are shipped, and every fault by its place."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import AuditEntry
from dispatch.models import IncidentType, RunCard, RunCardLine
from dispatch.services.run_cards import run_cards_import

pytestmark = pytest.mark.django_db
CARD = ("type__code", "priority", "alarm_level", "valid_from", "valid_until", "reason", "source")
LINE = ("card__type__code", "card__alarm_level", "order", "unit_type__code", "capability__code", "count", "reason")
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
            card("{type: medis, valid_from: besok, levels: [{alarm: 1, send: [{unit: pompa}]}]}"),
            "`valid_from` is a day",
        ),
        (
            card("{type: medis, valid_until: 2025-12-31, levels: [{alarm: 1, send: [{unit: pompa}]}]}"),
            "`valid_until` is before",
        ),
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


def test_what_is_written_is_taken_again_as_the_same(tmp_path: Path) -> None:
    call_command("run_cards_import", verbosity=0)
    late = "{type: medis, priority: P2, valid_from: 2026-03-01, valid_until: 2099-01-31, source: rapat, levels: "
    taken = run_cards_import(card(late + "[{alarm: 3, send: [{unit: pompa, count: 2, reason: air}]}]}"))
    assert (taken.added, taken.faults) == (1, [])
    RunCardLine.objects.filter(card__type__code="hewan-liar").delete()
    RunCard.objects.filter(type__code="gempa").update(is_active=False)
    RunCard.objects.filter(type__code="kdrt").update(valid_until="2026-01-02")
    path = tmp_path / "kartu.yaml"
    call_command("run_cards_export", path)
    left_out = RunCard.objects.filter(type__code__in=["gempa", "kdrt"]).count()
    taken = run_cards_import(path.read_text())
    assert (taken.added, taken.changed, taken.same, taken.faults) == (0, 0, RunCard.objects.count() - left_out, [])
    before = list(RunCard.objects.exclude(type__code__in=["gempa", "kdrt"]).values(*CARD))
    lines = sorted(RunCardLine.objects.exclude(card__type__code__in=["gempa", "kdrt"]).values_list(*LINE), key=str)
    RunCardLine.objects.all().delete()
    RunCard.objects.all().delete()
    assert run_cards_import(path.read_text()).added == len(before)
    assert list(RunCard.objects.values(*CARD)) == before
    assert sorted(RunCardLine.objects.values_list(*LINE), key=str) == lines


def test_a_last_day_that_was_set_here_stays_when_the_file_says_none() -> None:
    text = card("{type: medis, levels: [{alarm: 1, send: [{unit: pompa}]}]}")
    run_cards_import(text)
    RunCard.objects.update(valid_until="2099-05-05")
    assert run_cards_import(text).same == 1
    assert RunCard.objects.get().valid_until == date(2099, 5, 5)


def test_a_trial_writes_nothing() -> None:
    call_command("run_cards_import", "--dry-run", verbosity=0)
    assert not RunCard.objects.exists()

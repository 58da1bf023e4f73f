"""A card that is being asked."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import Agency
from accounts.permissions import Permission
from dispatch.models import Incident, ProtocolRun
from dispatch.rules.protocols import Card, Instruction, Outcome, Walk
from dispatch.selectors.names import Names
from dispatch.services.protocols import asked
from dispatch.views.base import live, needs, show


@needs(Permission.CALL_VIEW)
def protocol(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The question asked now or the outcome, what was answered, and what to tell the caller."""
    realm, names = live(), Names()
    rows = ProtocolRun.objects.select_related(
        "version__card", "call__incident__type", "call__answered_by", "incident__type"
    )
    run = rows.filter(realm=realm, pk=run_id).first()
    if run is None:
        raise Http404
    found = asked(run)
    incident = run.incident or (run.call.incident if run.call else None)
    context = {
        "names": names,
        "run": run,
        "call": run.call,
        "incident": incident,
        "name": _text(found.card.name, names),
        "position": len(found.walk.given),
        "outcome": found.walk.outcome,
        "outcome_type": names.type(found.walk.outcome.type) if found.walk.outcome else "",
        "agencies": _agencies(found.walk.outcome, incident, names),
        "is_applied": _is_applied(found.walk.outcome, incident),
        **_words(found.card, found.walk, names),
    }
    return show(request, "work/protocol.html", context, realm=realm)


def _words(card: Card, walk: Walk, names: Names) -> dict[str, Any]:
    question = walk.question
    return {
        "question": _text(question.text, names) if question else "",
        "hint": _text(question.hint, names) if question else "",
        "answers": [(item.key, _text(item.text, names)) for item in question.answers] if question else [],
        "given": [_given(card, position, code, key, names) for position, (code, key) in enumerate(walk.given)],
        "instructions": [_instruction(card.instructions[code], names) for code in walk.instructions],
        "outcome_name": _text(walk.outcome.name, names) if walk.outcome else "",
        "outcome_note": _text(walk.outcome.note, names) if walk.outcome else "",
    }


def _given(card: Card, position: int, code: str, key: str, names: Names) -> dict[str, Any]:
    question = card.questions[code]
    answer = next(item for item in question.answers if item.key == key)
    return {
        "position": position,
        "question": _text(question.text, names),
        "key": key,
        "answer": _text(answer.text, names),
    }


def _instruction(instruction: Instruction, names: Names) -> dict[str, Any]:
    return {
        "title": _text(instruction.title, names),
        "steps": [
            {"text": _text(step.text, names), "timer_s": step.timer_s, "beats": step.beats_per_minute}
            for step in instruction.steps
        ],
    }


def _agencies(outcome: Outcome | None, incident: Incident | None, names: Names) -> list[dict[str, Any]]:
    """The agencies that the card names, each with whether the incident has told it."""
    if outcome is None or not outcome.agencies:
        return []
    known = set(Agency.objects.filter(code__in=outcome.agencies, is_active=True).values_list("code", flat=True))
    told = set(incident.parts.values_list("agency__code", flat=True)) if incident else set()
    return [
        {"code": code, "name": names.agency(code), "is_told": code in told}
        for code in outcome.agencies
        if code in known
    ]


def _is_applied(outcome: Outcome | None, incident: Incident | None) -> bool:
    if outcome is None or incident is None:
        return False
    return (incident.type.code, incident.priority) == (outcome.type, outcome.priority)


def _text(words: Any, names: Names) -> str:
    return str(getattr(words, names.language)) if words is not None else ""

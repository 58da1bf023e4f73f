"""Protocol cards in use."""

from typing import Any

from dispatch.models import ProtocolRun
from dispatch.presenters.base import moment
from dispatch.rules.protocols import Card, Walk


def asked_present(run: ProtocolRun, card: Card, walk: Walk) -> dict[str, Any]:
    """Where a card stands: the question asked now or the outcome, and what to tell the caller; reads `version`."""
    question, outcome = walk.question, walk.outcome
    return {
        "id": str(run.pk),
        "card": card.code,
        "version": run.version.number,
        "name": card.name.model_dump(),
        "call": str(run.call_id) if run.call_id else None,
        "incident": str(run.incident_id) if run.incident_id else None,
        "position": len(walk.given),
        "given": [_given_present(card, code, key) for code, key in walk.given],
        "question": {"code": walk.question_code, **question.model_dump()} if question else None,
        "outcome": {"code": walk.outcome_code, **outcome.model_dump()} if outcome else None,
        "instructions": [{"code": code, **card.instructions[code].model_dump()} for code in walk.instructions],
        "started_at": run.started_at.isoformat(),
        "ended_at": moment(run.ended_at),
    }


def _given_present(card: Card, code: str, key: str) -> dict[str, Any]:
    question = card.questions[code]
    answer = next(item for item in question.answers if item.key == key)
    return {"question": code, "text": question.text.model_dump(), "key": key, "answer": answer.text.model_dump()}

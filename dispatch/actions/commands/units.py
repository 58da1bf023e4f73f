"""Commands for units and their alarms. Each is one action, so that locks are taken in the order of the house."""

from common.errors import ConflictError, TerminalError, gettext_noop
from dispatch.actions import unit_reports
from dispatch.actions.commands.base import Asked, Outcome
from dispatch.actions.incidents import incident_close
from dispatch.actions.units import Override, assignment_report
from dispatch.actions.units import units_send as units_send_act
from dispatch.choices import AssignmentState
from dispatch.models import Assignment
from dispatch.presenters.incidents import assignment_present, incident_present
from dispatch.presenters.units import unit_alarm_present
from dispatch.selectors.commands import disposition_resolve, incident_resolve, open_require, units_resolve
from dispatch.selectors.state import UNIT_ALARMS, incident_get
from dispatch.services.unit_moves import live_of


def units_send(asked: Asked) -> Outcome:
    """Each that can go goes; who cannot is named."""
    units = units_resolve(realm=asked.realm, parsed=asked.parsed)
    incident = incident_resolve(realm=asked.realm, parsed=asked.parsed, selected=asked.selected)
    open_require(incident)
    sent = units_send_act(
        **asked.by(), incident_id=incident.pk, call_signs=[unit.call_sign for unit in units], override=Override()
    )
    outcome = Outcome(refused=sent.refused)
    names = ", ".join(row.unit.call_sign for row in sent.rows)
    outcome.say(gettext_noop("%(units)s sent to #%(number)s."), units=names, number=incident.number)
    outcome.change("assignments", *(assignment_present(row) for row in sent.rows))
    outcome.change("incidents", incident_present(incident_get(realm=asked.realm, incident_id=incident.pk)))
    return outcome


def unit_enroute(asked: Asked) -> Outcome:
    """It has left."""
    row = _step(asked, AssignmentState.ENROUTE)
    outcome = _stepped(row)
    outcome.say(gettext_noop("%(unit)s en route to #%(number)s."), **_names(row))
    return outcome


def unit_arrived(asked: Asked) -> Outcome:
    """It is on scene."""
    row = _step(asked, AssignmentState.ON_SCENE)
    outcome = _stepped(row)
    outcome.say(gettext_noop("%(unit)s on scene at #%(number)s."), **_names(row))
    return outcome


def unit_clear(asked: Asked) -> Outcome:
    """It is done; with a disposition its incident is closed when no other unit is on it.

    That the unit is clear holds whatever is missing for closing, and the answer says both.
    """
    code, note = disposition_resolve(asked.parsed) if asked.value("disposition") else ("", "")
    row = _step(asked, AssignmentState.CLEARED, reason=note)
    outcome = _stepped(row)
    outcome.say(gettext_noop("%(unit)s clear of #%(number)s."), **_names(row))
    if code:
        _close(asked, row, code, note, outcome)
    return outcome


def alarm_acknowledge(asked: Asked) -> Outcome:
    """The one that waits longest."""
    waiting = UNIT_ALARMS.filter(realm=asked.realm, ended_at=None, acknowledged_at=None).order_by("raised_at", "pk")
    oldest = waiting.first()
    if oldest is None:
        raise ConflictError("no_alarm", gettext_noop("No alarm waits for anybody."))
    alarm = unit_reports.alarm_acknowledge(**asked.by(), alarm_id=oldest.pk)
    outcome = Outcome()
    outcome.say(gettext_noop("You look after the alarm of %(unit)s."), unit=alarm.unit.call_sign)
    outcome.change("unit_alarms", unit_alarm_present(alarm))
    return outcome


def _step(asked: Asked, state: AssignmentState, reason: str = "") -> Assignment:
    unit = units_resolve(realm=asked.realm, parsed=asked.parsed, name="unit")[0]
    live = live_of(unit_id=unit.pk)
    if live is None:
        raise ConflictError("unit_idle", gettext_noop("%(unit)s is on no incident."), {"unit": unit.call_sign})
    return assignment_report(**asked.by(), assignment_id=live.pk, state=state, reason=reason)


def _stepped(row: Assignment) -> Outcome:
    outcome = Outcome()
    outcome.change("assignments", assignment_present(row))
    outcome.change("incidents", incident_present(row.incident))
    return outcome


def _close(asked: Asked, row: Assignment, code: str, note: str, outcome: Outcome) -> None:
    number = f"#{row.incident.number}"
    try:
        incident = incident_close(**asked.by(), incident_id=row.incident_id, disposition=code, note=note)
    except TerminalError as error:
        outcome.refused.append((number, error))
        return
    outcome.say(gettext_noop("%(number)s closed."), number=number)
    outcome.changed["incidents"] = [incident_present(incident)]


def _names(row: Assignment) -> dict[str, object]:
    return {"unit": row.unit.call_sign, "number": row.incident.number}

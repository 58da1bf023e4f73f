"""Persons in an incident, and telling the caller how it went."""

from datetime import datetime

from accounts.models import User
from common.errors import NotFoundError, ValidationError, gettext_noop
from common.phones import number_normalise
from dispatch.choices import CallbackOutcome, PersonRole
from dispatch.models import CallerContact, Incident, IncidentPerson
from dispatch.services.follow import open_require
from dispatch.services.states import caller_numbers


def person_add(
    *, incident: Incident, role: PersonRole, name: str, contact: str, description: str, user: User, at: datetime
) -> IncidentPerson:
    """Write down who has to do with it; something must be said of them."""
    open_require(incident)
    if not (name.strip() or contact.strip() or description.strip()):
        raise ValidationError(
            "person_empty",
            gettext_noop("Say something of this person: a name, a contact or a description."),
            {"fields": {"name": [""]}},
        )
    return IncidentPerson.objects.create(
        incident=incident, role=role, name=name.strip(), contact=contact.strip(), description=description.strip(),
        added_by=user, added_at=at,
    )  # fmt: skip


def person_remove(*, incident: Incident, person_id: str, at: datetime) -> IncidentPerson:
    """Take a person off the list; the row stays, with when."""
    open_require(incident)
    person = incident.persons.filter(pk=person_id, removed_at=None).first()
    if person is None:
        raise NotFoundError
    person.removed_at = at
    person.save(update_fields=["removed_at"])
    return person


def contact_record(
    *, incident: Incident, number: str, outcome: CallbackOutcome, note: str, user: User, at: datetime
) -> CallerContact:
    """One try to tell a caller; raises ValidationError `unknown_caller` for a number that did not call about it."""
    numbers = caller_numbers(incident)
    chosen = number_normalise(number) if number else next(iter(sorted(numbers)), "")
    if chosen is None or chosen not in numbers:
        raise ValidationError(
            "unknown_caller",
            gettext_noop("No caller of this incident has this number."),
            {"fields": {"number": [number]}},
        )
    return CallerContact.objects.create(
        incident=incident, number=chosen, user=user, attempted_at=at, outcome=outcome, note=note
    )

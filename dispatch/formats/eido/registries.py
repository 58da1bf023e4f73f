"""Siaga's words and those of the registries that NENA-STA-021 names. What a registry lacks goes out as its nearest
value, with Siaga's own word in the field for internal values beside it; so nothing is lost between two Siagas."""

from collections.abc import Mapping

VERSION = "1.0"
CONTEXT = {"@vocab": "./JSON-LD_Contexts/EmergencyIncidentDataObjectType.jsonld"}

PRIORITIES = {"P1": 10, "P2": 8, "P3": 5, "P4": 2, "P5": 0}
STATUSES = {
    "intake": "Active", "pending": "Active", "assigned": "Active", "enroute": "Active", "on_scene": "Active",
    "under_control": "Active", "all_clear": "Active", "closed": "Closed", "cancelled": "Cancelled", "merged": "Closed",
}  # fmt: skip
AGENCY_ROLES = {
    "call_receiving": "CallReceiving", "dispatching": "Dispatching", "dispatched": "Dispatched",
    "assisting": "Assisting", "informational": "Informational", "transferred_to": "TransferredTo",
}  # fmt: skip
PERSON_ROLES = {
    "caller": "Caller", "victim": "Victim", "patient": "Patient", "missing": "Missing Person", "witness": "Witness",
    "suspect": "Suspect", "relative": "Relative", "other": "Other",
}  # fmt: skip
CALL_STATES = {"begin": "callBegin", "answered": "callAnswered", "ended": "callEnd"}
LINKS = {"parent": "PARENT", "child": "CHILD", "related": "RELATED"}
MERGES = {"replaced_by": "REPLACED", "replaces": "REPLACING", "split": "SPLIT"}
UNIT_STATES = {
    "dispatched": "Dispatched", "acknowledged": "Acknowledged", "enroute": "Enroute", "staged": "Staged",
    "on_scene": "On Scene", "transporting": "Transporting", "at_destination": "At Destination", "cleared": "Cleared",
    "cancelled_enroute": "Cancelled", "refused": "Refused", "diverted": "Diverted",
}  # fmt: skip
UNIT_AT_WORK, UNIT_FREE = "Not Available", "Available"
ENDED_UNIT_STATES = frozenset({"cleared", "cancelled_enroute", "refused", "diverted"})
# The registry of services of IANA; who is in none of them responds all the same.
AGENCY_TYPES = {
    "pk3d": "ambulance", "gulkarmat": "fire", "polda": "police", "satpolpp": "police.local", "dishub": "traffic",
    "bpbd": "disaster", "pln": "electricity", "sda": "water",
}  # fmt: skip
CENTRE_TYPE, OTHER_TYPE = "psap", "other"
CALL_TAKER, RESPONDER, AUTHOR = "Call Taking", "Responder", "Dispatching"
INCIDENT_LOCATION, CALLER_LOCATION = "CurrentIncident", "Caller"
UNKNOWN_TYPE = "OTHER"
UNKNOWN_DISPOSITION = "Other"


def backwards(words: Mapping[str, str], word: str, fallback: str) -> str:
    """Siaga's word for a registry's; without regard to case and blanks, since senders differ in that."""
    wanted = _plain(word)
    return next((ours for ours, theirs in words.items() if _plain(theirs) == wanted), fallback)


def priority_of(number: int) -> str:
    """The nearest of P1 to P5 for a value of the common scale, the graver one when in doubt."""
    return min(PRIORITIES, key=lambda name: (abs(PRIORITIES[name] - number), -PRIORITIES[name]))


def _plain(word: str) -> str:
    return "".join(character for character in word.casefold() if character.isalnum())

"""Reading EIDO: what Siaga understands of a document, and everything that is wrong with it. Unknown properties are left
alone: the standard allows extensions."""

import json
from datetime import datetime
from typing import Any, cast

from common.errors import gettext_noop
from dispatch.formats.eido import registries as words
from dispatch.formats.eido.hypertext import html_read
from dispatch.formats.eido.nodes import DOUBLED, KEY_LENGTH_MAX, NOWHERE, Node, keepable_check
from dispatch.formats.eido.pidf import PositionRefused, pidf_read
from dispatch.formats.eido.types import (
    AgencyFacts,
    CallFacts,
    DispositionFacts,
    LinkFacts,
    NoteFacts,
    PersonFacts,
    PlaceFacts,
    Position,
    Report,
    UnitFacts,
)
from dispatch.formats.eido.write import CALLER, SUMMARY
from dispatch.formats.problems import BAD_POSITION, UNKNOWN_VALUE, Problems

LISTS = ("call", "callback", "notes", "emergencyResource", "agent", "location", "person", "link", "merge", "dispatch")
BAD_VERSION = gettext_noop("Only version 1.0 is understood.")


def eido_read(document: Any) -> Report:
    """The incident in it; raises DocumentRefused."""
    problems = Problems("eido")
    keepable_check(document, problems)
    problems.refuse_if_any()
    report = _Reader(Node(document, "", problems)).report()
    problems.refuse_if_any()
    return report


class _Reader:
    def __init__(self, root: Node) -> None:
        self._root, self._problems = root, root.problems
        self._key = root.text("$id", needed=True, limit=KEY_LENGTH_MAX)
        self._changed_at = self._prologue(root)
        self._element = root.text("issuingElementIdentification", needed=True, limit=200)
        if root.text("eidoVersion", needed=True) not in {"", words.VERSION}:
            self._problems.add("eidoVersion", BAD_VERSION)
        self._agencies = self._listed("agency", needed=True)
        self._parts = {name: self._listed(name) for name in LISTS}

    def report(self) -> Report:
        incident = self._root.node("incidentComponent", needed=True) or Node({}, "incidentComponent", self._problems)
        self._prologue(incident)
        persons = [self._person(key, node) for key, node in self._parts["person"].items()]
        caller = next((person for person in persons if person.key == f"{self._key}{CALLER}"), None)
        notes = self._notes(incident)
        summary = next((note for note in notes if note.key == f"{self._key}{SUMMARY}"), None)
        common = incident.text("incidentTypeCommonRegistryText", needed=True, limit=200)
        return Report(
            identifier=self._key,
            element=self._element,
            number=incident.text("internalIncidentId", limit=100),
            type_code=incident.text("incidentTypeInternalCode", limit=200),
            type_common="" if common == words.UNKNOWN_TYPE else common,
            type_name=incident.text("incidentTypeInternalText", limit=500),
            priority=_priority(incident),
            state=_state(incident),
            changed_at=self._changed_at,
            summary=summary.text if summary else "",
            caller_name=caller.name if caller else "",
            caller_number=caller.contact if caller else "",
            place=self._place(incident),
            agencies=tuple(self._agency(key, node) for key, node in self._agencies.items() if key != self._element),
            calls=tuple(self._call(key, node) for key, node in self._parts["call"].items()),
            persons=tuple(person for person in persons if person is not caller),
            units=tuple(self._unit(key, node) for key, node in self._parts["emergencyResource"].items()),
            notes=tuple(note for note in notes if note is not summary),
            links=self._links(),
            dispositions=tuple(self._disposition(node) for node in incident.nodes("dispositionComponent")),
        )

    def _prologue(self, node: Node) -> datetime:
        node.reference("updatedByAgencyReference", needed=True)
        return cast("datetime", node.moment("lastUpdateTimeStamp"))

    def _listed(self, name: str, *, needed: bool = False) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for node in self._root.nodes(f"{name}Component", needed=needed):
            key = node.text("$id", needed=True, limit=KEY_LENGTH_MAX)
            self._prologue(node)
            if key in found:
                self._problems.add(node.at("$id"), DOUBLED)
            found.setdefault(key, node)
        return found

    def _follow(self, node: Node, name: str, to: str) -> list[tuple[str, Node]]:
        """The components that a property refers to."""
        found = []
        for key, path in node.references(name):
            target = self._parts[to].get(key)
            if key and target is None:
                self._problems.add(path, NOWHERE)
            if target is not None:
                found.append((key, target))
        return found

    def _place(self, incident: Node) -> PlaceFacts:
        found = [node for _key, node in self._follow(incident, "locationReference", "location")]
        for node in found[:1]:
            codes = node.texts("localIdentifier")
            text = node.text("locationDescriptionText", limit=2000)
            return PlaceFacts(text, codes[0] if codes else "", self._position(node))
        return PlaceFacts()

    def _position(self, node: Node) -> Position | None:
        text = node.text("locationByValue")
        node.text("locationTypeDescriptionRegistryText", needed=True)
        try:
            return pidf_read(text) if text else None
        except PositionRefused:
            self._problems.add(node.at("locationByValue"), BAD_POSITION)
            return None

    def _notes(self, incident: Node) -> list[NoteFacts]:
        """Those of the incident; where it refers to none, all that belong to nothing else."""
        own = self._follow(incident, "notesReference", "notes")
        others = {
            key for rows in self._parts.values() for row in rows.values() for key in row.referred("notesReference")
        }
        free = [(key, node) for key, node in self._parts["notes"].items() if key not in others]
        return [self._note(key, node) for key, node in own or free]

    def _note(self, key: str, node: Node) -> NoteFacts:
        text = html_read(node.text("notesActionComments", needed=True))
        author = next((agent for _key, agent in self._follow(node, "agentReference", "agent")), None)
        return NoteFacts(key, text, self._moment(node), card_read(author.text("agentJcard")) if author else "")

    def _moment(self, node: Node) -> datetime:
        return cast("datetime", node.moment("lastUpdateTimeStamp"))

    def _person(self, key: str, node: Node) -> PersonFacts:
        roles = node.texts("personIncidentRoleRegistryText", needed=True)
        name = ""
        component = node.node("ncPersonComponent")
        for part in component.nodes("name") if component else []:
            fulls = [full.text("value", limit=500) for full in part.nodes("personFullName")]
            pieces = [
                piece.text("value", limit=200)
                for piece_name in ("personGivenName", "personMiddleName", "personSurName")
                for piece in part.nodes(piece_name)
            ]
            name = name or next(iter(fulls), "") or " ".join(piece for piece in pieces if piece)
        notes = [self._note(note_key, note).text for note_key, note in self._follow(node, "notesReference", "notes")]
        role = words.backwards(words.PERSON_ROLES, roles[0] if roles else "", "other")
        return PersonFacts(key, role, name, self._contact(node), "\n".join(notes))

    def _contact(self, node: Node) -> str:
        for _key, callback in self._follow(node, "callBackReference", "callback"):
            for uri in callback.texts("callBackInformationUri"):
                return uri.removeprefix("tel:")
        return ""

    def _call(self, key: str, node: Node) -> CallFacts:
        state = node.text("callStateRegistryText", needed=True)
        node.text("standardPrimaryCallType", needed=True)
        if node.text("direction", needed=True) not in {"", "incoming", "outgoing", "internal"}:
            self._problems.add(node.at("direction"), UNKNOWN_VALUE)
        places = [self._position(place) for _key, place in self._follow(node, "locationReference", "location")]
        return CallFacts(
            key=key,
            state=words.backwards(words.CALL_STATES, state, "begin"),
            medium=node.text("localCallType", limit=50),
            arrived_at=cast("datetime", node.moment("callStartTimestamp")),
            answered_at=node.moment("answerDate", needed=False),
            number=self._contact(node),
            position=next((place for place in places if place), None),
        )

    def _agency(self, key: str, node: Node) -> AgencyFacts:
        roles = node.texts("agencyRoleDescriptionRegistryText", needed=True)
        node.texts("agencyType", needed=True)
        code = self._code(key)
        role = words.backwards(words.AGENCY_ROLES, roles[0] if roles else "", "informational")
        return AgencyFacts(code, card_read(node.text("agencyJcard")) or code, role)

    def _code(self, key: str) -> str:
        return key.removesuffix(f".{self._element}")

    def _unit(self, key: str, node: Node) -> UnitFacts:
        for name in ("emergencyResourceTypeCommonRegistryText", "primaryUnitStatusRegistryText"):
            node.text(name, needed=True)
        internal = node.texts("unitStatusInternal")
        common = node.texts("secondaryUnitStatusRegistryText")
        state = internal[0] if internal and internal[0] in words.UNIT_STATES else ""
        agency = ""
        for _key, agent in self._follow(node, "agentReference", "agent"):
            agency = agency or self._code(agent.reference("agencyReference", needed=True))
        return UnitFacts(
            key=key,
            call_sign=node.text("emergencyResourceName", limit=100),
            agency=agency,
            state=state or words.backwards(words.UNIT_STATES, common[0] if common else "", "dispatched"),
            sent_at=self._moment(node),
        )

    def _links(self) -> tuple[LinkFacts, ...]:
        found = [self._link(key, node, "linkDirectionCode", words.LINKS) for key, node in self._parts["link"].items()]
        found += [
            self._link(key, node, "incidentMergeDirectionCode", words.MERGES)
            for key, node in self._parts["merge"].items()
        ]
        return tuple(link for link in found if link.kind)

    def _link(self, key: str, node: Node, name: str, kinds: dict[str, str]) -> LinkFacts:
        direction = node.text(name, needed=True)
        if direction not in {"", "UNLINK", *kinds.values()}:
            self._problems.add(node.at(name), UNKNOWN_VALUE)
        other = node.text("incidentTrackingIdentifier", needed=True, limit=KEY_LENGTH_MAX)
        return LinkFacts(key, words.backwards(kinds, direction, ""), other, node.text("transactionReasonText"))

    def _disposition(self, node: Node) -> DispositionFacts:
        self._prologue(node)
        owner = node.reference("updatedByAgencyReference")
        common = node.text("dispositionCommonRegistryCode", needed=True, limit=200)
        return DispositionFacts(
            key=node.text("$id", needed=True, limit=KEY_LENGTH_MAX),
            code=node.text("dispositionCategoryText", limit=200),
            common="" if common == words.UNKNOWN_DISPOSITION else common,
            note=node.text("dispositionDescriptionText", limit=4000),
            agency="" if owner == self._element else self._code(owner),
        )


def card_read(text: str) -> str:
    """The name on a contact card; empty for none that is understood."""
    try:
        card = json.loads(text) if text else None
        return next(str(row[3]) for row in card[1] if row[0] == "fn") if card else ""
    except (ValueError, TypeError, LookupError, StopIteration, RecursionError):
        return ""


def _priority(incident: Node) -> str:
    """Siaga's own word where it agrees with the number, else the number, else nothing: the type's usual one."""
    number = incident.whole("incidentCommonPriorityNumber")
    internal = incident.text("incidentPriorityInternalText", limit=200)
    if internal in words.PRIORITIES and number in {None, words.PRIORITIES[internal]}:
        return internal
    return words.priority_of(number) if number is not None else ""


def _state(incident: Node) -> str:
    internal = incident.texts("incidentStatusInternalText")
    if internal and internal[0] in words.STATUSES:
        return internal[0]
    common = incident.texts("incidentStatusCommonRegistryText")
    plain = common[0].casefold() if common else ""
    return {"closed": "closed", "cancelled": "cancelled", "canceled": "cancelled"}.get(plain, "pending")

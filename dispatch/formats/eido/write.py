"""Writing EIDO: every component names who updated it and when, and refers to others by their `$id`."""

import json
from datetime import datetime
from typing import Any

from dispatch.formats.eido import registries as words
from dispatch.formats.eido.hypertext import html_write
from dispatch.formats.eido.pidf import pidf_write
from dispatch.formats.eido.types import CallFacts, DispositionFacts, PersonFacts, Position, Report, UnitFacts

Component = dict[str, Any]
# Parts of an incident that EIDO keeps in components of their own.
SUMMARY, CALLER, PLACE = "#summary", "#caller", "#place"


def eido_write(report: Report) -> Component:
    """The document as JSON knows it."""
    return _Writer(report).document()


def agency_key(code: str, element: str) -> str:
    """An agency's identifier in the whole world."""
    return f"{code}.{element}"


class _Writer:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._agents: dict[str, Component] = {}
        self._lists: dict[str, list[Component]] = {}

    def document(self) -> Component:
        report = self._report
        incident = self._incident()
        for call in report.calls:
            self._put("call", self._call(call))
        for unit in report.units:
            self._unit(unit)
        self._links()
        found: Component = self._prologue(report.identifier, report.changed_at)
        found |= {"eidoVersion": words.VERSION, "issuingElementIdentification": report.element}
        found |= {"agencyComponent": self._agencies(), "incidentComponent": incident}
        if self._agents:
            found["agentComponent"] = list(self._agents.values())
        found |= {f"{name}Component": components for name, components in self._lists.items()}
        return found | {"@context": words.CONTEXT}

    def _prologue(self, key: str, at: datetime, agency: str = "") -> Component:
        owner = agency_key(agency, self._report.element) if agency else self._report.element
        return {"$id": key, "lastUpdateTimeStamp": at.isoformat(), "updatedByAgencyReference": {"$ref": owner}}

    def _put(self, name: str, component: Component) -> Component:
        """Into its list; returns the reference to it."""
        self._lists.setdefault(name, []).append(component)
        return {"$ref": component["$id"]}

    def _incident(self) -> Component:
        report, key = self._report, self._report.identifier
        found = self._prologue(f"{key}#incident", report.changed_at) | {
            "incidentTypeCommonRegistryText": report.type_common or words.UNKNOWN_TYPE,
            "incidentTypeInternalCode": report.type_code,
            "incidentTypeInternalText": report.type_name,
            "incidentStatusCommonRegistryText": [words.STATUSES[report.state]],
            "incidentStatusInternalText": [report.state],
            "internalIncidentId": report.number,
            "incidentPriorityInternalText": report.priority,
            "incidentCommonPriorityNumber": words.PRIORITIES[report.priority],
        }
        persons = list(report.persons)
        if report.caller_name or report.caller_number:
            caller = PersonFacts(f"{key}{CALLER}", "caller", report.caller_name, report.caller_number)
            persons.insert(0, caller)
        notes = [self._note(note.key, note.text, note.written_at, note.author) for note in report.notes]
        if report.summary:
            notes.insert(0, self._note(f"{key}{SUMMARY}", report.summary, report.changed_at, ""))
        optional = {
            "locationReference": self._place(),
            "personReference": [self._put("person", self._person(person)) for person in persons],
            "notesReference": [self._put("notes", note) for note in notes],
            "dispositionComponent": [self._disposition(row) for row in report.dispositions],
        }
        return found | {name: value for name, value in optional.items() if value}

    def _place(self) -> list[Component]:
        report, place = self._report, self._report.place
        if not (place.text or place.code or place.position):
            return []
        location = self._location(f"{report.identifier}{PLACE}", words.INCIDENT_LOCATION, place.position)
        location |= {"locationDescriptionText": place.text} if place.text else {}
        location |= {"localIdentifier": [place.code]} if place.code else {}
        return [self._put("location", location)]

    def _location(self, key: str, kind: str, position: Position | None) -> Component:
        found = self._prologue(key, self._report.changed_at) | {"locationTypeDescriptionRegistryText": kind}
        return found | ({"locationByValue": pidf_write(position)} if position else {})

    def _person(self, person: PersonFacts) -> Component:
        found = self._prologue(person.key, self._report.changed_at)
        found["personIncidentRoleRegistryText"] = [words.PERSON_ROLES[person.role]]
        if person.name:
            found["ncPersonComponent"] = {"name": [{"personFullName": [{"value": person.name}]}]}
        if person.contact:
            found["callBackReference"] = self._callback(f"{person.key}#contact", person.contact)
        if person.description:
            note = self._note(f"{person.key}#description", person.description, self._report.changed_at, "")
            found["notesReference"] = [self._put("notes", note)]
        return found

    def _callback(self, key: str, contact: str) -> Component:
        uri = f"tel:{contact}" if contact.lstrip("+").isdecimal() else contact
        callback = self._prologue(key, self._report.changed_at) | {"callBackInformationUri": [uri]}
        return self._put("callback", callback)

    def _note(self, key: str, text: str, at: datetime, author: str) -> Component:
        found = self._prologue(key, at) | {"notesActionComments": html_write(text)}
        return found | ({"agentReference": self._agent(author, words.AUTHOR, "")} if author else {})

    def _agent(self, name: str, role: str, agency: str) -> Component:
        """One component for each who acts; the name is its contact card."""
        owner = agency_key(agency, self._report.element) if agency else self._report.element
        key = f"{len(self._agents)}@{owner}"
        known = next((row["$id"] for row in self._agents.values() if _is_agent(row, name, role, owner)), None)
        if known is None:
            self._agents[key] = self._prologue(key, self._report.changed_at, agency) | {
                "agentRoleRegistryText": [role],
                "agencyReference": {"$ref": owner},
                "agentJcard": card_write(name),
            }
        return {"$ref": known or key}

    def _call(self, call: CallFacts) -> Component:
        found = self._prologue(call.key, self._report.changed_at) | {
            "callStateRegistryText": words.CALL_STATES[call.state],
            "standardPrimaryCallType": "emergency",
            "localCallType": call.medium,
            "direction": "incoming",
            "callStartTimestamp": call.arrived_at.isoformat(),
        }
        if call.answered_at:
            found["answerDate"] = call.answered_at.isoformat()
        if call.number:
            found["callBackReference"] = self._callback(f"{call.key}#number", call.number)
        if call.position:
            location = self._location(f"{call.key}#position", words.CALLER_LOCATION, call.position)
            found["locationReference"] = [self._put("location", location)]
        return found

    def _unit(self, unit: UnitFacts) -> None:
        is_free = unit.state in words.ENDED_UNIT_STATES
        resource = self._prologue(unit.key, unit.sent_at, unit.agency) | {
            "emergencyResourceName": unit.call_sign,
            "emergencyResourceTypeCommonRegistryText": "Other",
            "resourceAttributeRegistryText": [],
            "primaryUnitStatusRegistryText": words.UNIT_FREE if is_free else words.UNIT_AT_WORK,
            "secondaryUnitStatusRegistryText": [words.UNIT_STATES[unit.state]],
            "unitStatusInternal": [unit.state],
            "agentReference": [self._agent(unit.call_sign, words.RESPONDER, unit.agency)],
        }
        dispatch = self._prologue(f"{unit.key}#dispatch", unit.sent_at) | {
            "agencyReference": {"$ref": agency_key(unit.agency, self._report.element)},
            "emergencyResourceReference": [self._put("emergencyResource", resource)],
        }
        self._put("dispatch", dispatch)

    def _links(self) -> None:
        for link in self._report.links:
            found = self._prologue(link.key, self._report.changed_at) | {"incidentTrackingIdentifier": link.incident}
            if link.kind in words.MERGES:
                self._put("merge", found | {"incidentMergeDirectionCode": words.MERGES[link.kind]})
            else:
                reason = {"transactionReasonText": link.reason} if link.reason else {}
                self._put("link", found | {"linkDirectionCode": words.LINKS[link.kind]} | reason)

    def _disposition(self, row: DispositionFacts) -> Component:
        found = self._prologue(row.key, self._report.changed_at, row.agency) | {
            "dispositionCommonRegistryCode": row.common or words.UNKNOWN_DISPOSITION,
            "dispositionPrimaryIndicator": not row.agency,
            "dispositionCategoryText": row.code,
        }
        return found | ({"dispositionDescriptionText": row.note} if row.note else {})

    def _agencies(self) -> list[Component]:
        report = self._report
        centre = self._prologue(report.element, report.changed_at) | {
            "agencyRoleDescriptionRegistryText": ["CallReceiving", "Dispatching"],
            "agencyType": [words.CENTRE_TYPE],
            "incidentOwningAgencyIndicator": True,
        }
        return [centre, *(self._agency(row.code, row.name, row.role) for row in report.agencies)]

    def _agency(self, code: str, name: str, role: str) -> Component:
        return self._prologue(agency_key(code, self._report.element), self._report.changed_at, code) | {
            "agencyRoleDescriptionRegistryText": [words.AGENCY_ROLES[role]],
            "agencyType": [words.AGENCY_TYPES.get(code, words.OTHER_TYPE)],
            "incidentOwningAgencyIndicator": False,
            "agencyJcard": card_write(name),
        }


def card_write(name: str) -> str:
    """A contact card (jCard, RFC 7095) that holds a name."""
    return json.dumps(["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", name]]], ensure_ascii=False)


def _is_agent(row: Component, name: str, role: str, owner: str) -> bool:
    same_card = row["agentJcard"] == card_write(name)
    return bool(same_card and row["agentRoleRegistryText"] == [role] and row["agencyReference"]["$ref"] == owner)

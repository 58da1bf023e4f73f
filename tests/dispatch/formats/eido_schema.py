"""The schema that NENA publishes for EIDO, where the machine that runs the tests has a copy. The project holds none.

`EIDO_SCHEMA` names the folder with `openapi.yaml` and `NIEMComponents/`; else a folder beside the project is tried.
"""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft4Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.services import ROOT

FOLDER = Path(os.environ.get("EIDO_SCHEMA") or ROOT.parent / "shared" / "data" / "eido")
MAIN = "openapi.yaml"
BASE = "https://eido.invalid/"  # references are resolved against it; nothing is fetched
TYPE = "EmergencyIncidentDataObjectType"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([-+]\d\d:\d\d|Z)")
needed = pytest.mark.skipif(
    not (FOLDER / MAIN).exists(), reason=f"the published EIDO schema is not here ({FOLDER}); set EIDO_SCHEMA"
)


@cache
def _documents() -> dict[str, Any]:
    """Each file by the name that references use; `minItems: 1,` of the published file is the number it means."""
    names = [MAIN, *(f"NIEMComponents/{path.name}" for path in sorted((FOLDER / "NIEMComponents").glob("*.yaml")))]
    return {name: _mended(yaml.load((FOLDER / name).read_text(), Loader=yaml.CSafeLoader)) for name in names}


def _mended(value: Any) -> Any:
    if isinstance(value, dict):
        mended = {key: _mended(inner) for key, inner in value.items()}
        if isinstance(mended.get("minItems"), str):
            mended["minItems"] = int(mended["minItems"].rstrip(","))
        return mended
    return [_mended(inner) for inner in value] if isinstance(value, list) else value


@cache
def _validator() -> Draft4Validator:
    registry: Registry[Any] = Registry()
    for name, document in _documents().items():
        for uri in {name, name.replace("NIEMComponents/", "NIEMComponents//")}:
            registry = registry.with_resource(f"{BASE}{uri}", DRAFT4.create_resource(document))
    return Draft4Validator({"$ref": f"{BASE}{MAIN}#/components/schemas/{TYPE}"}, registry=registry)


def faults(document: Any) -> list[str]:
    """Where the document breaks the schema; moments are checked too, which the validator would let pass."""
    found = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in _validator().iter_errors(document)
    ]
    return found + list(_bad_moments(document, ""))


def unknown_properties(document: Any) -> list[str]:
    """Properties that the schema does not know. It would let them pass; a misspelt one must not."""
    return list(_unknown(document, f"{MAIN}#/components/schemas/{TYPE}", ""))


def _unknown(value: Any, place: str, path: str) -> list[str]:
    if isinstance(value, list):
        return [fault for index, inner in enumerate(value) for fault in _unknown(inner, place, f"{path}[{index}]")]
    if not isinstance(value, dict):
        return []
    known = _properties(place)
    found = []
    for name, inner in value.items():
        if name not in known:
            found.append(f"{path}.{name}")
        elif known[name]:
            found += _unknown(inner, known[name], f"{path}.{name}")
    return found


@cache
def _properties(place: str) -> dict[str, str]:
    """Property -> where the schema of its object or of its items is; empty where it is a plain value."""
    file_name, _, pointer = place.partition("#")
    schema = _documents()[file_name]
    for part in pointer.strip("/").split("/"):
        schema = schema[part]
    found: dict[str, str] = {}
    for part in [schema, *schema.get("allOf", [])]:
        if "$ref" in part and isinstance(part["$ref"], str):
            found |= _properties(_resolved(file_name, part["$ref"]))
        for name, inner in part.get("properties", {}).items():
            reference = inner.get("$ref") or inner.get("items", {}).get("$ref")
            found[name] = _resolved(file_name, reference) if isinstance(reference, str) else ""
    return found


def _resolved(file_name: str, reference: str) -> str:
    target, _, pointer = reference.partition("#")
    folder = "NIEMComponents/" if file_name.startswith("NIEM") and target else ""
    return f"{(folder + target).replace('//', '/') or file_name}#{pointer}"


def _bad_moments(value: Any, path: str) -> list[str]:
    if isinstance(value, dict):
        bad = [
            f"{path}.{name}: {inner}"
            for name, inner in value.items()
            if name.lower().endswith(("timestamp", "answerdate")) and not MOMENT.fullmatch(str(inner))
        ]
        return bad + [fault for name, inner in value.items() for fault in _bad_moments(inner, f"{path}.{name}")]
    if isinstance(value, list):
        return [fault for index, inner in enumerate(value) for fault in _bad_moments(inner, f"{path}[{index}]")]
    return []

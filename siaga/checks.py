"""Checks at start: a wrong setting is said before it can do harm."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning

# Floors below which a published hole is open. A scanner that cannot reach its service passes everything; this cannot.
FLOORS = {"django": (5, 2, 17), "djangorestframework": (3, 18, 2), "daphne": (4, 2, 2), "celery": (5, 7, 0)}


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())


@register(Tags.security)
def versions_check(app_configs: Any, **_kwargs: Any) -> Sequence[CheckMessage]:
    """E001: a dependency is older than its security floor."""
    return [
        Error(f"{name} {version(name)} is older than {'.'.join(map(str, floor))}", id="siaga.E001")
        for name, floor in FLOORS.items()
        if _numbers(version(name)) < floor
    ]


@register(Tags.database)
def stores_check(app_configs: Any, **_kwargs: Any) -> Sequence[CheckMessage]:
    """E002: only PostgreSQL; nothing else keeps the promises that the constraints make."""
    engine = settings.DATABASES["default"]["ENGINE"]
    if engine.endswith(".postgresql"):
        return []
    return [Error(f"DATABASE_URL names {engine}; Siaga runs on PostgreSQL only", id="siaga.E002")]


@register(Tags.security, deploy=True)
def production_check(app_configs: Any, **_kwargs: Any) -> Sequence[CheckMessage]:
    """W001: production on the embedded services; W002: no camera network."""
    found: list[CheckMessage] = []
    if settings.IS_PRODUCTION and settings.USES_EMBEDDED:
        found.append(
            CheckWarning("production runs on the embedded services; set DATABASE_URL and REDIS_URL", id="siaga.W001")
        )
    if settings.IS_PRODUCTION and not settings.CAMERA_ALLOWED_NETWORKS:
        found.append(CheckWarning("SIAGA_CAMERA_NETWORKS is empty: no camera can be reached", id="siaga.W002"))
    return found


@register()
def engine_check(app_configs: Any, **_kwargs: Any) -> Sequence[CheckMessage]:
    """E003: an engine that does not exist."""
    if settings.FACE_ENGINE in {"sface", "dlib"}:
        return []
    return [Error(f"SIAGA_FACE_ENGINE={settings.FACE_ENGINE!r}: expected sface or dlib", id="siaga.E003")]

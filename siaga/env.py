"""Typed readers of the environment. A wrong value stops the start with its name; a secret may come from NAME_FILE.

Every reader records what it read in `VARIABLES`, so that docs/settings.md can be tested against the code.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class EnvironmentInvalid(Exception):
    """A variable is missing or cannot be read; the message names it and says what is expected."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable that the settings read."""

    name: str
    default: str
    is_secret: bool = False


VARIABLES: dict[str, Variable] = {}


def _raw(name: str, default: str | None, *, is_secret: bool = False) -> str | None:
    VARIABLES[name] = Variable(name, default or "", is_secret)
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise EnvironmentInvalid(f"{name}_FILE={file_name}: {error.strerror}") from error
    return os.environ.get(name, default)


def text(name: str, default: str = "") -> str:
    """A string; empty when unset and without default."""
    return _raw(name, default) or ""


def secret(name: str, fallback: Callable[[], str] | None = None) -> str:
    """A string that is never shown; `fallback` makes one where the deployment may do without."""
    value = _raw(name, None, is_secret=True)
    if value:
        return value
    if fallback is None:
        raise EnvironmentInvalid(f"{name} (or {name}_FILE) must be set")
    return fallback()


def boolean(name: str, default: bool) -> bool:
    """1/true/yes/on or 0/false/no/off."""
    value = (_raw(name, "1" if default else "0") or "").lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise EnvironmentInvalid(f"{name}={value!r}: expected one of 1, true, yes, on, 0, false, no, off")


def integer(name: str, default: int, *, minimum: int = 0) -> int:
    """A whole number, at least `minimum`."""
    value = _raw(name, str(default)) or ""
    try:
        number = int(value)
    except ValueError as error:
        raise EnvironmentInvalid(f"{name}={value!r}: expected a whole number") from error
    if number < minimum:
        raise EnvironmentInvalid(f"{name}={number}: must be at least {minimum}")
    return number


def items(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty entries."""
    return [item.strip() for item in (_raw(name, default) or "").split(",") if item.strip()]


def var_dir() -> Path:
    """Where everything that changes is kept: embedded data, pictures, logs, generated keys."""
    return Path(text("SIAGA_VAR_DIR", str(BASE_DIR / "var"))).resolve()


def uses_embedded() -> bool:
    """Whether the embedded PostgreSQL and Valkey stand in for DATABASE_URL and REDIS_URL."""
    return not (_raw("DATABASE_URL", None, is_secret=True) and _raw("REDIS_URL", None, is_secret=True))


def kept_secret(name: str, make: Callable[[], str]) -> Callable[[], str]:
    """A fallback that makes a secret once and keeps it in var/secrets, readable by its owner only."""

    def read_or_make() -> str:
        path = var_dir() / "secrets" / name
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make(), encoding="utf-8")
        try:
            os.link(draft, path)  # two processes may race here; the first one's secret is kept
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text(encoding="utf-8")

    return read_or_make

"""The document of the API: what every operation shares is said of every operation, and nothing that is not so."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from accounts.permissions import NEVER_BY_TOKEN, Permission
from common.answers import ErrorAnswer

ALWAYS = {
    400: "The request cannot be read, or a value in it is wrong.",
    429: "Too many requests with this token; `Retry-After` says how long. Or all places are taken (`live_full`).",
    503: "The database does not answer; the same request may succeed after `Retry-After` seconds.",
}
PERSONAL = {
    401: "There is neither session nor token, or the token does not hold: unknown, withdrawn, run out, not from here.",
    403: "The role or the token's scopes do not allow this, or a session came without its CSRF token.",
    404: "There is no such thing, or the asker may not know of it.",
}
SIGNED = {
    401: "The signature does not fit, or is too old.",
    404: "The address is none: a code is letters, digits, hyphens and underscores.",
}
UNSAFE = {
    409: "Somebody was faster, or the thing is in another state; `data` says which.",
    422: "The `Idempotency-Key` was used for another request.",
}
BODY = {
    413: "The body is larger than allowed.",
    415: "The body is of a type that is not taken here.",
}
IF_MATCH = {
    412: "Somebody changed the same fields; `data.conflicts` holds their present values.",
    428: "`If-Match` is missing.",
}
NOT_ACCEPTABLE = {406: "None of the types in `Accept` is offered."}


# drf-spectacular has an extension for our payloads; its types know serializers only.
ANSWER: Any = ErrorAnswer


class HouseSchema(AutoSchema):
    """Adds permissions, errors and the ways in to what the views declare."""

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        """With the permission that is needed, which is also the scope of a token."""
        text = str(super().get_description())
        permission = self._permission()
        return f"{text}\n\nNeeds `{permission}`." if permission else text

    def get_auth(self) -> list[dict[str, Any]]:
        """What only a person may do is not open to tokens."""
        found: list[dict[str, Any]] = super().get_auth()
        if self._permission() in NEVER_BY_TOKEN:
            return [way for way in found if "token" not in way]
        return found

    def _permission(self) -> Permission | None:
        needed = getattr(self.view, "required_permissions", {}).get(self.method)
        return Permission(needed) if needed else None

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction=direction)
        for status, words in self._errors().items():
            bodies.setdefault(str(status), self._error_body(words))
        return bodies

    def _errors(self) -> dict[int, str]:
        found = ALWAYS | NOT_ACCEPTABLE | (PERSONAL if self._permission() else SIGNED)
        names = {parameter["name"] for parameter in self._get_parameters()}
        if self.method not in {"GET", "HEAD"}:
            found |= BODY | (UNSAFE if "Idempotency-Key" in names else {409: UNSAFE[409]})
        return found | (IF_MATCH if "If-Match" in names else {})

    def _error_body(self, words: str) -> dict[str, Any]:
        component: ResolvedComponent = self.resolve_serializer(ANSWER, "response")
        return {"content": {"application/json": {"schema": component.ref}}, "description": words}

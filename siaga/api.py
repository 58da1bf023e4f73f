"""One mapping of errors to HTTP for the whole API: `{"error": {"code", "message", "data", "retry"}}`."""

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.errors import (
    AccessDeniedError,
    ConflictError,
    NotFoundError,
    RetryableError,
    SiagaError,
    ValidationError,
)
from dispatch.presenters.errors import worded

logger = logging.getLogger(__name__)
RETRY_AFTER_S = 2
STATUS_OF_CODE = {
    "signature_invalid": status.HTTP_401_UNAUTHORIZED,
    "signature_stale": status.HTTP_401_UNAUTHORIZED,
    "live_full": status.HTTP_429_TOO_MANY_REQUESTS,
    "link_expired": status.HTTP_410_GONE,
    "idempotency_key_reused": status.HTTP_422_UNPROCESSABLE_ENTITY,
    "precondition_required": status.HTTP_428_PRECONDITION_REQUIRED,
    "precondition_failed": status.HTTP_412_PRECONDITION_FAILED,
}
STATUS_OF_CLASS: tuple[tuple[type[SiagaError], int], ...] = (
    (NotFoundError, status.HTTP_404_NOT_FOUND),
    (AccessDeniedError, status.HTTP_403_FORBIDDEN),
    (ConflictError, status.HTTP_409_CONFLICT),
    (ValidationError, status.HTTP_400_BAD_REQUEST),
    (RetryableError, status.HTTP_503_SERVICE_UNAVAILABLE),
    (SiagaError, status.HTTP_400_BAD_REQUEST),
)


def exception_handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into an answer; None lets Django make a 500 of it."""
    set_rollback()
    if isinstance(error, SiagaError):
        return _answer(_status_of(error), error.code, _(error.safe_message) % worded(error.data), error.data,
                       retry=isinstance(error, RetryableError))  # fmt: skip
    if isinstance(error, exceptions.APIException):
        return _framework_answer(error)
    return _outside_answer(error)


def _outside_answer(error: Exception) -> Response | None:
    """For what Django and the database raise."""
    if isinstance(error, OperationalError):
        logger.exception("database unreachable or too busy")
        return _answer(503, "database_unreachable", _("The database does not answer; try again."), {}, retry=True)
    if isinstance(error, RequestDataTooBig):
        limit_kib = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024
        text = _("The request is larger than %(limit_kib)d KiB; nothing of it was taken.")
        return _answer(413, "request_too_large", text % {"limit_kib": limit_kib}, {"limit_kib": limit_kib}, retry=False)
    if isinstance(error, Http404):
        return _answer(404, "not_found", _("This was not found, or you have no access to it."), {}, retry=False)
    if isinstance(error, PermissionDenied):
        return _answer(403, "access_denied", _("Your role does not allow this."), {}, retry=False)
    return None


def _status_of(error: SiagaError) -> int:
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return next(code for kind, code in STATUS_OF_CLASS if isinstance(error, kind))


def _framework_answer(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        return _answer(400, "invalid", _("Some fields need correction."), {"fields": fields}, retry=False)
    if isinstance(error, exceptions.PermissionDenied):
        return _answer(403, "access_denied", _("Your role does not allow this."), {}, retry=False)
    code = error.get_codes() if isinstance(error.get_codes(), str) else error.default_code
    answer = _answer(error.status_code, str(code), str(error.detail), {}, retry=error.status_code in {429, 503})
    if wait_s := getattr(error, "wait", None):
        answer.headers["Retry-After"] = str(int(wait_s))
    if header := getattr(error, "auth_header", None):
        answer.headers["WWW-Authenticate"] = header
    return answer


def _answer(code: int, name: str, message: str, data: dict[str, Any], *, retry: bool) -> Response:
    headers = {"Retry-After": str(RETRY_AFTER_S)} if code == 503 else {}
    body = {"error": {"code": name, "message": message, "data": data, "retry": retry}}
    # Errors are JSON, whatever document was asked for.
    return Response(body, status=code, headers=headers, content_type="application/json")

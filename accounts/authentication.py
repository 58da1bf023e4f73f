"""Programs sign their requests with a token, people come with a session. A token needs no CSRF value: no browser sends
one by itself."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.services.rates import wait_needed
from accounts.services.tokens import TokenRefused, token_use

SCHEME = "Bearer"
TOKEN_LENGTH_MAX = 200


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. The user that comes of it may do no more than the token's scopes."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The owner, narrowed by the token; None without the header; 401 for a token that does not hold."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        try:
            token = token_use(secret=secret.strip()[:TOKEN_LENGTH_MAX], address=request.META.get("REMOTE_ADDR", ""))
        except TokenRefused as refused:
            raise AuthenticationFailed(_(refused.safe_message), code=refused.code) from refused
        wait_s = wait_needed(key=str(token.pk), limit=settings.TOKEN_REQUESTS_PER_MINUTE)
        if wait_s is not None:
            raise Throttled(wait=wait_s)
        token.owner.token = token
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """What a client without credentials is told to bring."""
        return SCHEME


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular has no types
    """How the API document tells of tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A token as docs/interfaces.md tells"}

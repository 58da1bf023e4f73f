"""The one question of access, asked before anything is read or done."""

from accounts.models import User
from accounts.permissions import Permission
from common.errors import AccessDeniedError

__all__ = ["Permission", "require"]


def require(user: User, permission: Permission) -> None:
    """Raise AccessDeniedError unless a role of the user allows this."""
    if not user.may(permission):
        raise AccessDeniedError

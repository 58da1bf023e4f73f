"""Deny by default for every API view, ours and those of libraries.

Apart from `accounts.api`, since the framework imports this while it is itself being imported.
"""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class RolePermission(BasePermission):
    """Allows a request when the view names a permission for its method and a role of the user holds it."""

    def has_permission(self, request: Request, view: object) -> bool:
        """False for anonymous users, for methods that name no permission and for roles that lack it."""
        method = "GET" if request.method == "HEAD" else request.method
        required = getattr(view, "required_permissions", {}).get(method)
        user = request.user
        return bool(required and user.is_authenticated and user.may(required))

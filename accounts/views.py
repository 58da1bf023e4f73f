"""Signing in, and choosing the language."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.choices import Language
from accounts.models import User
from accounts.services.audit import Actor, audit_write


class SignInForm(AuthenticationForm):
    """Says the same of an unknown name and of a wrong password, and what happens after five of them."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _(
            "User name or password is wrong. After five wrong tries this name is locked for 15 minutes."
        ),
    }


@method_decorator(login_not_required, name="dispatch")
class SignInView(LoginView):
    """User name and password; five wrong tries lock the pair of name and address for 15 minutes."""

    template_name = "accounts/login.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, record it, and speak the user's language."""
        user = form.get_user()
        with transaction.atomic():
            response = super().form_valid(form)
            audit_write(
                actor=Actor(user, "console"), action="signed_in", object_type="accounts.user", object_id=user.pk
            )
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax", max_age=365 * 86400)
        return response


@login_not_required
@require_POST
def language_choose(request: HttpRequest) -> HttpResponse:
    """Keep the language in the cookie and, for a signed-in user, with the account."""
    chosen = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen in Language.values:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, samesite="Lax", max_age=365 * 86400)
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(language=chosen)
    return response

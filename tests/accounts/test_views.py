import pytest
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import AuditEntry, User
from tests import factories

pytestmark = pytest.mark.django_db


def sign_in(client: Client, user: User, password: str = factories.PASSWORD) -> int:
    return client.post(reverse("accounts:login"), {"username": user.username, "password": password}).status_code


def test_signing_in_is_recorded_and_leads_home(client: Client) -> None:
    user = factories.user(Role.CALL_TAKER)
    assert sign_in(client, user) == 302
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.object_id) == ("signed_in", user.pk, str(user.pk))
    assert client.get("/").headers["Location"] == "/konsol/"
    page = client.get("/?profile")
    assert page.status_code == 200
    assert "Penerima panggilan" in page.content.decode()
    assert 'href="/konsol/"' in page.content.decode()


def test_a_wrong_password_says_so_in_indonesian_and_records_no_sign_in(client: Client) -> None:
    user = factories.user()
    page = client.post(reverse("accounts:login"), {"username": user.username, "password": "salah"})
    assert page.status_code == 200
    assert 'lang="id"' in page.content.decode()
    assert 'role="alert"' in page.content.decode()
    assert "Nama pengguna atau kata sandi salah." in page.content.decode()
    assert not AuditEntry.objects.exists()


def test_five_wrong_passwords_lock_even_the_right_one(client: Client) -> None:
    user = factories.user()
    codes = [sign_in(client, user, "salah") for _ in range(5)]
    assert codes == [200, 200, 200, 200, 429]
    assert sign_in(client, user) == 429
    assert (
        "15 menit"
        in client.post(
            reverse("accounts:login"), {"username": user.username, "password": factories.PASSWORD}
        ).content.decode()
    )


def test_the_language_stays_with_the_person(client: Client) -> None:
    user = factories.user()
    client.force_login(user)
    client.post(reverse("accounts:language"), {"language": "en", "next": "/"})
    user.refresh_from_db()
    assert user.language == "en"
    assert "Sign out" in client.get("/").content.decode()


def test_the_language_form_leads_to_no_other_site(client: Client) -> None:
    answer = client.post(reverse("accounts:language"), {"language": "en", "next": "https://other.example/"})
    assert answer.headers["Location"] == "/"


def test_pages_are_closed_without_signing_in(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("accounts:login"))


def test_the_policy_of_contents_allows_our_own_origin_only(client: Client) -> None:
    policy = client.get(reverse("accounts:login")).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy

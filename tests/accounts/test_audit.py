from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEntry, AuditHead
from accounts.services.audit import SYSTEM, Actor, ChainFault, audit_faults, audit_write
from tests import factories


def write(number: int = 1) -> AuditEntry:
    with transaction.atomic():
        return audit_write(actor=SYSTEM, action="tried", object_type="test", object_id=number, data={"nomor": number})


def tamper(sql: str) -> None:
    """As somebody with the database owner's rights would: past the trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # PostgreSQL alters no table with checks still to come
        cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER audit_append_only")
        cursor.execute(sql)
        cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER audit_append_only")


@pytest.mark.django_db
def test_a_chain_of_entries_holds() -> None:
    who = Actor(factories.user(), "console")
    for number in range(5):
        write(number)
    audit_write(actor=who, action="viewed", object_type="snapshot", object_id="x", purpose="kejadian 1001")
    assert list(audit_faults()) == []
    assert AuditEntry.objects.values_list("sequence", flat=True).order_by("sequence")[5] == 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", ["UPDATE accounts_auditentry SET action = 'other'", "DELETE FROM accounts_auditentry"]
)
def test_the_database_refuses_change_and_deletion(change: str) -> None:
    write()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert AuditEntry.objects.get().action == "tried"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE accounts_auditentry SET data = '{\"nomor\": 9}' WHERE sequence = 2", ChainFault(2, "content changed")),
        ("UPDATE accounts_auditentry SET purpose = 'lain' WHERE sequence = 3", ChainFault(3, "content changed")),
        ("DELETE FROM accounts_auditentry WHERE sequence = 2", ChainFault(2, "missing")),
        ("DELETE FROM accounts_auditentry WHERE sequence = 3", ChainFault(3, "head differs from the last entry")),
    ],
)
def test_what_was_tampered_with_is_found(sql: str, fault: ChainFault) -> None:
    for number in (1, 2, 3):
        write(number)
    tamper(sql)
    assert next(iter(audit_faults())) == fault
    with pytest.raises(CommandError, match="does not hold"):
        call_command("audit_verify")


@pytest.mark.django_db
def test_an_undone_action_leaves_no_entry() -> None:
    with transaction.atomic():
        audit_write(actor=SYSTEM, action="tried", object_type="test", object_id=1)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
    write()
    assert list(audit_faults()) == []


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_refuses() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audit_write(actor=SYSTEM, action="tried", object_type="test", object_id=1)


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain() -> None:
    def many(start: int) -> None:
        for number in range(start, start + 20):
            write(number)
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(many, range(0, 160, 20)))
    assert AuditHead.objects.get().sequence == 160
    assert list(audit_faults()) == []

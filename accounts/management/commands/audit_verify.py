"""Verify the hash chain of the audit record."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import AuditEntry
from accounts.services.audit import audit_faults


class Command(BaseCommand):
    help = "Verify the hash chain of the audit record; exits 1 at any fault."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(audit_faults())
        for fault in faults[:50]:
            self.stderr.write(f"entry {fault.sequence}: {fault.reason}")
        if faults:
            raise CommandError(f"The audit chain does not hold: {len(faults)} fault(s).")
        self.stdout.write(f"The audit chain holds: {AuditEntry.objects.count()} entries.")

"""Draw again what was drawn for review, from the seeds that were kept, and say where something else comes of it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dispatch.models import QualityDraw
from dispatch.selectors.sampling import draw_fault


class Command(BaseCommand):
    """Exits with 1 when any drawing cannot be reproduced."""

    help = "Draw again, from the kept seeds, what was drawn for review."

    def handle(self, *args: Any, **options: Any) -> None:
        """Every drawing there is."""
        count, faults = 0, 0
        for draw in QualityDraw.objects.select_related("realm").order_by("day", "stratum"):
            count += 1
            fault = draw_fault(draw)
            if fault:
                faults += 1
                self.stdout.write(f"{draw}: {fault}")
        if faults:
            raise CommandError(f"{faults} of {count} drawings cannot be reproduced")
        self.stdout.write(f"{count} drawings are as they were drawn")

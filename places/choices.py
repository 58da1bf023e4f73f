"""Kinds of places."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlaceKind(TextChoices):
    """From the largest to the smallest."""

    CITY = "city", _("city")
    DISTRICT = "district", _("kecamatan")
    VILLAGE = "village", _("kelurahan")
    LANDMARK = "landmark", _("landmark")

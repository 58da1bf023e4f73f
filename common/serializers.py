"""What every body of the API is held to. Unknown fields are an error: a misspelt one must not be lost in silence."""

import math
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        """Check the names first."""
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError({str(name)[:60]: [_("This field is not known.")] for name in unknown})
        return super().to_internal_value(data)


class FiniteField(serializers.FloatField):
    """A number that is one: NaN and infinity are refused."""

    def to_internal_value(self, data: Any) -> float:
        """JSON as Python reads it knows NaN."""
        try:
            value = float(super().to_internal_value(data))
        except OverflowError:  # a whole number of hundreds of digits
            value = math.inf
        if not math.isfinite(value):
            self.fail("invalid")
        return value

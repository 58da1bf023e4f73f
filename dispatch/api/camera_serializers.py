"""What the API takes and gives about faults of cameras."""

from django.http import QueryDict
from rest_framework import serializers

from common.answers import AnswerBody
from common.serializers import StrictSerializer
from dispatch.actions.cameras import BulkAct
from dispatch.api.exchanges import MomentField
from dispatch.selectors.camera_faults import FaultFilter

NOTE_MAX = 1000
REASON_MAX = 200
KEY_MAX = 2**63 - 1


class FaultChangeSerializer(StrictSerializer):
    """Take a fault up (`taken` true) or give it back (false), and add a note; what is left out stays."""

    taken = serializers.BooleanField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=NOTE_MAX)


class FaultBulkSerializer(StrictSerializer):
    """One act on many faults: those in `cases`, or all of the filter where `whole_list` is true."""

    act = serializers.ChoiceField([str(act) for act in BulkAct])
    cases = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=KEY_MAX), max_length=1000, default=list
    )
    whole_list = serializers.BooleanField(default=False)
    filter = serializers.CharField(
        max_length=400, allow_blank=True, default="", help_text="the list's query, as kind=down&village=31.74.01.1003"
    )
    ends_at = MomentField(required=False, help_text="for maintain: until when")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=REASON_MAX)


class WindowSerializer(StrictSerializer):
    """Maintenance of one camera, from now if `begins_at` is left out."""

    begins_at = MomentField(required=False, allow_null=True)
    ends_at = MomentField()
    reason = serializers.CharField(min_length=3, max_length=REASON_MAX)


class AlarmSeenSerializer(StrictSerializer):
    """Up to when."""

    until = MomentField()


class TroubleAnswer(AnswerBody):
    """What is wrong and what to do first, in the language of the request; `code` is for programs."""

    code: str
    what: str
    first: str


class FaultCameraAnswer(AnswerBody):
    """Whose camera, and where."""

    id: int
    code: str
    name: str
    lat: float
    lon: float
    village: str | None
    owner: str
    owner_contact: str


class FaultAnswer(AnswerBody):
    """A fault of the work list; `kind` is down, auth or picture."""

    id: int
    camera: FaultCameraAnswer
    kind: str
    condition: str
    troubles: list[TroubleAnswer]
    began_at: str
    ended_at: str | None
    last_good_at: str | None
    taken_by: str | None
    taken_at: str | None
    note: str
    is_maintained: bool


class FaultListAnswer(AnswerBody):
    """The longest first; `total` may be more than are given."""

    total: int
    faults: list[FaultAnswer]


class BulkAnswer(AnswerBody):
    """How many it was done to; `said` is a sentence for people."""

    count: int
    said: str


class TriedAnswer(AnswerBody):
    """What one pull gave, on record at the camera; `said` is a sentence for people."""

    is_good: bool
    fault_code: str
    duration_ms: int | None
    condition: str
    flags: list[str]
    troubles: list[TroubleAnswer]
    said: str


class WindowAnswer(AnswerBody):
    """A time of maintenance."""

    id: int
    begins_at: str
    ends_at: str
    reason: str


class WindowEndedAnswer(AnswerBody):
    """Whether there was something to end."""

    is_ended: bool


class ViewAnswer(AnswerBody):
    """What is usual for the camera from here on."""

    sharpness: float | None
    brightness: float | None


class AlarmSeenAnswer(AnswerBody):
    """Up to when it counts."""

    until: str


def filter_of(text: str) -> FaultFilter:
    """A filter from an address' query."""
    return FaultFilter.of(QueryDict(text).dict())

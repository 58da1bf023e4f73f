"""Forms of the admin, held against the same rules as the database, in words."""

from dispatch.forms.rules import FollowRuleForm, PresenceForm, SharingAgreementForm, TargetForm, VersionForm
from dispatch.forms.units import RunCardForm, RunCardLineForm, UnitForm, UnitTypeForm, capability_choices

__all__ = [
    "FollowRuleForm",
    "PresenceForm",
    "RunCardForm",
    "RunCardLineForm",
    "SharingAgreementForm",
    "TargetForm",
    "UnitForm",
    "UnitTypeForm",
    "VersionForm",
    "capability_choices",
]

"""Words for all that can be wrong with a camera, in both languages."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from cameras.choices import HealthFlag
from cameras.drivers.types import CameraFault
from dispatch.presenters.camera_words import FIRST_STEPS, FLAGS, OTHER_FAULTS, trouble_of, troubles_of

ROOT = Path(__file__).resolve().parents[3]
RAISED = re.compile(r'(?:CameraFault|PictureRefused)\(\s*"([a-z_]+)"')


def raised() -> set[str]:
    """Every code that stands in the sources."""
    sources = [*(ROOT / "cameras").rglob("*.py"), ROOT / "common/images.py"]
    return {code for path in sources for code in RAISED.findall(path.read_text(encoding="utf-8"))}


def test_every_fault_and_flag_has_words_and_a_first_step() -> None:
    codes = set(CameraFault.MESSAGES) | set(OTHER_FAULTS) | raised()
    assert len(raised()) > 15
    assert codes - set(FIRST_STEPS) == set()
    assert set(FIRST_STEPS) - codes == set()
    assert set(FLAGS) == set(HealthFlag)
    assert raised() - set(CameraFault.MESSAGES) - set(OTHER_FAULTS) == set()


@pytest.mark.parametrize("code", sorted({*CameraFault.MESSAGES, *OTHER_FAULTS, *HealthFlag.values}))
def test_both_languages_say_it_in_sentences(code: str) -> None:
    told = {}
    for language in ("id", "en"):
        with translation.override(language):
            told[language] = trouble_of(code)
        assert told[language].what.endswith(".")
        assert told[language].first.endswith(".")
        assert code not in {told[language].what, told[language].first}
    assert told["id"].what != told["en"].what
    assert told["id"].first != told["en"].first


def test_the_flags_of_now_go_before_those_of_the_beginning() -> None:
    assert [row.code for row in troubles_of("dark,slow")] == ["dark", "slow"]
    assert [row.code for row in troubles_of("dark,slow", ["turned"])] == ["turned"]
    assert [row.code for row in troubles_of("")] == []

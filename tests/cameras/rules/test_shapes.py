"""Masks and presets: what is taken, and what is refused with the number of the faulty one."""

from typing import Any

import pytest

from cameras.rules.shapes import masks_read, presets_read
from common.errors import ValidationError

SQUARE = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4], [0.1, 0.4]]
PRESET = {"name": "Gerbang", "token": "1", "heading_deg": 10, "hfov_deg": 40.5, "range_m": 80}


def test_good_ones_are_taken_as_they_are() -> None:
    assert masks_read([]) == []
    assert masks_read([SQUARE, [[0, 0], [1, 0], [0, 1]]]) == [SQUARE, [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]]
    assert presets_read([PRESET]) == [PRESET]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("[]", "masks_invalid"),
        ({}, "masks_invalid"),
        (None, "masks_invalid"),
        ([SQUARE] * 33, "masks_invalid"),
        ([SQUARE[:2]], "mask_points"),
        (["abc"], "mask_points"),
        ([[[0, 0]] * 65], "mask_points"),
        ([[[0, 0], [1, 0], [0, 1.01]]], "mask_point"),
        ([[[0, 0], [1, 0], [0, -0.1]]], "mask_point"),
        ([[[0, 0], [1, 0], [0, float("nan")]]], "mask_point"),
        ([[[0, 0], [1, 0], [0, True]]], "mask_point"),
        ([[[0, 0], [1, 0], ["0", 1]]], "mask_point"),
        ([[[0, 0], [1, 0], [0, 1, 1]]], "mask_point"),
        ([[[0, 0], [0.5, 0], [1, 0]]], "mask_flat"),
        ([[[0, 0], [1, 1], [1, 0], [0, 0.9]]], "mask_crossing"),
    ],
)
def test_a_mask_that_would_hide_less_than_it_says_is_refused(value: Any, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        masks_read(value)
    assert caught.value.code == code


def test_the_faulty_mask_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        masks_read([SQUARE, SQUARE[:1]])
    assert caught.value.data["number"] == 2


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("x", "presets_invalid"),
        ([PRESET] * 65, "presets_invalid"),
        ([PRESET, PRESET], "presets_doubled"),
        ([{**PRESET, "zoom": 3}], "preset_keys"),
        ([{"name": "a"}], "preset_keys"),
        (["a"], "preset_keys"),
        ([{**PRESET, "name": " "}], "preset_value"),
        ([{**PRESET, "token": 1}], "preset_value"),
        ([{**PRESET, "heading_deg": 361}], "preset_value"),
        ([{**PRESET, "hfov_deg": 0}], "preset_value"),
        ([{**PRESET, "range_m": float("inf")}], "preset_value"),
    ],
)
def test_a_preset_with_anything_else_is_refused(value: Any, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        presets_read(value)
    assert caught.value.code == code

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.crypto import SealBroken, Sealer, key_generate

KEY = key_generate()


@given(st.binary(max_size=2000), st.text(max_size=60))
def test_what_was_sealed_comes_back(plain: bytes, context: str) -> None:
    assert Sealer([KEY]).unseal(Sealer([KEY]).seal(plain, context=context), context=context) == plain


def test_another_row_cannot_open_it() -> None:
    sealed = Sealer([KEY]).seal(b"vektor", context="photo/1")
    with pytest.raises(SealBroken):
        Sealer([KEY]).unseal(sealed, context="photo/2")


@pytest.mark.parametrize("position", [0, 1, 5, 17, -1])
def test_a_changed_byte_is_noticed(position: int) -> None:
    sealed = bytearray(Sealer([KEY]).seal(b"vektor", context="c"))
    sealed[position] ^= 1
    with pytest.raises(SealBroken):
        Sealer([KEY]).unseal(bytes(sealed), context="c")


def test_after_rotation_old_seals_still_open_and_new_ones_use_the_new_key() -> None:
    new = key_generate()
    old_seal = Sealer([KEY]).seal(b"lama", context="c")
    rotated = Sealer([new, KEY])
    assert rotated.unseal(old_seal, context="c") == b"lama"
    with pytest.raises(SealBroken):
        Sealer([KEY]).unseal(rotated.seal(b"baru", context="c"), context="c")


@pytest.mark.parametrize("keys", [[], ["AAAA"]])
def test_no_key_or_a_short_one_stops_the_start(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="key"):
        Sealer(keys)

"""Telephone numbers in one form, so that a caller is known again however an exchange writes the number."""

import phonenumbers

REGION = "ID"
LENGTH_MAX = 32


def number_normalise(text: str | None) -> str | None:
    """E.164 (`+628…`) where it is a number of the world; otherwise its digits; None where there is none.

    Exchanges send words for withheld numbers ("anonymous", "unknown"): those are none.
    """
    if not text:
        return None
    plain = "".join(character for character in text if character.isdigit() or character == "+")
    digits = plain.replace("+", "")
    if not digits:
        return None
    try:
        parsed = phonenumbers.parse(plain, REGION)
    except phonenumbers.NumberParseException:
        return digits[:LENGTH_MAX]
    if not phonenumbers.is_possible_number(parsed):
        return digits[:LENGTH_MAX]
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def number_shown(number: str) -> str:
    """A stored number as people read it out (`+62 812-3456-7890`); what is no number of the world stays as it is."""
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return number
    if not number.startswith("+") or not phonenumbers.is_possible_number(parsed):
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

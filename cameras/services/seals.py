"""Signing the head of the chain: what was signed once can be neither changed nor cut off unseen."""

from django.conf import settings

from cameras.models import EvidenceHead, EvidenceSeal
from cameras.rules.chain import seal_message
from common import clock
from common.ed25519 import PublicKey, keys_by_id


def evidence_seal() -> EvidenceSeal | None:
    """Sign the head if it moved since it was signed last; the seal of the head, None where nothing was recorded yet.

    No lock: a head that moves meanwhile is signed the next time. Two who sign the same head keep the first signature.
    """
    head = EvidenceHead.objects.filter(pk=1, sequence__gt=0).first()
    if head is None:
        return None
    sealed = EvidenceSeal.objects.filter(pk=head.sequence).first()
    if sealed is not None:
        return sealed
    at, key = clock.now(), settings.EVIDENCE_KEY
    message = seal_message(sequence=head.sequence, head_hash=head.hash, signed_at=at)
    seal = EvidenceSeal(
        sequence=head.sequence,
        hash=head.hash,
        signed_at=at,
        key_id=key.public.key_id,
        signature=key.sign(message),
    )
    EvidenceSeal.objects.bulk_create([seal], ignore_conflicts=True)
    return EvidenceSeal.objects.get(pk=head.sequence)


def public_keys() -> dict[str, PublicKey]:
    """The keys that may have signed: the present one and those of before."""
    return keys_by_id([settings.EVIDENCE_KEY.public, *settings.EVIDENCE_OLD_KEYS])


def seal_holds(seal: EvidenceSeal) -> bool:
    """Whether one of our keys made this signature over this head."""
    key = public_keys().get(seal.key_id)
    message = seal_message(sequence=seal.sequence, head_hash=seal.hash, signed_at=seal.signed_at)
    return key is not None and key.holds(bytes(seal.signature), message)

"""Pieces of the chain that prove some of its records: from each to the next head that was signed."""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cameras.models import EvidenceRecord, EvidenceSeal
from cameras.rules.chain import content_hash, moment_text
from cameras.services.evidence import record_content

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Piece:
    """Records from one to a sealed one."""

    first: int
    last: int


def pieces_for(sequences: Iterable[int]) -> tuple[list[Piece], list[EvidenceSeal]]:
    """The pieces that hold these records, in order, and the seals that they end in. The head must be sealed."""
    wanted = sorted(set(sequences))
    if not wanted:
        return [], []
    later = EvidenceSeal.objects.filter(sequence__gte=wanted[0]).order_by("sequence")
    ends = list(later.values_list("sequence", flat=True))
    pieces: list[Piece] = []
    for sequence in wanted:
        if pieces and sequence <= pieces[-1].last:
            continue
        pieces.append(Piece(sequence, ends[bisect_left(ends, sequence)]))
    return pieces, list(later.filter(sequence__in=[piece.last for piece in pieces]))


def lines_of(pieces: Iterable[Piece], *, told: set[int]) -> Iterator[str]:
    """A line of JSON for each record; of those that are not to be `told` the hash of the content only."""
    for piece in pieces:
        start = piece.first
        while start <= piece.last:
            rows = EvidenceRecord.objects.select_related("realm").filter(
                sequence__range=(start, min(piece.last, start + PAGE - 1))
            )
            for record in rows.order_by("sequence"):
                yield json.dumps(_line(record, is_told=record.sequence in told), ensure_ascii=False)
            start += PAGE


def seal_facts(seal: EvidenceSeal) -> dict[str, object]:
    """A seal as it is exported."""
    return {
        "sequence": seal.sequence,
        "hash": seal.hash,
        "signed_at": moment_text(seal.signed_at),
        "key_id": seal.key_id,
        "signature": bytes(seal.signature).hex(),
    }


def _line(record: EvidenceRecord, *, is_told: bool) -> dict[str, object]:
    content = record_content(record)
    line: dict[str, object] = {
        "sequence": record.sequence,
        "previous_hash": record.previous_hash,
        "hash": record.hash,
    }
    return line | ({"content": content} if is_told else {"content_hash": content_hash(content)})

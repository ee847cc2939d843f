"""The snapshot that freezes a set of answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from instrument import stages
from instrument.answers import AnswerState, ItemAnswer, check_answer
from instrument.definition import Instrument


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A frozen set of answers: canonical JSON, its sha256 in hex, and the derived int8 vector of stages."""

    content: str
    sha256: str
    vector: bytes


def build_snapshot(instrument: Instrument, answers: Mapping[str, ItemAnswer]) -> Snapshot:
    """Freeze a set of answers; equal answers give equal content. Raises `InvalidAnswer`."""
    checked = {code: check_answer(instrument, code, answer) for code, answer in answers.items()}
    document = {
        "instrument": {"version": instrument.version, "sha256": instrument.sha256},
        "answers": {
            code: {
                "state": checked[code].state.value,
                "value": checked[code].value,
                "reason": checked[code].reason,
                "figures": dict(checked[code].figures),
                "comment": checked[code].comment,
            }
            for code in instrument.item_order
            if code in checked
        },
    }
    content = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Snapshot(content=content, sha256=digest, vector=stages.build_vector(instrument, checked))


def read_snapshot(content: str) -> dict[str, ItemAnswer]:
    """Return the answers of a snapshot's content; raises `ValueError` for a text that is none."""
    try:
        answers = json.loads(content)["answers"]
        return {
            code: ItemAnswer(
                state=AnswerState(answer["state"]),
                value=tuple(answer["value"]) if isinstance(answer["value"], list) else answer["value"],
                reason=answer["reason"],
                figures=dict(answer["figures"]),
                comment=answer["comment"],
            )
            for code, answer in answers.items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not the content of a snapshot: {error}") from error

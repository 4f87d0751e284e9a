"""pyvi's segmentation model and word list, read from the installed pyvi without scikit-learn.

The model is a linear-chain conditional random field of two labels, B_W for the first syllable of a
word and I_W for the others, pickled inside a scikit-learn estimator. Only the bytes of the CRFsuite
model are taken out of the pickle; no class that it names is imported.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import pickle
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

RULES = frozenset({"ad11cdacf45b5b2801cd97a473f70effb3a36b94779b80c776a11cedaa18e1c1"})
"""SHA-256 of the versions of pyvi's ViTokenizer.py whose rules `segmenter.py` follows."""
_HEADER = struct.Struct("<4sI4sI8I")
_CHUNK = struct.Struct("<4sII")
_FEATURE = struct.Struct("<IIId")
_DATABASE = struct.Struct("<4s5I")
_WORD = struct.Struct("<I")
_LABELS = ("B_W", "I_W")


class UnknownModelError(Exception):
    """The installed pyvi is not one whose model can be read here."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights for B_W less those for I_W, and what pyvi looks up in its list of words.

    Attributes:
        lower: of the syllable itself, of the one before and of the one after, in lower case.
        shapes: name of an attribute about shape or word list -> its weight.
        transitions: weight of each label after each, in the order B_W, I_W.
        bigrams: words of two syllables, with a space between them.
        trigrams: words of three.
    """

    lower: tuple[dict[str, float], dict[str, float], dict[str, float]]
    shapes: dict[str, float]
    transitions: tuple[tuple[float, float], tuple[float, float]]
    bigrams: frozenset[str]
    trigrams: frozenset[str]


def load_model() -> Model:
    """Read the model of the installed pyvi.

    Raises:
        UnknownModelError: pyvi's rules or the form of its model are others than expected.
    """
    spec = find_spec("pyvi")
    if spec is None or not spec.submodule_search_locations:
        raise UnknownModelError("pyvi is not installed")
    folder = Path(spec.submodule_search_locations[0])
    if hashlib.sha256((folder / "ViTokenizer.py").read_bytes()).hexdigest() not in RULES:
        raise UnknownModelError("pyvi's rules are not those of a known version")
    try:
        weights, transitions = _read_crf(_crf_bytes(folder / "models" / "pyvi3.pkl"))
        words = (folder / "models" / "words.txt").read_text(encoding="utf-8").split("\n")
    except (
        OSError,
        ValueError,
        KeyError,
        IndexError,
        struct.error,
        pickle.UnpicklingError,
    ) as error:
        raise UnknownModelError(f"pyvi's model cannot be read: {error}") from error
    tables: tuple[dict[str, float], ...] = ({}, {}, {})
    prefixes = ("word.lower():", "-1:word.lower():", "+1:word.lower():")
    shapes: dict[str, float] = {}
    for name, weight in weights.items():
        for table, prefix in zip(tables, prefixes, strict=True):
            if name.startswith(prefix):
                table[name.removeprefix(prefix)] = weight
                break
        else:
            shapes[name] = weight
    return Model(
        lower=(tables[0], tables[1], tables[2]),
        shapes=shapes,
        transitions=transitions,
        bigrams=frozenset(word for word in words if word.count(" ") == 1),
        trigrams=frozenset(word for word in words if word.count(" ") == 2),
    )


class _Placeholder:
    """Takes the place of every object in the pickle."""

    state: Any = None

    def __init__(self, *_: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _BytesOnly(pickle.Unpickler):
    """Imports nothing that a pickle names."""

    def find_class(self, module: str, name: str) -> Any:
        """The function by which pickles of Python 2 hold bytes; a placeholder for all else."""
        return codecs.encode if (module, name) == ("_codecs", "encode") else _Placeholder


def _crf_bytes(path: Path) -> bytes:
    estimator = _BytesOnly(io.BytesIO(path.read_bytes())).load()
    data = estimator.state["modelfile"].state["__FILE_RESOURCE_DATA__"]
    if not isinstance(data, bytes):
        raise ValueError("no model in it")
    return data


def _read_crf(
    data: bytes,
) -> tuple[dict[str, float], tuple[tuple[float, float], tuple[float, float]]]:
    """Weights for B_W less those for I_W by attribute, and the transitions.

    Source: crf1d_model.c and cqdb.c of CRFsuite 0.12.
    """
    magic, _, kind, _, _, _, _, features, labels, attributes, _, _ = _HEADER.unpack_from(data)
    if (magic, kind) != (b"lCRF", b"FOMC"):
        raise ValueError("not a CRFsuite model")
    label_of = dict(_strings(data, labels))
    sign = {number: {"B_W": 1.0, "I_W": -1.0}[name] for number, name in label_of.items()}
    names = dict(_strings(data, attributes))
    weights: dict[str, float] = {}
    moves: dict[tuple[str, str], float] = {}
    _, _, count = _CHUNK.unpack_from(data, features)
    block = data[features + _CHUNK.size :][: count * _FEATURE.size]
    for is_move, source, target, weight in _FEATURE.iter_unpack(block):
        if is_move:
            moves[label_of[source], label_of[target]] = weight
        else:
            name = names[source]
            weights[name] = weights.get(name, 0.0) + sign[target] * weight
    first, second = (
        (moves.get((label, "B_W"), 0.0), moves.get((label, "I_W"), 0.0)) for label in _LABELS
    )
    return weights, (first, second)


def _strings(data: bytes, start: int) -> Iterator[tuple[int, str]]:
    """Numbers and texts of a constant database (CQDB) that begins at `start`."""
    magic, _, _, _, count, backward = _DATABASE.unpack_from(data, start)
    if magic != b"CQDB":
        raise ValueError("no table of names")
    for number in range(count):
        (offset,) = _WORD.unpack_from(data, start + backward + number * _WORD.size)
        (length,) = _WORD.unpack_from(data, start + offset + _WORD.size)
        text = data[start + offset + 2 * _WORD.size :][: length - 1]
        yield number, text.decode("utf-8")

"""Files of many records are read as streams: what is read does not depend on where blocks end."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.encodings import ENCODERS
from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing import parse_file, text_blocks
from indexer.parsing.records import json_stream, tables
from indexer.parsing.records.json_stream import Found, _values_in, values_of

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_FAULTS = ['{"a": tru', '{"a" 1}', '"', "nul", "}", '{"a":"\\x"}']


def cut(text: str, length: int) -> list[str]:
    return [text[at : at + length] for at in range(0, len(text), length)] or [""]


def shown(found: Found | ParseError) -> tuple[Any, ...]:
    if isinstance(found, Found):
        return found.line, json.dumps(found.value)
    return found.line, found.reason


@given(
    st.lists(_VALUES.map(json.dumps) | st.sampled_from(_FAULTS), max_size=8),
    st.sampled_from([",", "\n", ",\n", " ", ""]),
    st.booleans(),
    st.integers(1, 40),
)
@settings(max_examples=200)
def test_values_do_not_depend_on_blocks(
    values: list[str], between: str, is_list: bool, length: int
) -> None:
    text = between.join(values)
    text = f"[{text}]" if is_list else text
    whole = list(map(shown, values_of(text, "a")))
    assert list(map(shown, _values_in(iter(cut(text, length)), "a"))) == whole


def records(count: int) -> list[dict[str, str]]:
    return [
        {"title": f"Tin số {n}", "body": f"Nước dâng ở xã {n}, đê “vẫn” an toàn.\nDân sơ tán."}
        for n in range(count)
    ]


def as_json(indent: int | None) -> str:
    return json.dumps(records(40), ensure_ascii=False, indent=indent)


def as_csv() -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["title", "body"])
    writer.writerows((one["title"], one["body"]) for one in records(40))
    return stream.getvalue()


def contents(path: Path) -> list[tuple[str, str]]:
    parsed = list(parse_file(path))
    assert all(isinstance(one, Article) for one in parsed), parsed
    return [(one.title, one.body) for one in parsed if isinstance(one, Article)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("name", "text"), [("a.json", as_json(None)), ("a.json", as_json(2)), ("a.csv", as_csv())]
)
def test_files_do_not_depend_on_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    whole = contents(path)
    assert [title for title, _ in whole] == [one["title"] for one in records(40)]
    for size in (1000, 1001, 1777, 4096):
        monkeypatch.setattr(text_blocks, "BLOCK_BYTES", size)
        assert contents(path) == whole


@pytest.mark.parametrize("encoding", ["tcvn3", "viscii", "windows-1258"])
@pytest.mark.parametrize("name", ["a.json", "a.csv"])
def test_an_old_encoding_is_read_block_by_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, encoding: str
) -> None:
    text = (as_json(1) if name == "a.json" else as_csv()).replace("“vẫn”", "vẫn")
    path = tmp_path / name
    path.write_bytes(ENCODERS[encoding](text)[0])
    whole = contents(path)
    assert whole[3][1].endswith("đê vẫn an toàn.\nDân sơ tán.")
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 1500)
    assert contents(path) == whole


@pytest.fixture
def own_limit() -> Iterator[None]:
    """Reading a table sets the limit of its values for the whole process."""
    limit = csv.field_size_limit()
    yield
    csv.field_size_limit(limit)


@pytest.mark.usefixtures("own_limit")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.integers(0, 6), st.integers(0, 6))
def test_a_value_or_line_that_is_too_long_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int, after: int
) -> None:
    for module in (json_stream, tables):
        monkeypatch.setattr(module, "MAX_RECORD_BYTES", 2000)
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 500)
    texts = [json.dumps(one, ensure_ascii=False) for one in records(before + after)]
    long = '{"title": "' + "a" * 9000 + '"}'
    rows = [f'"{one["title"]}","{one["body"]}"' for one in records(before + after)]
    files = {
        "a.jsonl": "\n".join([*texts[:before], long, *texts[before:]]),
        "b.json": "[" + ",\n".join([*texts[:before], long, *texts[before:]]) + "]",
        "c.csv": "\n".join(["title,body", *rows[:before], f"x,{'a' * 9000}", *rows[before:]]),
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, "utf-8")
        parsed = list(parse_file(tmp_path / name))
        titles = [one.title for one in parsed if isinstance(one, Article)]
        assert titles == [one["title"] for one in records(before + after)], name
        (fault,) = [str(one) for one in parsed if not isinstance(one, Article)]
        assert "long" in fault or "not closed" in fault

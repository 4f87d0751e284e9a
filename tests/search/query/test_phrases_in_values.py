"""Phrases in bylines, tags and other short fields stand in them word by word, not pair by pair."""

import json
import random
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path

import pytest

from indexer.language.normalise import fold
from indexer.pipeline import index_sources
from search.ranking import fields
from tests.search.query.conftest import Ids

TAGGED = {
    "of-province": ["tỉnh Hà Nội"],
    "of-two": ["tỉnh Hà Giang", "Hà Nội"],
    "of-one": ["Hà Nội tỉnh Hà Giang"],
}
BYLINES = {
    "two": "Nguyễn Văn - Văn An",
    "one": "Nguyễn Văn An",
    "led": "Bài và ảnh: Trần Lê Bình",
    "both": "Trần Lê, Lê Bình và Hoàng Hải Yến",
    "many": ", ".join(("ha " * size).strip() for size in range(1, 40)),
}
FIELDS = ("source", "section", "credit", "author")
SYLLABLES = ("an", "ân", "bà", "ba")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles with tags, articles with bylines, and many of both made of few syllables."""
    folder = tmp_path_factory.mktemp("values")
    chance = random.Random(7)

    def some() -> str:
        return " ".join(chance.choices(SYLLABLES, k=chance.randint(1, 5)))

    articles: list[Mapping[str, object]] = [
        *({"id": id, "tags": tags} for id, tags in TAGGED.items()),
        *({"id": id, "author": byline} for id, byline in BYLINES.items()),
        *({"id": name, name: "Hà Nội tỉnh Hà Giang"} for name in FIELDS),
        *(
            {"id": f"{n}", "tags": [some() for _ in range(n % 4)], "author": some()}
            for n in range(80)
        ),
    ]
    lines = (json.dumps({"title": "Tin", "body": "Tin ngắn.", **one}) for one in articles)
    (folder / "articles.jsonl").write_text("\n".join(lines), "utf-8")
    index_sources(folder / "archive", [folder / "articles.jsonl"], workers=0)
    return folder / "archive"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('thẻ:"tỉnh Hà Nội"', {"of-province"}),
        ('tag:"tinh ha noi"', {"of-province"}),
        ('thẻ:"tỉnh Hà Giang"', {"of-two", "of-one"}),
        ('thẻ:"Hà Nội tỉnh"', {"of-one"}),
        ('thẻ:"tỉnh Hà Nộ*"', {"of-province"}),
        ('thẻ:"Hà Gia*"', {"of-two", "of-one"}),
        ('thẻ:"Nội Hà Giang"', set()),
        ('thẻ:"tỉnh Hà Nội" OR thẻ:"Hà Nội tỉnh"', {"of-province", "of-one"}),
        ('thẻ:("tỉnh Hà Nội" OR "Hà Nội tỉnh")', {"of-province", "of-one"}),
        ('thẻ:(giang -"Hà Nội tỉnh")', {"of-two"}),
        ('giang -thẻ:("Hà Nội tỉnh" | yên)', set()),
        ("tác_giả:(Trần Bình)", {"led", "both"}),
        ('author:(tran AND NOT "hoang hai")', {"led"}),
        ('thẻ:"Hà Nội" -thẻ:"tỉnh Hà Nội"', {"of-two", "of-one"}),
        ('tác_giả:"Nguyễn Văn An"', {"one"}),
        ('author:"nguyen van van an"', {"two"}),
        ('tác_giả:"Nguyễn Văn - Văn An"', {"two"}),
        ('tác_giả:"Bài và ảnh: Trần Lê Bình"', {"led"}),
        ('tác_giả:"Trần Lê Bình"', {"led"}),
        ('tác_giả:"Trần Lê, Lê Bình và Hoàng Hải Yến"', {"both"}),
        ('author:"tran le le binh va hoang ha*"', {"both"}),
        ('tác_giả:"Bình và Hoàng"', {"both"}),
        ('tác_giả:"Trần Lê Hoàng Hải"', set()),
    ],
)
def test_a_phrase_stands_in_one_value_or_in_the_byline(
    ids: Ids, query: str, found: set[str]
) -> None:
    assert ids(query) == found


@pytest.mark.parametrize("name", FIELDS)
def test_in_every_field_the_words_stand_side_by_side(ids: Ids, name: str) -> None:
    assert ids(f'{name}:"Nội tỉnh Hà Giang"') == ids(f'{name}:"noi tinh ha"') == {name}
    assert name not in ids(f'{name}:"tỉnh Hà Nội"') | ids(f'{name}:"tinh ha no*"')


@pytest.mark.parametrize("size", [2, 3, 4])
def test_every_phrase_is_found_where_a_plain_reading_finds_it(
    ids: Ids, folder: Path, size: int
) -> None:
    lines = (folder.parent / "articles.jsonl").read_text("utf-8").splitlines()
    articles = list(map(json.loads, lines))

    def holding(phrase: str, values: Callable[[dict[str, list[str]]], list[str]]) -> set[str]:
        form = str.lower if fold(phrase) != phrase else fold
        return {
            str(one["id"])
            for one in articles
            if any(f" {phrase} " in f" {form(value)} " for value in values(one))
        }

    for words in product(SYLLABLES, repeat=size):
        phrase = " ".join(words)
        if fold(phrase) == phrase:
            continue
        assert ids(f'thẻ:"{phrase}"') == holding(phrase, lambda one: one.get("tags", []))
        assert ids(f'tác_giả:"{phrase}"') == holding(phrase, lambda one: [str(one.get("author"))])


def test_pairs_decide_where_a_field_has_too_many_values(
    ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "MOST_VALUES", 2)
    assert ids('thẻ:"tỉnh Hà Nội"') == {"of-province", "of-two", "of-one"}


def test_a_phrase_in_a_byline_of_many_ways_is_answered(ids: Ids) -> None:
    for size in (3, 20, fields.MOST_WORDS, fields.MOST_WORDS + 1, 600):
        assert ids(f'tác_giả:"{"ha " * size}"') == {"many"}

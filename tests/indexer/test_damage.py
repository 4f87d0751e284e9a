"""Every kind of file of an archive flipped, cut, zeroed and removed: a right answer or a clear error."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from pathlib import Path

import pytest

from indexer.errors import ArchiveError
from indexer.integrity import check_archive
from indexer.pipeline import index_sources
from indexer.repair import repair_archive
from search.archive import Archive
from search.reader import ArchiveReader
from search.requests import SearchRequest, Sort
from webapp.state import FACETS

ARTICLES = 12


def write_sources(folder: Path) -> None:
    folder.mkdir()
    for number in range(ARTICLES):
        front = f"id: bai-{number}\nnguồn: Báo {number % 3}\nmục: Mục {number % 2}\n"
        front += f"tác giả: Nguyễn Văn An\nngày: {1 + number}/9/2024\ntừ khóa: lũ, đê\n"
        text = (
            f"---\n{front}---\nLũ quét số {number} ở Lào Cai\n\nDẫn về thuỷ điện số {number}.\n\n"
        )
        text += f"Ông Nguyễn Văn An ở Hà Nội nói về đê điều. {'Mưa lớn kéo dài. ' * number}"
        (folder / f"{number}.txt").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two segments, with a deleted article."""
    folder = tmp_path_factory.mktemp("whole")
    write_sources(folder / "in")
    index_sources(folder / "a", [folder / "in"], workers=0, batch=7)
    changed = folder / "in" / "3.txt"
    changed.write_text(changed.read_text("utf-8") + "\nThêm một câu.\n", "utf-8")
    index_sources(folder / "a", [folder / "in"], workers=0)
    return folder / "a"


QUERIES = ("lũ quét lào cai", '"đê điều"', "lu quet", "mưa* -thuỷ", "tác_giả:an từ:2024-09-03")
Question = Callable[[ArchiveReader], object]


def search(reader: ArchiveReader, request: SearchRequest) -> object:
    names = ("total", "hits", "facets", "timeline", "accented")
    return attrgetter(*names)(reader.search(request))


def ids(reader: ArchiveReader, request: SearchRequest) -> list[str]:
    return [article.id for article in reader.results(request)]


def questions() -> Iterator[Question]:
    """What an archive is asked, each question by itself: an error must not hide a wrong answer."""
    for query in QUERIES:
        for sort in (Sort.RELEVANCE, Sort.NEWEST, Sort.RECENT):
            request = SearchRequest(query, sort=sort, facets=FACETS, explain=True)
            yield partial(search, request=request)
    for query in ("mưa trong_câu lớn", "lần:2 mưa", "dài:>10"):
        yield partial(search, request=SearchRequest(query))
    for facet in FACETS:
        yield partial(search, request=SearchRequest("lũ", facets=(facet,)))
    yield partial(ArchiveReader.suggest, text="lu q")
    yield partial(ArchiveReader.stats, by_source=True)
    yield ArchiveReader.count
    for number in range(ARTICLES):
        yield partial(ArchiveReader.view, id=f"bai-{number}", query="mưa lớn")
    yield partial(ArchiveReader.related, id="bai-1")
    yield partial(ids, request=SearchRequest("", sort=Sort.OLDEST))


@pytest.fixture(scope="module")
def expected(whole: Path) -> list[object]:
    with Archive.open(whole) as archive:
        return [ask(archive.reader()) for ask in questions()]


def flipped(at: float, mask: int) -> Callable[[bytes], bytes]:
    def damage(content: bytes) -> bytes:
        place = min(len(content) - 1, int(at * len(content)))
        return content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :]

    return damage


def without_end(share: float) -> Callable[[bytes], bytes]:
    return lambda content: content[: int(share * len(content))]


WAYS: dict[str, Callable[[bytes], bytes]] = {
    "first byte": flipped(0.0, 0x01),
    "a byte in the first third": flipped(0.3, 0x80),
    "a byte in the middle": flipped(0.55, 0x10),
    "a byte near the end": flipped(0.9, 0x02),
    "last byte": flipped(1.0, 0xFF),
    "empty": lambda _: b"",
    "half": without_end(0.5),
    "one byte short": lambda content: content[:-1],
    "one byte more": lambda content: content + b"\0",
    "zeroed": lambda content: bytes(len(content)),
    "end zeroed": lambda content: (
        content[: len(content) // 2] + bytes(len(content) - len(content) // 2)
    ),
}


def kinds(archive: Path) -> dict[str, Path]:
    """One file of each kind, by its ending."""
    found = {path.name.partition(".")[2]: path for path in sorted((archive / "index").iterdir())}
    del found[""]  # the locks
    return found | {"khobao.json": archive / "khobao.json"}


def names() -> list[str]:
    columns = [
        "id",
        "digest",
        "origin",
        "record",
        "tokens",
        "starts",
        "breaks",
        "passages",
        "length",
        "group",
        "sketch",
        "published",
        "published_until",
    ]
    columns += [f"n_{name}" for name in ("syllables", "bigrams", "words")]
    columns += [
        f"f_{name}"
        for name in ("holds", "speaker", "office", "spelling", "province", "new_province", *FACETS)
    ]
    return [*(f"{name}.col" for name in columns), "kpo", "sums", "toc", "khobao.json"]


def test_every_kind_of_file_is_damaged_here(whole: Path) -> None:
    assert set(kinds(whole)) - {"_stored.col"} == set(names())


def errors_of(archive: Archive, expected: list[object]) -> list[str]:
    """The errors that questions are answered with; all other answers have to be right."""
    errors = []
    for ask, right in zip(questions(), expected, strict=True):
        try:
            assert ask(archive.reader()) == right
        except ArchiveError as error:
            errors.append(str(error))
    return errors


def opened_errors(path: Path, expected: list[object]) -> list[str]:
    try:
        with Archive.open(path) as archive:
            return errors_of(archive, expected)
    except ArchiveError as error:
        return [str(error)]


@pytest.mark.parametrize("kind", names())
def test_damage_is_an_error_that_names_the_file_never_a_wrong_answer(
    whole: Path, expected: list[object], tmp_path: Path, kind: str
) -> None:
    for number, (way, damage) in enumerate(WAYS.items()):
        archive = tmp_path / str(number)
        shutil.copytree(whole, archive)
        path = kinds(archive)[kind]
        content = path.read_bytes()
        path.write_bytes(damage(content))
        if path.read_bytes() == content:
            continue
        for error in opened_errors(archive, expected):
            assert path.name in error, way
            assert "\n" not in error
        problems = check_archive(archive).problems
        assert any(path.name in problem for problem in problems), way
        shutil.rmtree(archive)


@pytest.mark.parametrize("kind", names())
def test_a_missing_file_is_an_error_that_names_it_and_is_mended(
    whole: Path, expected: list[object], tmp_path: Path, kind: str
) -> None:
    archive = tmp_path / "a"
    shutil.copytree(whole, archive)
    path = kinds(archive)[kind]
    path.unlink()
    name = "table of contents" if kind == "toc" else path.name
    for line in (opened_errors(archive, expected), check_archive(archive).problems):
        assert any(name in one for one in line)
    report = repair_archive(archive)
    assert report.lost == ()
    assert report.kept + report.rewritten + report.read_again == ARTICLES
    assert check_archive(archive).problems == ()
    with Archive.open(archive) as opened:
        assert opened.count() == ARTICLES
        assert opened.search(SearchRequest("lũ quét lào cai", facets=FACETS)).articles == ARTICLES


@pytest.mark.parametrize(
    "kind", [one for one in names() if one not in ("khobao.json", "toc", "sums")]
)
def test_a_file_cut_or_flipped_under_an_open_archive(
    whole: Path, expected: list[object], tmp_path: Path, kind: str
) -> None:
    for number, damage in enumerate((WAYS["half"], WAYS["a byte in the middle"], WAYS["empty"])):
        archive = tmp_path / str(number)
        shutil.copytree(whole, archive)
        path = kinds(archive)[kind]
        with Archive.open(archive) as opened:
            damaged = damage(path.read_bytes())
            with path.open("r+b") as stream:
                stream.write(damaged)
                stream.truncate(len(damaged))
            assert all(path.name in error for error in errors_of(opened, expected))


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_manifest_costs_a_reading_and_nothing_else(
    whole: Path, expected: list[object], tmp_path: Path, way: str
) -> None:
    archive = tmp_path / "a"
    shutil.copytree(whole, archive)
    path = archive / "files.sqlite"
    path.write_bytes(WAYS[way](path.read_bytes()))
    report = index_sources(archive, [whole.parent / "in"], workers=0)
    assert (report.added, report.changed, report.removed, report.unchanged) == (0, 0, 0, ARTICLES)
    assert opened_errors(archive, expected) == []
    assert index_sources(archive, [whole.parent / "in"], workers=0).notes == []


def test_the_commit_before_is_used_when_a_power_failure_left_an_empty_table(
    whole: Path, expected: list[object], tmp_path: Path
) -> None:
    archive = tmp_path / "a"
    shutil.copytree(whole, archive)
    changed = tmp_path / "in" / "3.txt"
    shutil.copytree(whole.parent / "in", tmp_path / "in")
    changed.write_text("---\nid: moi\n---\nBài mới\n\nDẫn.\n\nThân.\n", "utf-8")
    index_sources(archive, [tmp_path / "in"], workers=0)
    (newest,) = (archive / "index").glob("*.toc")
    newest.write_bytes(b"")
    for path in (whole / "index").iterdir():
        if not (archive / "index" / path.name).exists():
            shutil.copy(path, archive / "index" / path.name)
    assert opened_errors(archive, expected) == []
    (problem,) = check_archive(archive).problems
    assert newest.name in problem
    assert "the commit before it is used" in problem
    report = index_sources(archive, [tmp_path / "in"], workers=0)
    assert [newest.name in note for note in report.notes] == [True]
    assert check_archive(archive).problems == ()
    with Archive.open(archive) as opened:
        assert opened.article("moi").title == "Bài mới"


@pytest.mark.parametrize("kind", [one for one in names() if one not in ("khobao.json", "toc")])
def test_a_flipped_byte_costs_no_article(whole: Path, tmp_path: Path, kind: str) -> None:
    archive = tmp_path / "a"
    shutil.copytree(whole, archive)
    path = kinds(archive)[kind]
    path.write_bytes(WAYS["a byte in the middle"](path.read_bytes()))
    report = repair_archive(archive)
    assert report.lost == ()
    assert any(path.name in line for line in report.mended)
    assert report.kept + report.rewritten + report.read_again == ARTICLES
    assert check_archive(archive).problems == ()
    assert repair_archive(archive).kept == ARTICLES


def test_a_repair_stops_at_a_file_that_cannot_be_read(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "a"
    shutil.copytree(whole, archive)
    before = sorted(path.name for path in (archive / "index").iterdir())
    opened = os.open

    def forbidden(path: str, *rest: int, **more: int) -> int:
        if str(path).endswith(".record.col"):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *rest, **more)

    monkeypatch.setattr("indexer.engines.whoosh.checksums.os.open", forbidden)
    with pytest.raises(ArchiveError, match="permission denied"):
        repair_archive(archive)
    monkeypatch.undo()
    assert sorted(path.name for path in (archive / "index").iterdir()) == before
    assert check_archive(archive).problems == ()


def test_several_damages_at_once_are_all_reported_and_mended(whole: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    shutil.copytree(whole, archive)
    damaged = [kinds(archive)[kind] for kind in ("kpo", "published.col", "f_tags.col")]
    for path in damaged:
        path.write_bytes(b"")
    (archive / "files.sqlite").write_bytes(b"x" * 100)
    kinds(archive)["toc"].unlink()
    (archive / "khobao.json").unlink()
    problems = " ".join(check_archive(archive).problems)
    assert "khobao.json" in problems
    assert "table of contents" in problems
    report = repair_archive(archive)
    assert report.kept + report.rewritten + report.read_again == ARTICLES
    mended = " ".join(report.mended)
    assert all(path.name in mended for path in damaged)
    assert check_archive(archive).problems == ()

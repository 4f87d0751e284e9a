from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.documents import make_document
from indexer.engine_factory import open_or_create_engine
from indexer.engines.token_hashes import token_hash
from search.archive import Archive
from search.completion.completion_dictionary import CompletionDictionary

ARTICLES = [
    ("Lào Cai mở cầu mới", "Tỉnh Lào Cai hợp tác toàn diện với Thái Bình."),
    ("Lào Cai đón khách", "Du khách tới Lào Cai hợp tác làm ăn. Hợp tác xã mở cửa."),
    ("Mưa lớn ở Lào Cai", "Hợp tác xã đóng cửa vì mưa. Tỉnh Lào Cai họp."),
    ("Giá xăng dầu giảm", "Giá xăng dầu thế giới giảm. Bộ trưởng nói: giá xăng dầu ổn."),
    ("Giá xăng dầu tăng", "Giá xăng dầu thế giới tăng, giá xe buýt cũng tăng."),
    ("Cà phê được mùa", "Giá cà phê ở Thái Bình, thái bình, Thái Bình."),
    ("Đội bóng thắng", "Cả đội vui. Hai đội tuyển vào chung kết của giải."),
]


def opened(folder: Path, articles: Sequence[tuple[str, str]]) -> Archive:
    engine = open_or_create_engine(folder / "a")
    with engine.writer() as writer:
        for number, (title, body) in enumerate(articles):
            writer.put(make_document(Article(id=f"{number}", title=title, lead="", body=body), ""))
    return Archive(engine)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with opened(tmp_path_factory.mktemp("archive"), ARTICLES) as archive:
        yield archive


def phrases(archive: Archive, text: str) -> list[str]:
    return [one.text.text for one in archive.suggest(text) if one.id is None]


def titles(archive: Archive, text: str) -> list[str]:
    return [one.text.text for one in archive.suggest(text) if one.id is not None]


def test_a_beginning_becomes_the_most_frequent_word(archive: Archive) -> None:
    assert phrases(archive, "l")[0] == "lào cai"
    assert phrases(archive, "la")[0] == "lào cai"
    assert phrases(archive, "lao c")[0] == "lào cai"
    assert "lào cai" not in phrases(archive, "lạ")


def test_diacritics_are_put_back(archive: Archive) -> None:
    assert "hợp tác xã" in phrases(archive, "hop tac x")
    assert phrases(archive, "gia xang d") == ["giá xăng dầu", "giá xăng dầu thế giới"]


def test_a_phrase_goes_on_to_the_end_of_its_word_and_ends_with_no_function_word(
    archive: Archive,
) -> None:
    assert phrases(archive, "giá x") == ["giá xăng", "giá xăng dầu thế giới"]
    assert all(not one.endswith(" của") for one in phrases(archive, "chung k"))


def test_words_that_stand_apart_are_completed_too(archive: Archive) -> None:
    assert "toàn diện thái bình" in phrases(archive, "toàn diện thái b")


@pytest.mark.parametrize("typed", ["gias xawng d", "gia1 xa8ng d", "gias xang d"])
def test_keystrokes_are_completed_as_what_they_stand_for(archive: Archive, typed: str) -> None:
    assert phrases(archive, typed) == ["giá xăng dầu", "giá xăng dầu thế giới"]
    assert titles(archive, typed) == ["Giá xăng dầu giảm", "Giá xăng dầu tăng"]


def test_no_phrase_runs_across_the_end_of_a_sentence(tmp_path: Path) -> None:
    texts = ["Trời mưa. Gió lớn.", "Sắp mưa! Gió mạnh.", "Đã mưa. Gió nhẹ."]
    with opened(tmp_path, [("Tin", text) for text in texts]) as found:
        assert phrases(found, "mưa g") == []
    with opened(tmp_path, [("Tin", text) for text in (*texts, "Mưa gió.")]) as found:
        assert phrases(found, "mưa g") == ["mưa gió"]


def test_titles_hold_every_word(archive: Archive) -> None:
    assert titles(archive, "lao cai m") == ["Lào Cai mở cầu mới", "Mưa lớn ở Lào Cai"]
    assert titles(archive, "xăng t") == ["Giá xăng dầu tăng"]
    assert titles(archive, "xàng t") == []


def test_what_stands_before_the_last_words_is_kept(archive: Archive) -> None:
    assert phrases(archive, 'nguồn:"a b" (lào c')[0] == 'nguồn:"a b" (lào cai'


def test_what_was_typed_is_marked(archive: Archive) -> None:
    (first, *_) = archive.suggest("gia xa")
    assert [first.text.text[a:b] for a, b in first.text.highlights] == ["giá", "xă"]


@pytest.mark.parametrize("text", ["", "   ", "((", '"', "xyzzy", "xyzzy qw"])
def test_nothing_to_suggest(archive: Archive, text: str) -> None:
    assert phrases(archive, text) == []


@given(st.text(st.sampled_from('aăâbcdđeéghilmơnợoptưxy "():|-*'), max_size=20))
def test_suggestions_are_lines_with_marks_inside(archive: Archive, text: str) -> None:
    found = archive.suggest(text, 5)
    assert len(found) <= 5
    assert len({(one.id, one.text.text) for one in found}) == len(found)
    for one in found:
        assert one.id is None or one.text.text in {title for title, _ in ARTICLES}
        end = 0
        for start, stop in one.text.highlights:
            assert end <= start < stop <= len(one.text.text)
            end = stop


def test_words_are_there_the_first_time_they_are_asked_for(archive: Archive) -> None:
    pairs = CompletionDictionary(archive._engine.searcher()).pairs
    assert (token_hash("lào"), token_hash("cai")) in pairs
    assert (token_hash("cai"), token_hash("lào")) not in pairs

from hypothesis import given
from hypothesis import strategies as st

from indexer.article_catalog import ArticleCatalog
from indexer.engines.base import Origin

A, B = "a" * 64, "b" * 64


def test_what_is_known_and_what_the_run_has_not_met() -> None:
    known = ArticleCatalog([Origin("1", A, "x"), Origin("2", A, "y"), Origin("3", B, "x")])
    assert (len(known), known.held("x"), known.held("y"), known.held("z")) == (3, 2, 1, 0)
    assert known.origins() == ["x", "y"]
    assert known.has_content("1", A)
    assert not known.has_content("1", B)
    assert not known.has_content("9", A)
    assert known.missed("x") == ["1", "3"]
    known.put("1", B, "x")
    assert known.missed("x") == ["3"]
    known.put("3", B, "z")  # moved to another file
    assert known.missed("x") == []
    assert known.origin("3") == "z"
    assert known.held("z") == 0
    known.remove("2")
    assert known.missed("y") == []
    known.put("2", A, "y")
    assert known.missed("y") == []


IDS = st.sampled_from("1234")


@given(
    st.dictionaries(IDS, st.tuples(st.sampled_from([A, B]), st.sampled_from("xy"))),
    st.lists(st.tuples(IDS, st.sampled_from([A, B, None]), st.sampled_from("xyz"))),
)
def test_it_agrees_with_plain_dictionaries(
    before: dict[str, tuple[str, str]], changes: list[tuple[str, str | None, str]]
) -> None:
    known = ArticleCatalog(Origin(id, *rest) for id, rest in before.items())
    now = dict(before)
    missed = dict(before)
    for id, digest, origin in changes:
        missed.pop(id, None)
        if digest is not None:
            known.put(id, digest, origin)
            now[id] = digest, origin
        elif id in now:
            known.remove(id)
            del now[id]
    assert len(known) == len(now)
    for id in "1234":
        assert known.origin(id) == (now[id][1] if id in now else None)
    for origin in "xyz":
        assert sorted(known.missed(origin)) == sorted(
            id for id, (_, where) in missed.items() if where == origin
        )

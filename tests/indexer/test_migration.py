"""What a move finds of an index that was being made, or taken away."""

from pathlib import Path
from random import Random

import pytest

from indexer.engine_factory import ENGINES, WHOOSH, EngineChoice, engine_kind, open_engine
from indexer.migration import migrate
from indexer.pipeline import index_sources

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize("seed", range(12))
def test_remains_of_an_index_that_was_taken_away_do_not_stop_a_move(
    tmp_path: Path, seed: int
) -> None:
    draw = Random(seed)
    (tmp_path / "a.txt").write_text("Lũ quét\n\nNước lên nhanh.\n", "utf-8")
    archive = tmp_path / "kho"
    index_sources(archive, [tmp_path / "a.txt"], choice=EngineChoice(WHOOSH))
    migrate(archive, EngineChoice("dictionary"), keep_old=True, grace=0)
    old = archive / ENGINES[WHOOSH].folder
    files = sorted(old.iterdir())
    for path in draw.sample(files, draw.randint(1, len(files) - 1)):
        path.unlink()
    migrate(archive, EngineChoice(WHOOSH), grace=0)
    assert engine_kind(archive) == WHOOSH
    engine = open_engine(archive)
    assert engine.searcher().count() == 1
    engine.close()
    assert not (archive / ENGINES["dictionary"].folder).exists()

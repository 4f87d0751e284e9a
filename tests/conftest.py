"""Fixtures that several packages' tests use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from indexer.durable import remove_tree
from indexer.engine_factory import ENGINES, WHOOSH, EngineChoice, EngineKind, set_default_engine
from indexer.engines.opensearch import ClusterAddress
from indexer.pipeline import index_sources
from tests.engines.dictionary_engine import DictionaryEngine

settings.register_profile("khobao", deadline=None, max_examples=60)
settings.load_profile("khobao")

ENGINES["dictionary"] = EngineKind(
    folder="dictionary",
    open=DictionaryEngine,
    create=lambda folder, _: DictionaryEngine.create(folder),
    holds_index=lambda folder: (folder / "documents.pickle").exists(),
    discard=remove_tree,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=sorted(ENGINES), default=WHOOSH, help="of new archives")
    parser.addoption("--hosts", default="", help="of the cluster, for an engine that needs one")


def pytest_configure(config: pytest.Config) -> None:
    hosts = config.getoption("--hosts")
    address = ClusterAddress.of(hosts) if hosts else None
    set_default_engine(EngineChoice(config.getoption("--engine"), address))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--engine") != WHOOSH:
        skip = pytest.mark.skip(reason="about the embedded engine's own files and arrays")
        for item in items:
            if "embedded" in item.keywords:
                item.add_marker(skip)


ROOT = Path(__file__).resolve().parent.parent

SAMPLE_ARTICLES = {
    "2023-01-05-hop-tac": (
        "nguồn: Báo Vùng Cao\nmục: Kinh tế\ntác giả: Thanh Thương\n",
        "Hợp tác toàn diện giữa Lào Cai và Thái Bình",
        "Hai tỉnh ký kết chương trình hợp tác.",
        "Lào Cai có cửa khẩu quốc tế.\n\nThái Bình trồng lúa, nông nghiệp phát triển.",
    ),
    "2024-09-18-lu": (
        "nguồn: Báo Vùng Cao\nmục: Xã hội\n",
        "Lũ quét ở Làng Nủ",
        "Nước lũ cuốn trôi nhiều nhà.",
        "Bộ đội tìm kiếm người mất tích.\n\nĐường sắt bị sạt lở.",
    ),
    "2024-10-02-duong": (
        "nguồn: Tin Đồng Bằng\nmục: Kinh tế\n",
        "Khởi công đường sắt Lào Cai - Hải Phòng",
        "Tuyến đường dài gần bốn trăm cây số.",
        "Sau lũ, công việc vẫn tiếp tục.\n\nCái mới là tốc độ.\n\nThu Hà\n\nTin liên quan\n\nLũ quét ở Làng Nủ",
    ),
    "khong-ngay": (
        "",
        "Nhà thờ cổ bên sông",
        "Hòa bình của một làng.",
        "Trang thái lao động bình thường.",
    ),
}


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real articles that lie beside the project where its developers test; skipped elsewhere."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the real articles, which are not part of the project")
    return folder


@pytest.fixture(scope="session")
def sample_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small archive of four articles that tests only read."""
    folder = tmp_path_factory.mktemp("sample")
    for name, (front, title, lead, body) in SAMPLE_ARTICLES.items():
        text = f"---\nid: {name}\n{front}---\n{title}\n\n{lead}\n\n{body}\n"
        (folder / f"{name}.txt").write_text(text, "utf-8")
    archive = tmp_path_factory.mktemp("archive")
    index_sources(archive, [folder])
    return archive

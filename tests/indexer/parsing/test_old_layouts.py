"""Pages in the layouts of 2008 to 2021, with all that stood around an article then; the words are our own."""

from datetime import datetime
from pathlib import Path

import pytest

from indexer.moments import VIETNAM_TIME
from indexer.parsing.html import parse_html

LAYOUTS = Path(__file__).with_name("layouts")
TITLE = "Cầu mới ở vùng cao thông xe trước mùa mưa"
BEGINNINGS = ("Sáng nay, đoàn công tác", "Theo kế hoạch, cây cầu", "Người dân trong bản")


@pytest.mark.parametrize(
    ("name", "published", "author", "source", "section", "related"),
    [
        ("tables-2008", datetime(2008, 11, 24, 8, 43), "Việt Anh", "VnExpress", "Xã hội", 2),
        ("rows-2009", datetime(2009, 11, 24, 8, 43), "Văn Nam", "VietNamNet", None, 1),
        ("paragraphs-2010", datetime(2010, 12, 24, 7, 5), "V.NAM", "Tuổi Trẻ", None, 1),
        ("form-2012", datetime(2012, 12, 26, 17, 14), "Nguyễn Duy", "Dân trí", "Xã hội", 1),
        ("centred-2021", datetime(2021, 9, 18, 7, 5), "Văn Nam", "24h", None, 2),
        ("portal-2021", datetime(2021, 9, 18, 7, 5), "Văn Nam", "Zing", "Xã hội", 1),
        ("wordpress-2021", datetime(2021, 9, 18, 7, 5), "Văn Nam", "Báo Mẫu Số", "Xã hội", 0),
        ("bars-2021", datetime(2021, 9, 18, 7, 5), "VĂN NAM", "Lao Động", "Xã hội", 0),
    ],
)
def test_old_layouts(
    name: str, published: datetime, author: str, source: str, section: str | None, related: int
) -> None:
    file = LAYOUTS / f"{name}.html"
    article = parse_html(file.read_bytes(), str(file))
    assert article.title == TITLE
    assert "Sau bảy tháng thi công" in article.lead
    assert ">" not in article.lead
    paragraphs = [one for one in article.paragraphs if len(one) > 40]
    assert len(paragraphs) == len(BEGINNINGS)
    for one, beginning in zip(paragraphs, BEGINNINGS, strict=True):
        assert one.startswith(beginning)
    assert article.published == published.replace(tzinfo=VIETNAM_TIME)
    assert (article.author, article.source, article.section) == (author, source, section)
    assert len(article.related_links) == related
    assert all("nhìn từ bờ" in caption for caption in article.captions)
    assert not any(
        one in article.body for one in ("Hà Nội rét đậm", "Tàu hỏa trật bánh", "Giá gas")
    )

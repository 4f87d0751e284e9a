"""Articles in which people are quoted, in several offices and provinces: for what is known of names."""

from __future__ import annotations

import json
import random
from itertools import product
from pathlib import Path

SPEAKERS = (
    ("ông", "Trần Văn Dũng", ("Bí thư Huyện uỷ Mường Lay", "Chủ tịch UBND tỉnh Điện Biên", "Bộ trưởng Bộ Công Thương")),
    ("bà", "Lò Thị Én", ("Trưởng bản Nà Lốc", "Chủ tịch UBND xã Mường Pồn", "Đại biểu Quốc hội")),
    ("ông", "Peter Smithson", ("Đại sứ Na Uy", "Đại sứ Na Uy", "Tổng giám đốc Công ty Gió Biển")),
)  # fmt: skip
PLACES = (
    ("xã Mường Pồn, huyện Điện Biên, tỉnh Điện Biên", "sông Nậm Rốm"),
    ("thị trấn Phong Thổ, tỉnh Lai Châu", "sông Hồng"),
    ("quận Cái Răng, TP Cần Thơ", "chợ nổi Cái Răng"),
)
SUBJECTS = (
    ("Cầu treo", "chúng tôi sẽ dựng lại cây cầu treo trước mùa lũ", "bà con không phải đi bè qua sông nữa"),
    ("Trường học", "năm học tới các cháu có lớp học mới bằng gạch", "thiếu giáo viên tiếng Anh là điều tôi lo nhất"),
    ("Đường sắt", "tuyến đường sắt mới phải chạy được trong bốn năm", "đất của dân được đền bù trước khi khởi công"),
)  # fmt: skip
YEARS = (2014, 2017, 2020)


def articles() -> list[dict[str, str]]:
    """One article for every speaker, place and subject; the office goes with the year."""
    made = []
    for number, (speaker, place, subject) in enumerate(product(SPEAKERS, PLACES, SUBJECTS)):
        pronoun, name, offices = speaker
        where, water = place
        title, first, second = subject
        at = number % len(YEARS)
        last = name.split()[-1]
        pronoun_of_other, other, _ = SPEAKERS[(SPEAKERS.index(speaker) + 1) % len(SPEAKERS)]
        made.append({
            "id": f"n{number}",
            "title": f"{title} ở nơi thứ {number}",
            "lead": f"{offices[at]} {name} vừa về {where}.",
            "body": (
                f'"{first.capitalize()}", {pronoun} {name} nói khi đứng bên {water}.\n'
                f"Cùng đi có {pronoun_of_other} {other}. {pronoun.capitalize()} {last} cho biết thêm: “{second.capitalize()}”.\n"
                f"{_of_its_own(number)}\n"
                f'Người dân kể lại chuyện cũ. "Nhờ {pronoun_of_other} {other} mà bản có nước", {pronoun} {last} chia sẻ.'
            ),
            "date": f"{YEARS[at]}-0{1 + number % 9}-12",
            "source": ("Báo Suối", "Tin Bản")[number % 2],
        })  # fmt: skip
    return made


def _of_its_own(number: int) -> str:
    """Sentences that no other article has: else it would be a copy."""
    chance = random.Random(number)
    words = [
        "mưa",
        "gạo",
        "nương",
        "ruộng",
        "trâu",
        "bếp",
        "lửa",
        "chợ",
        "rừng",
        "suối",
        "đá",
        "măng",
        "ngô",
        "sương",
        "mây",
        "gió",
        "đường",
        "bản",
        "nhà",
        "trường",
    ]
    return " ".join(f"Hôm ấy {' '.join(chance.choices(words, k=12))}." for _ in range(15))


def write_articles(folder: Path) -> Path:
    """Write them to a file of JSON Lines in a folder; returns its path."""
    path = folder / "newsmakers.jsonl"
    path.write_text(
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in articles()), "utf-8"
    )
    return path

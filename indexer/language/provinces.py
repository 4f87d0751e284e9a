"""The provinces of Việt Nam until 30 June 2025 and since.

Source: Resolution 202/2025/QH15 of the National Assembly.
"""

from __future__ import annotations

_MERGED = {
    "Tuyên Quang": "Hà Giang",
    "Lào Cai": "Yên Bái",
    "Thái Nguyên": "Bắc Kạn",
    "Phú Thọ": "Hoà Bình, Vĩnh Phúc",
    "Bắc Ninh": "Bắc Giang",
    "Hưng Yên": "Thái Bình",
    "Hải Phòng": "Hải Dương",
    "Ninh Bình": "Hà Nam, Nam Định",
    "Quảng Trị": "Quảng Bình",
    "Đà Nẵng": "Quảng Nam",
    "Quảng Ngãi": "Kon Tum",
    "Gia Lai": "Bình Định",
    "Khánh Hoà": "Ninh Thuận",
    "Lâm Đồng": "Bình Thuận, Đắk Nông",
    "Đắk Lắk": "Phú Yên",
    "TP HCM": "Bà Rịa - Vũng Tàu, Bình Dương",
    "Đồng Nai": "Bình Phước",
    "Tây Ninh": "Long An",
    "Cần Thơ": "Hậu Giang, Sóc Trăng",
    "Vĩnh Long": "Bến Tre, Trà Vinh",
    "Đồng Tháp": "Tiền Giang",
    "Cà Mau": "Bạc Liêu",
    "An Giang": "Kiên Giang",
}
_UNCHANGED = (
    "Hà Nội", "Huế", "Lai Châu", "Điện Biên", "Sơn La", "Lạng Sơn", "Quảng Ninh", "Thanh Hoá", "Nghệ An", "Hà Tĩnh",
    "Cao Bằng",
)  # fmt: skip
SINCE_2025 = {
    **{name: (name, *rest.split(", ")) for name, rest in _MERGED.items()},
    **{name: (name,) for name in _UNCHANGED},
}
"""Each of the 34 provinces and cities since 1 July 2025 -> those that it was made of."""
UNTIL_2025 = {old: new for new, parts in SINCE_2025.items() for old in parts}
"""Each of the 63 until then -> the one that it is in since."""

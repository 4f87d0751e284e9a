"""Words before a name, or at its beginning, that tell the kinds of names apart."""

from __future__ import annotations

from indexer.language.normalise import nfc, normalise
from indexer.language.tones import place_tones


def _words(text: str) -> frozenset[str]:
    return frozenset(one.strip() for one in normalise(nfc(text)).split(","))


PRONOUNS = _words("ông, bà, anh, chị, em, cháu, cụ, bé, cô, thầy, chú")
FORMER = _words("cựu, nguyên, quyền, tân, phó")
"""Before an office: of the one who had it, who has it for now, who is new in it, and of a deputy."""
_PLAIN_OFFICES = _words(
    "bác sĩ, luật sư, giáo sư, kỹ sư, tiến sĩ, thạc sĩ,"
    " kiến trúc sư, ca sĩ, nghệ sĩ, nhạc sĩ, hoạ sĩ, diễn viên, đạo diễn, người mẫu, hoa hậu, cầu thủ, hậu vệ,"
    " tiền đạo, tiền vệ, thủ môn, huấn luyện viên, hlv, chủ tịch, phó chủ tịch, bí thư, phó bí thư, tổng bí thư,"
    " giám đốc, phó giám đốc, tổng giám đốc, tổng thống, thủ tướng, phó thủ tướng, bộ trưởng, thứ trưởng,"
    " ngoại trưởng, đại sứ, đại tá, thượng tá, trung tá, thiếu tá, đại uý, thượng uý, trung uý, thiếu uý,"
    " đại tướng, thượng tướng, trung tướng, thiếu tướng, nghi phạm, bị can, bị cáo, nạn nhân, đối tượng, vợ, chồng,"
    " cô giáo, thầy giáo, nhà giáo, học sinh, sinh viên, tác giả, nhà báo,"
    " phóng viên, nhà văn, nhà thơ, hiệu trưởng, trưởng phòng, pgs, gs, ts, bs, ths, pgs ts,"
    " nghị sĩ, thượng nghị sĩ, hạ nghị sĩ, tổng biên tập, quốc vương, thái tử, hoàng tử, công chúa, giáo hoàng,"
    " hồng y, giám mục, hoà thượng, thượng toạ, tài xế, thí sinh, doanh nhân, tỷ phú, á hậu, kiểm sát viên,"
    " điều tra viên, thẩm phán, trưởng thôn, nhà thiết kế, biên kịch, soạn giả, vận động viên, vđv, võ sĩ, tay vợt,"
    " kỳ thủ, mc, trung vệ, chuyên gia, nsưt, nsnd, đbqh, kts, ntk, ceo"
)
OFFICES = _PLAIN_OFFICES | {f"{former} {one}" for former in FORMER for one in _PLAIN_OFFICES}
"""What people are, before their names; a place or an organisation may stand between."""
PERSON_CUES = PRONOUNS | OFFICES
PLACE_CUES = _words(
    "tỉnh, huyện, xã, phường, quận, thị trấn, thị xã, thành phố, tp, thôn, ấp, bản, đảo, quần đảo, sông, núi,"
    " đèo, vịnh, bán đảo, đường, phố, quốc lộ, đại lộ, khu đô thị, bang, giao lộ, ngã tư, ngã ba, ngã sáu, cầu,"
    " hẻm, ngõ, hầm, tuyến đường, trục đường, nút giao, chợ, kênh, nhà ga, cù lao, bãi biển,"
    " thủ đô, cao nguyên, hồ, cửa khẩu, sân bay, cảng"
)
ORGANISATION_HEADS = _words(
    "công ty, tổng công ty, tập đoàn, ngân hàng, bộ, sở, cục, tổng cục, trường, đại học, học viện, bệnh viện,"
    " viện, hội, hiệp hội, liên đoàn, uỷ ban, ubnd, hđnd, công an, toà án, tand, vksnd, viện kiểm sát, clb,"
    " câu lạc bộ, báo, đài, hãng, quỹ, liên hợp quốc, ban quản lý, chi cục, đảng, nhà xuất bản"
)
KEPT_BEFORE_PLACES = _words(
    "sông, núi, đèo, vịnh, đường, phố, đại lộ, cầu, hẻm, ngõ, hầm, chợ, kênh, hồ, giao lộ, ngã tư, ngã ba, ngã sáu,"
    " tuyến đường, trục đường, nút giao"
)
"""Part of the name: sông Hồng, phố Huế, cầu Giấy are not Hồng, Huế, Giấy."""
KEPT_BEFORE_SYLLABLES = KEPT_BEFORE_PLACES | _words(
    "xã, phường, thị trấn, thôn, ấp, bản, đảo, cù lao, khu đô thị, cửa khẩu, sân bay, cảng, hòn, làng, bãi biển"
)
"""Part of the name where that has one syllable: bản Lác, xã Đông."""
WATERS = _words("sông, vịnh")
"""May be named after a country: vịnh Thái Lan; nothing else of `KEPT_BEFORE_PLACES` is."""
WITHOUT_KIND = _words("sông, núi, đèo, hồ, kênh")
"""Of `KEPT_BEFORE_PLACES`: left out where the name stands once more, as in "sông Tô Lịch … Tô Lịch"."""
OF_TOWNS = _words("đường, phố, chợ, hẻm, ngõ, tuyến đường, trục đường")
"""With a province behind them mostly no name: "chợ Hà Nội" is any market there."""
STREETS_AS_WELL = _words("huế, trường sa, hoàng sa")
"""Provinces and islands whose name is that of well-known streets."""
BRANDS = _words(
    "group, land, media, bank, holdings, home, homes, city, tower, plaza, resort, hotel, mart, store, center, centre,"
    " airlines, food, foods, tv, fc, club, cup, river, garden, park, palace, express, invest, corp, jsc"
)
"""Last words of what begins with a family name and is no person: Mai Linh Group."""
WITH_AND = ("bộ", "sở")
OF_STATES = _words("bộ, công an, toà án")
"""May have a country and then a person behind them: Bộ Ngoại giao Mỹ John Kirby."""
NO_MINISTRIES = _words(
    "quy tắc, luật, tiêu chí, tài liệu, hồ sơ, chỉ số, sách, phim, tranh, ảnh, sưu tập, quy chuẩn, nguyên tắc,"
    " đề thi, trang phục, truyện, khung, gõ, từ điển, tiêu chuẩn"
)
"""What "bộ" is a set of."""
NAMED_AFTER_PEOPLE = _words("bệnh viện, trường, đại học, công ty, quỹ, viện, nhà xuất bản, hãng")
LEGAL_FORMS = _words("tnhh, cp, cổ phần, một thành viên, mtv, tp, trách nhiệm hữu hạn")
FAMILY_NAMES = _words(
    "nguyễn, trần, lê, phạm, hoàng, huỳnh, phan, vũ, võ, đặng, bùi, đỗ, hồ, ngô, dương, lý, đinh, đoàn, trịnh,"
    " trương, lâm, mai, tô, tạ, hà, cao, châu, chu, lương, lưu, thái, tống, vương, quách, kiều, doãn, phùng,"
    " nghiêm, mạc, triệu, thạch, giàng, vừ, lò, sùng, thào, vàng, tăng, đàm, khuất, bạch"
)
COUNTRIES = _words(
    "việt nam, trung quốc, mỹ, hoa kỳ, nga, nhật bản, hàn quốc, triều tiên, anh, pháp, đức, ý, italia, tây ban nha,"
    " bồ đào nha, hà lan, bỉ, thuỵ sĩ, thuỵ điển, na uy, đan mạch, phần lan, ba lan, ukraine, thổ nhĩ kỳ, iran, iraq,"
    " syria, israel, ai cập, ả rập xê út, ấn độ, pakistan, bangladesh, myanmar, thái lan, lào, campuchia, malaysia,"
    " tân sơn nhất, nội bài,"
    " thái bình dương, đại tây dương, ấn độ dương, bắc cực, nam cực, nhật, hàn, triều tiên,"
    " afghanistan, saudi arabia, arab saudi, ả rập saudi, qatar, kuwait, jordan, lebanon, yemen, libya, sudan,"
    " nigeria, kenya,"
    " ethiopia, hungary, romania, bulgaria, hy lạp, áo, ireland, scotland, iceland, séc, slovakia, serbia, croatia,"
    " belarus, kazakhstan, mông cổ, nepal, sri lanka, maldives, timor leste, colombia, peru, bolivia, ecuador,"
    " palestine, vatican, macau, kuwait, bahrain, oman, tunisia, algeria, maroc, congo, somalia, zimbabwe, gruzia,"
    " singapore, indonesia, philippines, brunei, đài loan, hong kong, australia, úc, new zealand, canada, mexico,"
    " brazil, argentina, chile, cuba, venezuela, nam phi, biển đông, trường sa, hoàng sa, châu âu, châu á, châu phi"
)
LAKES = _words("hồ tây, hồ gươm")
"""Written with a capital as often as without."""
NO_NAME_GOES_ON = _words(
    "của, ở, và, tại, cho, đã, có, là, với, trong, đang, sẽ, bị, được, về, từ, do, theo, thì, cũng, vừa, mới, không,"
    " nói, này, đó, khi, vì, để, ra, vào, lên, trên, như, còn, đến, đi, hay, hoặc, nhưng, nên, phải, xin, trả, bán,"
    " mua, tổ, chức, kết, thông, báo, hợp, ký, họp, yêu, cầu, cho biết, thông báo, hôm, ngày, sáng, chiều,"
    " tối, năm, tháng, quý, quận, huyện, tỉnh, thành phố, tp, xã, phường, thị xã"
)
"""Small words that are no part of an organisation's name."""
NAMED_AT_LENGTH = _words(
    "công ty, tổng công ty, sở, cục, tổng cục, viện, hội, hiệp hội, nhà xuất bản, ban quản lý, chi cục, uỷ ban,"
    " bệnh viện"
)
"""Heads of names that may go on in small letters."""
OTHER_NAMES = {
    "nhật": "nhật bản",
    "hàn": "hàn quốc",
    "hoa kỳ": "mỹ",
    "úc": "australia",
    "italia": "ý",
    "ả rập xê út": "saudi arabia",
    "ả rập saudi": "saudi arabia",
    "arab saudi": "saudi arabia",
}
"""Countries of two names."""
NOT_FIRST = _words(
    "theo, tại, ở, từ, khi, ngày, trong, với, và, nhưng, sau, trước, đến, hôm, chiều, sáng, tối, trưa, đêm, do, vì,"
    " nếu, tuy, còn, riêng, cả, các, những, một, hai, ba, này, đó, đây, là, cùng, cũng, đã, sẽ, người, nhà, nhóm,"
    " gần, về, trên, dưới, ngoài, qua, bên, giữa, cho, để, của, không, có, vụ, phía, tuy nhiên, hiện, hiện nay,"
    " đồng thời"
)
PLACE_PREFIXES = _words("tp, thành phố, tỉnh, huyện, quận, thị xã, nước")
"""May stand before a place of the list, which is the same without."""
PARTICLES = _words("al, bin, ibn, van, von, de, da, del, di, el, der, la, le, dos")
"""Small words inside of foreign names."""
NOT_PEOPLE = _words("đảng, nhà nước, online, quốc hội, chính phủ, đoàn, ban, phòng, bộ, sở, cục")
"""What may follow an office and have capitals, but is nobody."""
KOREAN_ENDINGS = _words(
    "un, in, hye, il, sung, hee, hwa, wha, hyun, chol, yong, woo, jin, soo, hoon, kyung"
)
"""Second halves of first names that some papers write apart: Moon Jae - in."""
PARTIES = _words(
    "dân chủ, cộng hoà, cộng sản, lao động, bảo thủ, công đảng, tự do, dân chủ tự do, nước nga thống nhất,"
    " xanh, nhân dân, quốc dân, quốc đại"
)
FOUND_EVERYWHERE = _words(
    "công ty, hãng, báo, tập đoàn, ngân hàng, trường, đại học, học viện, viện, bệnh viện, đài, cục, tổng cục, hội,"
    " hiệp hội, ban quản lý, tổng công ty, câu lạc bộ, clb, liên đoàn, quỹ, uỷ ban"
)
GENERIC = _words(
    "đa khoa, thpt, thcs, tiểu học, mầm non, đh, đại học, cđ, cao đẳng, trung học, nghiên cứu, khoa học, quản lý,"
    " cảnh sát, nhi, tâm thần, y học, y tế, đầu tư, thương mại, xây dựng, dịch vụ, sản xuất, cảng, quốc tế, quốc gia,"
    " trung ương, tư nhân, tnhh, cp, cổ phần, một thành viên, mtv, người, an toàn, kiểm tra, thường vụ"
)
MINISTRIES = {
    normalise(nfc(short.strip())): place_tones(nfc(full))
    for full, shorts in {
        "Giáo dục và Đào tạo": "gd, gd-đt, gd&đt, giáo dục, giáo dục-đào tạo, giáo dục - đào tạo, gdđt,"
        " giáo dục và đào tạo, giáo dục&đào tạo",
        "Giao thông Vận tải": "gtvt, giao thông, giao thông vận tải, giao thông-vận tải, giao thông - vận tải",
        "Nông nghiệp và Phát triển nông thôn": "nn, nn-ptnt, nn&ptnt, nnptnt, nông nghiệp,"
        " nông nghiệp và phát triển, nông nghiệp và phát triển nông thôn, nông nghiệp&phát triển nông thôn",
        "Tài nguyên và Môi trường": "tn-mt, tn&mt, tnmt, tn, tài nguyên, tài nguyên-môi trường,"
        " tài nguyên - môi trường, tài nguyên và môi trường, tài nguyên&môi trường",
        "Kế hoạch và Đầu tư": "kh-đt, kh&đt, khđt, kế hoạch, kế hoạch-đầu tư, kế hoạch - đầu tư, kế hoạch và đầu tư,"
        " kế hoạch&đầu tư",
        "Thông tin và Truyền thông": "tt-tt, tt&tt, tttt, thông tin, thông tin-truyền thông,"
        " thông tin - truyền thông, thông tin và truyền thông, thông tin&truyền thông",
        "Lao động, Thương binh và Xã hội": "lđ-tb-xh, lđtbxh, lđ-tb&xh, lao động, lao động-thương binh và xã hội,"
        " lao động - thương binh và xã hội, lao động thương binh và xã hội",
        "Văn hoá, Thể thao và Du lịch": "vh-tt-dl, vhttdl, vh-tt&dl, văn hoá, văn hoá thể thao và du lịch,"
        " văn hoá-thể thao và du lịch",
        "Văn hoá và Thể thao": "văn hoá và thể thao",
        "Khoa học và Công nghệ": "kh-cn, kh&cn, khcn, khoa học, khoa học-công nghệ, khoa học - công nghệ,"
        " khoa học và công nghệ, khoa học&công nghệ",
        "Công Thương": "công thương",
        "Y tế": "y tế",
        "Công an": "công an",
    }.items()
    for short in shorts.split(",")
}
"""What ministries and departments are called -> their full names."""

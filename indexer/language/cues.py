"""Words by which names are told apart: what stands before a name, or begins it."""

from __future__ import annotations

from indexer.language.normalise import nfc, normalise


def _words(text: str) -> frozenset[str]:
    return frozenset(one.strip() for one in normalise(nfc(text)).split(","))


PERSON_CUES = _words(
    "ông, bà, anh, chị, em, cháu, cụ, bé, cô, thầy, chú, bác sĩ, luật sư, giáo sư, kỹ sư, tiến sĩ, thạc sĩ,"
    " kiến trúc sư, ca sĩ, nghệ sĩ, nhạc sĩ, hoạ sĩ, diễn viên, đạo diễn, người mẫu, hoa hậu, cầu thủ, hậu vệ,"
    " tiền đạo, tiền vệ, thủ môn, huấn luyện viên, hlv, chủ tịch, phó chủ tịch, bí thư, phó bí thư, tổng bí thư,"
    " giám đốc, phó giám đốc, tổng giám đốc, tổng thống, thủ tướng, phó thủ tướng, bộ trưởng, thứ trưởng,"
    " ngoại trưởng, đại sứ, đại tá, thượng tá, trung tá, thiếu tá, đại uý, thượng uý, trung uý, thiếu uý,"
    " đại tướng, thượng tướng, trung tướng, thiếu tướng, nghi phạm, bị can, bị cáo, nạn nhân, đối tượng, vợ, chồng,"
    " cô giáo, thầy giáo, nhà giáo, học sinh, sinh viên, tác giả, nhà báo,"
    " phóng viên, nhà văn, nhà thơ, hiệu trưởng, trưởng phòng, pgs, gs, ts, bs, ths, pgs ts"
)
PLACE_CUES = _words(
    "tỉnh, huyện, xã, phường, quận, thị trấn, thị xã, thành phố, tp, thôn, ấp, bản, đảo, quần đảo, sông, núi,"
    " đèo, vịnh, bán đảo, đường, phố, quốc lộ, đại lộ, khu đô thị, bang,"
    " thủ đô, cao nguyên, hồ, cửa khẩu, sân bay, cảng"
)
ORGANISATION_HEADS = _words(
    "công ty, tổng công ty, tập đoàn, ngân hàng, bộ, sở, cục, tổng cục, trường, đại học, học viện, bệnh viện,"
    " viện, hội, hiệp hội, liên đoàn, uỷ ban, ubnd, hđnd, công an, toà án, tand, vksnd, viện kiểm sát, clb,"
    " câu lạc bộ, báo, đài, hãng, quỹ, liên hợp quốc, ban quản lý, chi cục, đảng, nhà xuất bản"
)
PRONOUNS = _words("ông, bà, anh, chị, em, cháu, cụ, bé, cô, thầy, chú")
WITH_AND = ("bộ", "sở")
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
    " singapore, indonesia, philippines, brunei, đài loan, hong kong, australia, úc, new zealand, canada, mexico,"
    " brazil, argentina, chile, cuba, venezuela, nam phi, biển đông, trường sa, hoàng sa, châu âu, châu á, châu phi"
)
NOT_FIRST = _words(
    "theo, tại, ở, từ, khi, ngày, trong, với, và, nhưng, sau, trước, đến, hôm, chiều, sáng, tối, trưa, đêm, do, vì,"
    " nếu, tuy, còn, riêng, cả, các, những, một, hai, ba, này, đó, đây, là, cùng, cũng, đã, sẽ, người, nhà, nhóm,"
    " gần, về, trên, dưới, ngoài, qua, bên, giữa, cho, để, của, không, có, vụ, phía, tuy nhiên, hiện, hiện nay,"
    " đồng thời"
)

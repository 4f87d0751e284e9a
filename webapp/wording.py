"""Every text of the user interface, Vietnamese first."""

from __future__ import annotations

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT_LANGUAGE = "vi"

_TEXTS: dict[str, tuple[str, str]] = {
    "tagline": ("Kho lưu trữ báo chí tiếng Việt", "The archive of Vietnamese news"),
    "skip": ("Đến nội dung chính", "Skip to content"),
    "home": ("Trang đầu", "Home"),
    "language": ("Ngôn ngữ", "Language"),
    "search": ("Tìm", "Search"),
    "search_label": ("Tìm trong kho báo", "Search the archive"),
    "placeholder": ("Từ khóa, có dấu hay không dấu", "Keywords, with or without accents"),
    "options": ("Thời gian và sắp xếp", "Dates and order"),
    "from": ("Từ ngày", "From"),
    "to": ("Đến ngày", "To"),
    "per_page": ("Số bài mỗi trang", "Articles a page"),
    "timeline": ("Theo thời gian", "Over time"),
    "timeline_table": ("Xem dạng bảng", "As a table"),
    "when": ("Thời gian", "When"),
    "how_many": ("Số bài", "Articles"),
    "suggestions": ("Gợi ý", "Suggestions"),
    "suggestions_count": (
        "{count} gợi ý; chọn bằng phím mũi tên.",
        "{count} suggestions; choose with the arrow keys.",
    ),
    "forget": ("Xóa các tìm kiếm gần đây", "Forget recent searches"),
    "keys": ("Phím tắt", "Keyboard shortcuts"),
    "keys_help": (
        "/ vào ô tìm, j và k xuống lên kết quả, o mở bài, n và p tới lui giữa các chỗ khớp.",
        "/ to the box, j and k down and up the results, o opens one, n and p along the matches.",
    ),
    "along": ("Các chỗ khớp trong bài", "Matches in the article"),
    "next_match": ("Chỗ khớp sau", "Next match"),
    "previous_match": ("Chỗ khớp trước", "Previous match"),
    "first_match": ("Tới chỗ khớp đầu tiên", "To the first match"),
    "versions_of": ("Các phiên bản", "Versions"),
    "versions_count": ("{count} phiên bản của bài này", "{count} versions of this article"),
    "one_version": (
        "Kho chỉ giữ một phiên bản của bài này.",
        "The archive holds one version of this article.",
    ),
    "version_number": ("Phiên bản {number}", "Version {number}"),
    "older_version": ("Chỉ có trong phiên bản {number}", "In version {number} only"),
    "version_newest": ("mới nhất", "newest"),
    "version_replaced": ("Kho nhận bản sau", "The archive got the next"),
    "back_to_article": ("Về bài báo", "Back to the article"),
    "changes_help": (
        "Chữ thêm vào được gạch chân, chữ bỏ đi bị gạch ngang.",
        "Words that were added are underlined, those that were removed are struck out.",
    ),
    "added": ("thêm", "added"),
    "removed": ("bỏ", "removed"),
    "coverage": ("Kho phủ đến đâu", "What the archive covers"),
    "coverage_help": (
        "Số bài tìm được mỗi ngày của từng nguồn. Ngày để trống, hay ít bài hẳn so với các tuần quanh đó, "
        "được kể ra để bổ sung.",
        "Articles of each source that can be found, by day. Days without any, or with far fewer than in the "
        "weeks around, are listed, so that they can be filled.",
    ),
    "gaps": ("Chỗ thiếu", "Gaps"),
    "no_gaps": ("Không thấy chỗ nào thiếu.", "No gap was found."),
    "gap": ("trống", "empty"),
    "drop": ("sụt", "drop"),
    "gap_found": ("{found} bài, thường có {expected}", "{found} articles, usually {expected}"),
    "span": ("Thời gian", "Span"),
    "without_day": ("{count} bài không rõ ngày", "{count} articles without a day"),
    "with_part": ("Có {part}", "With {part}"),
    "part_date": ("ngày", "date"),
    "part_author": ("tác giả", "author"),
    "part_section": ("chuyên mục", "section"),
    "part_lead": ("sapo", "standfirst"),
    "calendar_of": ("Lịch năm {year}: {count} bài", "Calendar of {year}: {count} articles"),
    "day_count": ("{day}: {count} bài", "{day}: {count} articles"),
    "all_sources": ("Mọi nguồn", "All sources"),
    "no_source_name": ("(không ghi nguồn)", "(no source named)"),
    "cite": ("Trích dẫn bài này", "Cite this article"),
    "copy": ("Chép", "Copy"),
    "copied": ("Đã chép", "Copied"),
    "text": ("Văn bản", "Text"),
    "published": ("Đăng", "Published"),
    "this_article": ("(bài này)", "(this article)"),
    "no_related": ("Kho không có bài nào liên quan.", "The archive holds nothing related."),
    "compare": ("So sánh hai câu tìm", "Compare two queries"),
    "compare_do": ("So sánh", "Compare"),
    "compare_with": ("So với câu tìm khác", "Compare with another query"),
    "first_query": ("Câu thứ nhất", "First query"),
    "second_query": ("Câu thứ hai", "Second query"),
    "nothing_dated": ("Không bài nào có ngày đăng.", "No article has a date."),
    "take_away": ("Mang kết quả đi", "Take the results with you"),
    "take_away_help": (
        "Tải các bài đã đánh dấu; không đánh dấu bài nào thì tải cả kết quả.",
        "Downloads the articles that are ticked, or the whole result where none is.",
    ),
    "feeds": ("Theo dõi tìm kiếm này:", "Follow this search:"),
    "choose": ("Chọn bài “{title}” để tải về", "Choose “{title}” for the download"),
    "narrow": ("Thu hẹp kết quả", "Narrow the results"),
    "more_values": ("Thêm {count} mục", "{count} more"),
    "facet_section": ("Chuyên mục", "Section"),
    "facet_source": ("Nguồn", "Source"),
    "facet_credit": ("Dẫn theo", "Credited to"),
    "credit": ("Theo", "From"),
    "facet_place": ("Địa danh", "Place"),
    "facet_person": ("Người", "Person"),
    "facet_organisation": ("Cơ quan, tổ chức", "Organisation"),
    "facet_author": ("Tác giả", "Author"),
    "facet_tags": ("Từ khóa của báo", "Tag"),
    "sort": ("Sắp xếp", "Sort by"),
    "relevance": ("Sát nhất", "Best match"),
    "recent": ("Sát và mới", "Best and recent"),
    "newest": ("Mới nhất", "Newest"),
    "oldest": ("Cũ nhất", "Oldest"),
    "articles": ("{count} bài", "{count} articles"),
    "one_article": ("1 bài", "1 article"),
    "archive_holds": ("Kho đang lưu {articles}.", "The archive holds {articles}."),
    "archive_empty": (
        "Kho chưa có bài nào. Hãy nạp bài bằng lệnh khobao index THƯ_MỤC rồi tải lại trang này.",
        "The archive is empty. Add articles with khobao index FOLDER, then reload this page.",
    ),
    "browse": ("Xem các bài mới nhất", "Browse the newest articles"),
    "by_section": ("Chuyên mục", "Sections"),
    "by_source": ("Nguồn", "Sources"),
    "found": ("Tìm thấy {articles}", "{articles} found"),
    "found_all_words": (
        "Trong đó {articles} có đủ mọi từ.",
        "{articles} with every word.",
    ),
    "found_none_with_all": (
        "Không bài nào có đủ mọi từ; đây là các bài có nhiều từ nhất.",
        "No article holds every word; these hold most of them.",
    ),
    "took": ("{seconds} giây", "{seconds} s"),
    "lacks": ("Thiếu:", "Lacks:"),
    "unknown_words": ("Không bài nào trong kho có:", "No article in the archive holds:"),
    "accented": ("Tìm có dấu:", "With diacritics:"),
    "did_you_mean": ("Được hiểu là:", "Understood as:"),
    "folded": (
        "Tìm không phân biệt dấu vì câu tìm không có dấu.",
        "Accents are ignored because the query has none.",
    ),
    "unquoted": (
        "Không bài nào có đúng các cụm trong ngoặc kép, nên đã tìm từng từ.",
        "No article holds the quoted phrases, so their words were searched singly.",
    ),
    "unsigned": (
        "Không bài nào khớp khi hiểu dấu trừ, dấu cộng là lệnh, nên đã tìm từng từ.",
        "No article matches with the minus or plus as a sign, so the words were searched singly.",
    ),
    "problems": ("Câu tìm có chỗ chưa rõ", "Part of the query is unclear"),
    "nothing": ("Không tìm thấy bài nào cho “{query}”.", "Nothing found for “{query}”."),
    "nothing_at_all": ("Không có bài nào trong phạm vi này.", "There is no article in this range."),
    "try": ("Thử cách khác:", "What you can try:"),
    "try_fewer": ("dùng ít từ hơn hoặc từ khác;", "use fewer or other words;"),
    "try_unquote": ("bỏ dấu ngoặc kép, dấu + và dấu -;", "leave out quotes, + and -;"),
    "try_plain": ("gõ không dấu để tìm mọi cách viết dấu;", "type without accents to match any accents;"),
    "try_unfilter": ("bỏ giới hạn thời gian, nguồn và chuyên mục.", "drop the limits of date, source and section."),
    "without_filters": ("Tìm lại, bỏ mọi giới hạn", "Search again without limits"),
    "past_end": ("Trang này nằm sau trang cuối.", "This page is past the last one."),
    "first_page": ("Về trang đầu của kết quả", "To the first page of results"),
    "bad_date": (
        "“{value}” không phải ngày tháng nên đã bỏ qua; hãy viết như 2024-09-18 hoặc 18/9/2024.",
        "“{value}” is no date and was left out; write it like 2024-09-18 or 18/9/2024.",
    ),
    "inverted_dates": (
        "Ngày bắt đầu sau ngày kết thúc; hãy đổi chỗ hai ngày.",
        "The first day is after the last; swap the two.",
    ),
    "filters": ("Đang giới hạn:", "Limited to:"),
    "remove_filter": ("Bỏ giới hạn {value}", "Remove the limit {value}"),
    "pages": ("Các trang kết quả", "Pages of results"),
    "previous": ("Trang trước", "Previous"),
    "next": ("Trang sau", "Next"),
    "page_of": ("Trang {page} trên {pages}", "Page {page} of {pages}"),
    "undated": ("không rõ ngày", "undated"),
    "back_to_results": ("Về kết quả tìm", "Back to the results"),
    "hits_marked": ("Đã đánh dấu {count} chỗ khớp với “{query}”.", "{count} places that match “{query}” are marked."),
    "author": ("Tác giả", "Author"),
    "updated": ("Cập nhật", "Updated"),
    "printed_on": ("Báo in", "In print"),
    "printed_pages": ("trang {pages}", "page {pages}"),
    "recognised": ("độ tin cậy của nhận dạng chữ {percent} %", "text recognised with {percent} % confidence"),
    "captured": ("Lưu trang lúc", "Captured"),
    "original": ("Bài gốc", "Original"),
    "tags": ("Từ khóa", "Tags"),
    "people": ("Người", "People"),
    "places": ("Nơi", "Places"),
    "organisations": ("Tổ chức", "Organisations"),
    "captions": ("Chú thích ảnh", "Captions"),
    "related": ("Tin liên quan", "Related stories"),
    "printed_links": ("Bài này dẫn", "Linked from this article"),
    "cited_by": ("Được dẫn trong", "Cited by"),
    "same_story": ("Cùng vụ việc, theo thời gian", "The same story as it went on"),
    "similar": ("Bài tương tự", "Similar articles"),
    "shares": ("cùng nói tới", "both tell of"),
    "same_day": ("cùng ngày", "the same day"),
    "days_later": ("{count} ngày sau", "{count} days later"),
    "days_earlier": ("{count} ngày trước", "{count} days earlier"),
    "one_day_later": ("hôm sau", "the day after"),
    "one_day_earlier": ("hôm trước", "the day before"),
    "in_archive": ("trong kho", "in the archive"),
    "search_title": ("tìm trong kho", "search the archive"),
    "search_for": ("Tìm trong kho: {title}", "Search the archive: {title}"),
    "at_source": ("ở trang nguồn", "at the source"),
    "not_found": ("Không có trang này", "There is no such page"),
    "article_not_found": ("Kho không có bài này", "The archive does not hold this article"),
    "not_found_help": (
        "Địa chỉ có thể đã gõ sai, hoặc bài đã được gỡ khỏi kho. Hãy thử tìm:",
        "The address may be mistyped, or the article was removed. Try a search:",
    ),
    "too_large": ("Yêu cầu quá lớn", "The request is too large"),
    "too_large_help": ("Hãy gửi ít hơn trong một lần.", "Please send less at once."),
    "too_many": ("Quá nhiều yêu cầu", "Too many requests"),
    "too_many_help": (
        "Máy này vừa gửi quá nhiều yêu cầu. Hãy đợi một phút rồi thử lại.",
        "There were too many requests from this address. Please wait a minute and try again.",
    ),
    "refused": ("Không thể trả lời yêu cầu này", "This request cannot be answered"),
    "refused_help": ("Hãy thử tìm trong kho.", "Try a search of the archive."),
    "unavailable": ("Kho báo tạm thời không đọc được", "The archive cannot be read at the moment"),
    "unavailable_help": (
        "Người quản trị có thể kiểm tra bằng lệnh khobao check và sửa bằng lệnh khobao repair.",
        "Who runs this archive can check it with khobao check and mend it with khobao repair.",
    ),
    "failure": ("Có lỗi khi xử lý trang này", "This page failed"),
    "failure_help": (
        "Lỗi đã được ghi lại. Hãy thử tải lại; nếu vẫn lỗi, báo cho người quản trị.",
        "The error is in the log. Reload; if it stays, tell who runs this archive.",
    ),
    "help": ("Cách viết câu tìm", "How to write a query"),
    "help_words": ("bài có các từ này, có dấu hay không", "articles with these words, accents or not"),
    "help_phrase": ("đúng cụm từ này", "exactly this phrase"),
    "help_exclude": ("không có từ này", "without this word"),
    "help_or": ("một trong hai từ", "either word"),
    "help_must": ("nhất thiết phải có từ này", "this word must be there"),
    "help_field": ("trong tiêu đề; cũng có tác_giả:, nguồn:, mục:", "in the title; also author:, source:, section:"),
    "help_dates": ("trong khoảng thời gian", "within these dates"),
    "help_versions": (
        "cả những gì chỉ có trong các phiên bản cũ của bài",
        "also what only older versions of an article say",
    ),
    "help_prefix": ("các tiếng bắt đầu như vậy", "syllables that begin so"),
}  # fmt: skip


def text(name: str, language: str, **values: object) -> str:
    """One text in a language, with its values filled in.

    Raises:
        KeyError: there is no such text.
    """
    return _TEXTS[name][0 if language == "vi" else 1].format(**values)


def number(value: int, language: str) -> str:
    """A count with its thousands grouped: 12.345 in Vietnamese, 12,345 in English."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if language == "vi" else grouped


def decimal(value: float, language: str) -> str:
    """A number with three decimals: 0,012 in Vietnamese, 0.012 in English."""
    written = f"{value:.3f}"
    return written.replace(".", ",") if language == "vi" else written


def articles(count: int, language: str) -> str:
    """A number of articles in words."""
    if count == 1:
        return text("one_article", language)
    return text("articles", language, count=number(count, language))

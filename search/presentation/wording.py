"""Messages on a query's problems, in Vietnamese and in English."""

from __future__ import annotations

from search.query.tree import Issue, QueryProblem

_VI = {
    Issue.UNCLOSED_QUOTE: "thiếu dấu ngoặc kép đóng; đã tìm như các từ rời",
    Issue.EMPTY_PHRASE: "cụm từ trống; hãy viết gì đó giữa hai dấu ngoặc kép",
    Issue.EMPTY_FIELD: "thiếu giá trị ngay sau dấu hai chấm; đã tìm như từ thường",
    Issue.BAD_VERSIONS: "không hiểu phiên bản này; hãy dùng phiên_bản:tất_cả hoặc phiên_bản:hiện_tại",
    Issue.UNKNOWN_FIELD: "không có trường này; hãy dùng tiêu_đề:, tác_giả:, nguồn:, mục:, từ: hoặc đến:",
    Issue.BAD_DATE: "không phải ngày tháng; hãy viết như 2024, 2024-09 hoặc 18/9/2024",
    Issue.INVERTED_RANGE: "ngày bắt đầu sau ngày kết thúc; hãy đổi chỗ hai ngày",
    Issue.DANGLING_OR: "OR cần có từ ở cả hai bên; đã bỏ qua",
    Issue.SHORT_PREFIX: "cần ít nhất hai chữ trước dấu *; đã tìm như từ thường",
    Issue.MISPLACED_STAR: "dấu * chỉ dùng được ở cuối từ; đã bỏ qua",
    Issue.UNBALANCED_PARENTHESIS: "dấu ngoặc đơn không có đôi; đã bỏ qua",
    Issue.NO_WORDS: "không có chữ hay số nào để tìm; hãy viết ít nhất một từ",
    Issue.TOO_DEEP: "quá nhiều dấu ngoặc lồng nhau; đã bỏ qua",
    Issue.TOO_LONG: "câu tìm quá dài; phần sau bị bỏ qua",
}
_EN = {
    Issue.UNCLOSED_QUOTE: "the closing quote is missing; searched as single words",
    Issue.EMPTY_PHRASE: "the phrase is empty; write something between the quotes",
    Issue.EMPTY_FIELD: "a value is missing right after the colon; searched as a plain word",
    Issue.BAD_VERSIONS: "there are no such versions; use version:all or version:current",
    Issue.UNKNOWN_FIELD: "there is no such field; use title:, author:, source:, section:, after: or before:",
    Issue.BAD_DATE: "this is no date; write it like 2024, 2024-09 or 18/9/2024",
    Issue.INVERTED_RANGE: "the first day is after the last; swap the two",
    Issue.DANGLING_OR: "OR needs a word on both sides; left out",
    Issue.SHORT_PREFIX: "at least two letters are needed before *; searched as a plain word",
    Issue.MISPLACED_STAR: "* works only at the end of a word; left out",
    Issue.UNBALANCED_PARENTHESIS: "a parenthesis without its other half; left out",
    Issue.NO_WORDS: "there is no letter or digit to search for; write at least one word",
    Issue.TOO_DEEP: "too many parentheses inside each other; left out",
    Issue.TOO_LONG: "the query is too long; its later part is left out",
}


def describe(problem: QueryProblem, language: str = "vi") -> str:
    """One line on a problem, with the characters at fault and their place counted from 1."""
    text = problem.text if len(problem.text) <= 40 else problem.text[:39] + "…"
    if language == "vi":
        return f"Ký tự {problem.start + 1} («{text}»): {_VI[problem.issue]}."
    return f"Character {problem.start + 1} («{text}»): {_EN[problem.issue]}."

"""Messages on a query's problems, in Vietnamese and in English."""

from __future__ import annotations

from search.query.tree import Issue, QueryProblem

_VI = {
    Issue.UNCLOSED_QUOTE: "thiếu dấu ngoặc kép đóng; đã tìm như các từ rời",
    Issue.EMPTY_PHRASE: "cụm từ trống; hãy viết gì đó giữa hai dấu ngoặc kép",
    Issue.NOT_IN_FIELD: "trong ngoặc sau tên trường chỉ dùng từ, cụm từ, OR, + và -; phần khác được tìm trong cả bài",
    Issue.EMPTY_FIELD: "thiếu giá trị ngay sau dấu hai chấm; đã tìm như từ thường",
    Issue.BAD_VERSIONS: "không hiểu phiên bản này; hãy dùng phiên_bản:tất_cả hoặc phiên_bản:hiện_tại",
    Issue.UNKNOWN_FIELD: "không có trường này; hãy dùng tiêu_đề:, tác_giả:, nguồn:, mục:, từ: hoặc đến:",
    Issue.BAD_DATE: "không phải ngày tháng; hãy viết như 2024, 2024-09 hoặc 18/9/2024",
    Issue.INVERTED_RANGE: "ngày bắt đầu sau ngày kết thúc; hãy đổi chỗ hai ngày",
    Issue.DANGLING_OPERATOR: "cần có từ ở cả hai bên; đã bỏ qua",
    Issue.DANGLING_NOT: "cần có từ theo sau để loại trừ; đã bỏ qua",
    Issue.MIXED_OPERATORS: "OR gắn chặt hơn AND; hãy dùng ngoặc đơn nếu muốn khác",
    Issue.NOT_A_PLACE: "chỉ nối được từ, cụm từ trong ngoặc kép hay (a OR b); đã tìm các từ riêng rẽ",
    Issue.TOO_FAR: "khoảng cách nhiều nhất là 100 từ; đã tìm trong 100 từ",
    Issue.BAD_COUNT: "hãy viết như lần:3 lũ, số lần từ 1 đến 100; đã tìm như từ thường",
    Issue.BAD_LENGTH: "không phải độ dài; hãy viết như dài:>500 hoặc dài:200-800 (tiếng)",
    Issue.BAD_PART: "không biết bài có gì; hãy dùng có:ảnh, có:ngày, có:tác_giả, có:mục hoặc có:sapo",
    Issue.NOT_SAID: "phần này được tìm trong cả bài, không riêng trong lời người nói",
    Issue.NO_DOSSIER: "không có hồ sơ nào tên như vậy; hãy xem tên ở trang Hồ sơ",
    Issue.SHORT_PATTERN: "cần ít nhất hai chữ bên dấu * hay ?; đã tìm như từ thường",
    Issue.LONE_STAR: "dấu * phải liền với chữ; đã bỏ qua",
    Issue.MANY_EXPANSIONS: "có quá nhiều từ như vậy; chỉ tìm 1000 từ thường gặp nhất",
    Issue.NO_EXPANSION: "không bài nào có từ như vậy",
    Issue.UNBALANCED_PARENTHESIS: "dấu ngoặc đơn không có đôi; đã bỏ qua",
    Issue.NO_WORDS: "không có chữ hay số nào để tìm; hãy viết ít nhất một từ",
    Issue.TOO_DEEP: "quá nhiều dấu ngoặc lồng nhau; đã bỏ qua",
    Issue.TOO_LONG: "câu tìm quá dài; phần sau bị bỏ qua",
}
_EN = {
    Issue.UNCLOSED_QUOTE: "the closing quote is missing; searched as single words",
    Issue.EMPTY_PHRASE: "the phrase is empty; write something between the quotes",
    Issue.NOT_IN_FIELD: "in parentheses behind a field only words, phrases, OR, + and - count; "
    "the rest is searched in the whole article",
    Issue.EMPTY_FIELD: "a value is missing right after the colon; searched as a plain word",
    Issue.BAD_VERSIONS: "there are no such versions; use version:all or version:current",
    Issue.UNKNOWN_FIELD: "there is no such field; use title:, author:, source:, section:, after: or before:",
    Issue.BAD_DATE: "this is no date; write it like 2024, 2024-09 or 18/9/2024",
    Issue.INVERTED_RANGE: "the first day is after the last; swap the two",
    Issue.DANGLING_OPERATOR: "it needs a word on both sides; left out",
    Issue.DANGLING_NOT: "it needs a word behind it to exclude; left out",
    Issue.MIXED_OPERATORS: "OR binds closer than AND; use parentheses if you mean something else",
    Issue.NOT_A_PLACE: "it joins words, phrases in quotation marks or (a OR b) only; searched them singly",
    Issue.TOO_FAR: "the greatest distance is 100 words; searched within 100",
    Issue.BAD_COUNT: "write it like times:3 flood, from 1 to 100 times; searched as plain words",
    Issue.BAD_LENGTH: "this is no length; write it like length:>500 or length:200-800 (syllables)",
    Issue.BAD_PART: "unknown part of an article; use has:image, has:date, has:author, has:section or has:lead",
    Issue.NOT_SAID: "this is looked for in the whole article, not only in what is said",
    Issue.NO_DOSSIER: "there is no dossier of this name; the page of dossiers has their names",
    Issue.SHORT_PATTERN: "at least two letters are needed beside * or ?; searched as a plain word",
    Issue.LONE_STAR: "* has to stand beside letters; left out",
    Issue.MANY_EXPANSIONS: "too many words are like it; searched the 1000 most frequent only",
    Issue.NO_EXPANSION: "no article holds a word like it",
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

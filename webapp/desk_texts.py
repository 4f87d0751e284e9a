"""The texts of dossiers, watches, lists and days, Vietnamese first."""

from __future__ import annotations

DESK_TEXTS: dict[str, tuple[str, str]] = {
    "site": ("Trang và ngôn ngữ", "Pages and language"),
    "dossier": ("Hồ sơ", "Dossier"),
    "dossiers": ("Hồ sơ", "Dossiers"),
    "dossiers_help": (
        "Hồ sơ giữ những bài đã chọn cùng ghi chú và nhãn. Ở trang kết quả hay trang bài báo, chọn hồ sơ rồi bấm "
        "«Cho vào».",
        "A dossier keeps chosen articles with notes and tags. On a page of results or of an article choose a "
        "dossier and press “Put in”.",
    ),
    "changed": ("Sửa lần cuối", "Last change"),
    "is_shared": ("đang chia sẻ", "shared"),
    "make": ("Tạo", "Make"),
    "name": ("Tên", "Name"),
    "note": ("Ghi chú", "Note"),
    "keep": ("Lưu", "Save"),
    "new_dossier": ("Hồ sơ mới", "New dossier"),
    "dossier_of_day": ("Hồ sơ ngày {day}", "Dossier of {day}"),
    "dossier_from_csv": ("Nhập hồ sơ từ CSV", "A dossier from CSV"),
    "csv_file": ("Tệp CSV", "CSV file"),
    "dossier_name_optional": ("Tên (để trống: như trong tệp)", "Name (empty: as in the file)"),
    "bring_in": ("Nhập", "Bring in"),
    "dossier_csv_help": (
        "Tệp do Kho Báo xuất ra trở lại nguyên vẹn. Bảng khác cần có cột id hay title; các cột url, published, note, "
        "tags được hiểu.",
        "A file that Kho Báo has written comes back whole. Any other table needs a column id or title; url, "
        "published, note and tags are understood.",
    ),
    "into_dossier": ("Vào hồ sơ", "Into the dossier"),
    "put_into": ("Cho vào", "Put in"),
    "saved_into": ("Đã cho {added} bài vào hồ sơ ({of} bài được chọn):", "{added} of {of} articles were put into:"),
    "search_dossier": ("Tìm trong hồ sơ này", "Search in it"),
    "dossier_filter": ("Trong ô tìm:", "In the search box:"),
    "take_away_as": ("Mang về:", "Take away:"),
    "printable": ("Bản in (HTML)", "To print (HTML)"),
    "manage_dossier": ("Tên, ghi chú, thứ tự, chia sẻ", "Name, note, order, sharing"),
    "put_in_order": ("Xếp theo ngày:", "Order by date:"),
    "share": ("Chia sẻ", "Share"),
    "unshare": ("Thôi chia sẻ", "Stop sharing"),
    "share_help": (
        "Ai có địa chỉ chia sẻ thì đọc được hồ sơ này, không sửa được.",
        "Whoever has the address of a shared dossier can read it, and change nothing.",
    ),
    "shared_at": ("Địa chỉ chia sẻ", "Shared at"),
    "delete_dossier": ("Xóa hồ sơ", "Delete the dossier"),
    "delete_help": (
        "Hồ sơ có {articles}. Ghi chú và nhãn sẽ mất; các bài vẫn ở trong kho. Muốn giữ, hãy xuất CSV trước.",
        "It holds {articles}. Notes and tags will be gone; the articles stay in the archive. To keep them, take "
        "the CSV away first.",
    ),
    "rather_not": ("Thôi, giữ lại", "No, keep it"),
    "dossier_tags": ("Nhãn:", "Tags:"),
    "dossier_empty": (
        "Hồ sơ chưa có bài nào. Hãy tìm, rồi cho bài vào đây.",
        "There is no article in it yet. Search, and put articles in.",
    ),
    "gone": ("Kho không còn giữ bài này.", "The archive no longer holds this article."),
    "annotate": ("Ghi chú, nhãn, thứ tự", "Note, tags, order"),
    "place_in_order": ("Thứ tự", "Place"),
    "take_out": ("Bỏ ra", "Take out"),
    "watches": ("Theo dõi", "Watches"),
    "watch_this": ("Theo dõi tìm kiếm này", "Watch this search"),
    "watch_of_all": ("Mọi bài mới", "All new articles"),
    "watches_help": (
        "Một theo dõi báo những bài mới vào kho mà câu tìm của nó khớp. Hãy tìm, rồi bấm «Theo dõi tìm kiếm này» "
        "dưới kết quả.",
        "A watch tells of articles that come into the archive and match its search. Search, then press “Watch "
        "this search” below the results.",
    ),
    "new_matches": ("Bài mới", "New"),
    "all_matches": ("Đã báo", "Found so far"),
    "watch_search": ("Tìm trong cả kho", "Search the whole archive"),
    "watch_feed": ("Nguồn tin Atom của theo dõi này", "Atom feed of this watch"),
    "mark_seen": ("Xem và đánh dấu đã xem", "See them and mark as seen"),
    "watch_none": ("Chưa có bài mới nào khớp.", "No new article matches yet."),
    "watch_found": ("Vào kho", "Found"),
    "watch_settings": ("Tên, cách báo", "Name, how to tell"),
    "webhook": ("Webhook (POST JSON)", "Webhook (POST of JSON)"),
    "mail": ("Thư điện tử", "Mail"),
    "how_often": ("Bao lâu báo một lần", "How often"),
    "every_now": ("ngay khi có", "as they come"),
    "every_hour": ("mỗi giờ", "hourly"),
    "every_day": ("mỗi ngày", "daily"),
    "not_sent": ("Chưa gửi được, sẽ thử lại:", "Could not be sent, will be tried again:"),
    "unwatch": ("Thôi theo dõi", "Stop watching"),
    "is_new": ("mới", "new"),
    "desk_no_watch": ("Không có theo dõi này.", "There is no such watch."),
    "desk_bad_webhook": (
        "Webhook là địa chỉ bắt đầu bằng https://",
        "A webhook is an address that begins with https://",
    ),
    "desk_forbidden_webhook": (
        "khobao.toml không cho phép địa chỉ webhook này.",
        "khobao.toml does not allow this webhook.",
    ),
    "desk_bad_mail": ("Đây không phải địa chỉ thư.", "This is no mail address."),
    "desk_forbidden_mail": (
        "khobao.toml không cho phép địa chỉ thư này.",
        "khobao.toml does not allow this mail address.",
    ),
    "limit_also": ("và cả", "and"),
    "limit_without": ("trừ", "without"),
    "overlap": ("Phần chung", "Overlap"),
    "only_first": ("chỉ có «{first}»", "with “{first}” alone"),
    "of_both": ("có cả hai", "with both"),
    "only_second": ("chỉ có «{second}»", "with “{second}” alone"),
    "overlap_all_words": (
        "Phần chung và các từ phân biệt chỉ tính bài có đủ mọi từ.",
        "Overlap and telling words are of articles with every word.",
    ),
    "telling_words": ("Từ phân biệt hai bên", "Words that tell them apart"),
    "telling_help": (
        "Theo log-likelihood trên {first} và {second} bài sát nhất; cạnh mỗi từ là số lần gặp ở hai bên.",
        "By log-likelihood in the best {first} and {second} articles; beside each word how often each side has it.",
    ),
    "accessed": ("Truy cập", "Accessed"),
    "sign_in": ("Vào bàn làm việc", "Sign in"),
    "sign_in_help": (
        "Hồ sơ và theo dõi chỉ dành cho người của tòa soạn. Hãy nhập khóa.",
        "Dossiers and watches are for the newsroom. Please type the key.",
    ),
    "desk_key": ("Khóa", "Key"),
    "wrong_key": ("Khóa không đúng.", "The key is not right."),
    "form_refused": ("Không nhận biểu mẫu này", "This form was refused"),
    "form_refused_help": (
        "Trang có thể đã mở quá lâu, hoặc biểu mẫu đến từ trang khác. Chưa có gì thay đổi; hãy quay lại, tải lại "
        "trang rồi gửi lại.",
        "The page may have been open for too long, or another site has sent it. Nothing was changed; go back, "
        "reload the page and send it again.",
    ),
    "desk_refused": ("Chưa có gì thay đổi.", "Nothing was changed."),
    "desk_no_dossier": ("Không có hồ sơ này.", "There is no such dossier."),
    "desk_not_in_dossier": ("Bài này không có trong hồ sơ.", "The article is not in the dossier."),
    "desk_bad_name": ("Tên cần có chữ hay số.", "A name needs letters or digits."),
    "desk_long_name": ("Tên dài nhất {most} chữ.", "A name has {most} characters at most."),
    "desk_long_note": ("Ghi chú dài nhất {most} chữ.", "A note has {most} characters at most."),
    "desk_bad_tags": (
        "Mỗi bài nhiều nhất {most} nhãn, mỗi nhãn dài nhất {longest} chữ.",
        "An article has {most} tags at most, of {longest} characters each.",
    ),
    "desk_name_taken": (
        "Đã có hồ sơ tên «{called}»; hãy chọn tên khác.",
        "There is a dossier named “{called}” already; choose another name.",
    ),
    "desk_dossier_full": (
        "Một hồ sơ giữ nhiều nhất {most} bài; hãy thu hẹp kết quả.",
        "A dossier holds {most} articles at most; narrow the result.",
    ),
    "desk_no_file": ("Hãy chọn một tệp.", "Choose a file."),
    "desk_bad_csv": ("Dòng {line}: {fault}", "Line {line}: {fault}"),
}  # fmt: skip

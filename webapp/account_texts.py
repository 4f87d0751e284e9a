"""The texts of accounts, Vietnamese first."""

from __future__ import annotations

ACCOUNT_TEXTS: dict[str, tuple[str, str]] = {
    "account": ("Tài khoản", "Account"),
    "accounts": ("Các tài khoản", "Accounts"),
    "account_name": ("Tên tài khoản", "Name"),
    "password": ("Mật khẩu", "Password"),
    "new_password": ("Mật khẩu mới", "New password"),
    "new_password_again": ("Nhập lại mật khẩu mới", "New password again"),
    "change_password": ("Đổi mật khẩu", "Change password"),
    "change_password_help": (
        "Các máy khác sẽ phải đăng nhập lại.",
        "Other devices will have to sign in again.",
    ),
    "password_help": (
        "Ít nhất 12 ký tự; vài từ ghép lại là dễ nhớ nhất.",
        "12 characters at least; several words are easiest to remember.",
    ),
    "wrong_password": ("Tên hoặc mật khẩu không đúng.", "Name or password are not right."),
    "passwords_differ": (
        "Hai lần nhập mật khẩu mới không giống nhau.",
        "The two new passwords differ.",
    ),
    "sign_in_account": ("Đăng nhập", "Sign in"),
    "sign_in_account_help": (
        "Người quản trị kho cấp tài khoản.",
        "Who runs the archive gives accounts.",
    ),
    "sign_out": ("Đăng xuất", "Sign out"),
    "sign_out_everywhere": ("Đăng xuất trên mọi máy", "Sign out everywhere"),
    "too_many_failures": (
        "Đã nhập sai quá nhiều lần. Xin thử lại sau {minutes} phút.",
        "Too many wrong passwords. Try again in {minutes} minutes.",
    ),
    "not_allowed": ("Tài khoản này không được xem trang đó", "This account may not see that page"),
    "not_allowed_help": (
        "Người quản trị kho có thể cho tài khoản vai trò khác.",
        "Who runs the archive can give the account another role.",
    ),
    "role": ("Vai trò", "Role"),
    "role_reader": ("Bạn đọc", "Reader"),
    "role_editor": ("Biên tập viên", "Editor"),
    "role_administrator": ("Quản trị", "Administrator"),
    "role_help": (
        "Bạn đọc xem được những nguồn riêng được chọn; biên tập viên dùng thêm hồ sơ và theo dõi; quản trị xem"
        " được mọi nguồn và cấp tài khoản.",
        "A reader sees the private sources that are chosen; an editor uses dossiers and watches as well; an"
        " administrator sees all sources, and gives accounts.",
    ),
    "private_sources": ("Nguồn riêng được xem", "Private sources it sees"),
    "all_private": ("Tất cả, kể cả nguồn thêm sau này", "All, also those that come later"),
    "no_private": ("Kho không có nguồn riêng.", "The archive has no private sources."),
    "sees_none": ("không có", "none"),
    "sees_all": ("tất cả", "all"),
    "new_account": ("Tài khoản mới", "New account"),
    "give_account": ("Cấp tài khoản", "Give the account"),
    "save_account": ("Lưu", "Save"),
    "remove_account": ("Xóa tài khoản", "Remove the account"),
    "this_is_you": ("tài khoản này", "this is you"),
    "password_kept": ("để trống nếu không đổi", "empty for no change"),
    "tokens": ("Mã cho chương trình", "Tokens for programs"),
    "tokens_help": (
        "Chương trình gửi mã này thay cho đăng nhập: Authorization: Bearer …",
        "A program sends a token in place of signing in: Authorization: Bearer …",
    ),
    "token_name": ("Dùng cho", "What it is for"),
    "make_token": ("Tạo mã", "Make a token"),
    "drop_token": ("Hủy", "Drop"),
    "token_made": (
        "Mã mới, chỉ hiện một lần này. Hãy chép lại ngay:",
        "The new token, shown this once. Copy it now:",
    ),
    "token_made_on": ("Tạo", "Made"),
    "token_used": ("Dùng lần cuối", "Last used"),
    "never": ("chưa dùng", "never"),
    "not_shown_entries": (
        "{articles} của hồ sơ thuộc nguồn mà bạn không được xem.",
        "{articles} of the dossier are of sources that you may not see.",
    ),
    "not_shown_matches": (
        "{articles} thuộc nguồn mà bạn không được xem.",
        "{articles} are of sources that you may not see.",
    ),
    "desk_bad_account_name": (
        "Tên tài khoản gồm chữ, số, dấu cách và . @ + - _, nhiều nhất {most} ký tự.",
        "The name of an account is of letters, digits, spaces and . @ + - _, {most} at most.",
    ),
    "desk_taken_account": (
        "Đã có tài khoản tên {called}.",
        "There is an account {called} already.",
    ),
    "desk_bad_password": (
        "Mật khẩu cần từ {least} đến {most} ký tự.",
        "A password has {least} to {most} characters.",
    ),
    "desk_weak_password": (
        "Mật khẩu này dễ đoán quá. Hãy ghép vài từ.",
        "This password is too easy to guess. Take several words.",
    ),
    "desk_no_account": ("Không có tài khoản này.", "There is no such account."),
    "desk_last_administrator": (
        "Đây là người quản trị cuối cùng. Hãy cho một tài khoản khác làm quản trị trước.",
        "This is the last administrator. Make another account one first.",
    ),
    "desk_own_account": (
        "Không ai tự xóa tài khoản của mình.",
        "Nobody removes their own account.",
    ),
    "desk_too_many_tokens": (
        "Một tài khoản có nhiều nhất {most} mã. Hãy hủy bớt.",
        "An account has {most} tokens at most. Drop some.",
    ),
}

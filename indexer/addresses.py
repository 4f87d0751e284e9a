"""Which addresses are one: `http` and `https`, `www.`, `m.` and AMP, tracking parameters, archives' copies.

The rules are the tables below. courlan knows the parameters of trackers; what only Vietnamese papers and
apps append, and what courlan takes for a tracker though it may name an article, is told here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import (
    SplitResult,
    parse_qs,
    parse_qsl,
    quote,
    unquote,
    urlencode,
    urljoin,
    urlsplit,
    urlunsplit,
)

from courlan.clean import clean_query, decode_punycode

from indexer.language.normalise import nfc

_WEB = ("http", "https")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_HOSTS = re.compile(r"^(?:(?:www\d?|m|mobile|amp|wap|touch)\.)+(?=[^.]+\.)")
"""Names of servers before a paper's own that give the same articles in another dress."""
_PATHS = (
    (re.compile(r"^/amp(?=/.)", re.IGNORECASE), ""),
    (re.compile(r"[/.]amp/?$", re.IGNORECASE), ""),
    (re.compile(r"\.amp(?=\.(?:html?|chn|vnp|epi|tpo|htm)$)", re.IGNORECASE), ""),
    (re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE), "/"),
    (re.compile(r";jsessionid=[^/?]*", re.IGNORECASE), ""),
    (re.compile(r"//+"), "/"),
)
"""Parts of a path that say how an article is shown, or nothing."""
_DRESS = frozenset(
    {"amp", "outputtype", "print", "mobile", "m", "gidzl", "zarsrc", "vnn_source", "_ga"}
)
"""Parameters that say how an article is shown, or where a reader came from."""
_MAY_NAME = re.compile(r"(?:c|cl|e|u)id|source|medium|keyword|ref|session")
"""Parameters that courlan takes for trackers; with a number they name an article in some papers."""
_COPY = re.compile(r"/\d{4,14}(?:[a-z]{2}_)?/(?P<url>https?:/.+)$", re.IGNORECASE | re.DOTALL)
"""The Wayback Machine, pywb and archive.today have the original address behind the time of the copy."""
_AMP_CACHE = re.compile(r"/(?:amp|[cvi])/(?:s/)?(?P<url>[^/]+\..+)$", re.DOTALL)
_AMP_HOSTS = re.compile(r"(?:^|\.)cdn\.ampproject\.org$|^(?:www\.)?google\.[a-z.]+$")
_LEADING = {
    "l.facebook.com": "u", "lm.facebook.com": "u", "www.google.com": "url", "google.com": "url",
    "link.zhihu.com": "target", "out.reddit.com": "url", "t.umblr.com": "z",
}  # fmt: skip
"""Servers that lead elsewhere, and the parameter that says where."""
_DEEPEST = 4
_NO_PARTS = urlsplit("")
_KEPT = "/:@!$&'()*+,;=~-._"


@lru_cache(maxsize=1 << 14)
def address_key(url: str) -> str:
    """What all addresses of one article share, such as ``bao.vn/tin-1.html?id=2``.

    An address that cannot be read is its own key.
    """
    parts = split_address(original_address(url))
    if not parts.netloc:
        return url.strip()
    path = nfc(unquote(parts.path))
    for pattern, instead in _PATHS:
        path = pattern.sub(instead, path)
    query = urlencode(sorted(_telling(parts.query)))
    fragment = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    host = _HOSTS.sub("", _host(parts))
    return f"{host}{path.rstrip('/')}{'?' if query else ''}{query}{fragment}"


def clean_address(url: str) -> str:
    """An address to show and to follow: the original one, without what only tells where a reader came from."""
    original = original_address(url.strip())
    parts = split_address(original)
    if parts.scheme.lower() not in _WEB or not parts.netloc:
        return original
    telling = _telling(parts.query)
    told = parse_qsl(parts.query, keep_blank_values=True)
    # As it was where nothing is left out: servers may know one way of writing alone.
    query = parts.query if len(telling) == len(told) else urlencode(telling)
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit((parts.scheme.lower(), parts.netloc, parts.path, query, fragment))


def original_address(url: str) -> str:
    """The address of which another is a copy in an archive, a cache, or a way to it."""
    for _ in range(_DEEPEST):
        inner = _inside(url)
        if inner is None:
            break
        url = inner
    return url


def _inside(url: str) -> str | None:
    parts = split_address(url)
    if parts.scheme.lower() not in _WEB:
        return None
    host = parts.netloc.lower()
    if match := _COPY.search(url[len(parts.scheme) + 3 :]):
        # Behind some proxies one of the two slashes is lost.
        return re.sub(r"^(https?):/(?!/)", r"\1://", match["url"])
    if _AMP_HOSTS.search(host) and (match := _AMP_CACHE.match(parts.path)):
        query = f"?{parts.query}" if parts.query else ""
        return f"https://{match['url']}{query}"
    if host in _LEADING:
        values = parse_qs(parts.query)
        found = values.get(_LEADING[host]) or values.get("q") or []
        return next((one for one in found if one.startswith(("http://", "https://"))), None)
    return None


def split_address(url: str) -> SplitResult:
    """The parts of an address; all of them are empty where it cannot be read."""
    try:
        return urlsplit(url.strip())
    except ValueError:
        return _NO_PARTS


def join_address(base: str, link: str) -> str | None:
    """Where a link of a page leads; None where it, or the page's address, cannot be read."""
    try:
        joined = urljoin(base, link)
        urlsplit(joined)
    except ValueError:
        return None
    return joined


def _host(parts: SplitResult) -> str:
    host = parts.netloc.rpartition("@")[2].lower()
    for port in _DEFAULT_PORTS.values():
        host = host.removesuffix(port)
    return decode_punycode(host).rstrip(".")


def _telling(query: str) -> list[tuple[str, str]]:
    """The parameters that tell articles apart."""
    return [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if not _is_tracker(name.lower(), value)
    ]


def _is_tracker(name: str, value: str) -> bool:
    if name in _DRESS:
        return True
    if _MAY_NAME.fullmatch(name) and value.isdecimal():
        return False
    return _is_known_tracker(name)


@lru_cache(maxsize=1 << 10)
def _is_known_tracker(name: str) -> bool:
    return not clean_query(f"{quote(name)}=1")

"""Memory of reading an archive: flat, however many articles one file holds.

    python -m benchmarks.memory [--sizes 1000,50000] [--kind NAME]

Each kind of file is written with few and with many articles, and read in a process of its own. The
last rows are hostile: one line of a gigabyte, and a bomb.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import click
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

_SENTENCE = "nước lũ về trong đêm dân xã ven đê đã sơ tán mưa lớn kéo dài đường sạt lở"
_GIGABYTE = 1 << 30


def _articles(count: int) -> Iterator[tuple[str, str, str]]:
    """Address, headline and body of made-up articles of about 2,500 characters."""
    chance, words = random.Random(count), _SENTENCE.split()
    for number in range(count):
        body = "\n".join(" ".join(chance.choices(words, k=60)) + "." for _ in range(9))
        yield f"https://bao.example/tin-{number}.html", f"Tin số {number}", body


def _page(title: str, body: str) -> bytes:
    paragraphs = "".join(f"<p>{line}</p>" for line in body.split("\n"))
    page = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}"
    return f"{page}</article></body></html>".encode()


def _jsonl(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for url, title, body in _articles(count):
            print(json.dumps({"url": url, "title": title, "body": body}), file=stream)


def _json(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write("[")
        for number, (url, title, body) in enumerate(_articles(count)):
            stream.write(
                "," * (number > 0) + json.dumps({"url": url, "title": title, "body": body})
            )
        stream.write("]")


def _csv(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["url", "title", "body"])
        writer.writerows(_articles(count))


def _zip(path: Path, count: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (_, title, body) in enumerate(_articles(count)):
            archive.writestr(f"{number % 100}/{number}.html", _page(title, body))


def _tar(path: Path, count: int) -> None:
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for number, (_, title, body) in enumerate(_articles(count)):
            page = _page(title, body)
            member = tarfile.TarInfo(f"{number % 100}/{number}.html")
            member.size = len(page)
            archive.addfile(member, io.BytesIO(page))


def _warc(path: Path, count: int) -> None:
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for url, title, body in _articles(count):
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")])
            headers.protocol = "HTTP/1.1"
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=io.BytesIO(_page(title, body)), http_headers=headers
                )
            )


def _rss(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write('<?xml version="1.0"?><rss version="2.0"><channel><title>Báo</title>')
        for url, title, body in _articles(count):
            stream.write(
                f"<item><title>{title}</title><link>{url}</link>"
                f"<description>{escape(body)}</description></item>"
            )
        stream.write("</channel></rss>")


def _wordpress(path: Path, count: int) -> None:
    namespaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:wp="http://wordpress.org/export/1.2/"'
    )
    with path.open("w", encoding="utf-8") as stream:
        stream.write(f'<?xml version="1.0"?><rss version="2.0" {namespaces}><channel>')
        stream.write("<title>Báo</title><wp:wxr_version>1.2</wp:wxr_version>")
        for url, title, body in _articles(count):
            stream.write(
                f"<item><title>{title}</title><link>{url}</link><wp:post_type>post</wp:post_type>"
                f"<wp:status>publish</wp:status>"
                f"<content:encoded><![CDATA[{body}]]></content:encoded></item>"
            )
        stream.write("</channel></rss>")


def _line(path: Path, _: int) -> None:
    with path.open("wb") as stream:
        stream.write(b'{"title": "')
        for _ in range(_GIGABYTE >> 20):
            stream.write(b"a" * (1 << 20))
        stream.write(b'"}\n{"title": "Sau", "body": "B\xc3\xa0i sau."}\n')


def _bomb(path: Path, _: int) -> None:
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for _ in range(4 * _GIGABYTE >> 20):
            stream.write(bytes(1 << 20))


KINDS: dict[str, tuple[str, Callable[[Path, int], None]]] = {
    "JSON Lines": ("a.jsonl", _jsonl),
    "a list of JSON": ("a.json", _json),
    "CSV": ("a.csv", _csv),
    "pages in zip": ("a.zip", _zip),
    "pages in tar.gz": ("a.tar.gz", _tar),
    "WARC.gz": ("a.warc.gz", _warc),
    "RSS": ("a.rss", _rss),
    "WordPress": ("a.xml", _wordpress),
}
HOSTILE: dict[str, tuple[str, Callable[[Path, int], None]]] = {
    "a line of 1 GB": ("a.jsonl", _line),
    "4 GB of zeros in gzip": ("a.jsonl.gz", _bomb),
}


def _read(path: Path) -> None:
    """Read a file; print how many articles and faults it gave, and the peak of memory in MB."""
    from indexer.article import Article
    from indexer.errors import ParseError
    from indexer.parsing import FieldMap, parse_file

    articles = faults = 0
    for one in parse_file(path, FieldMap()):
        articles += isinstance(one, Article)
        faults += isinstance(one, ParseError)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    click.echo(f"{articles} {faults} {peak}")


def _measure(name: str, file: str, write: Callable[[Path, int], None], count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, file)
        write(path, count)
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", "--read", str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        seconds, size = time.perf_counter() - started, path.stat().st_size / 1e6
    articles, faults, peak = done.stdout.split()
    click.echo(
        f"{name:24} {size:9.1f} MB {articles:>8} articles {faults:>3} faults {peak:>6} MB {seconds:7.1f} s"
    )


@click.command()
@click.option("--sizes", default="1000,50000", show_default=True)
@click.option("--kind", multiple=True, help="One kind alone.")
@click.option("--read", type=click.Path(exists=True, path_type=Path), hidden=True)
def main(sizes: str, kind: tuple[str, ...], read: Path | None) -> None:
    """Print the peak of memory a kind of file and size."""
    if read is not None:
        _read(read)
        return
    for name, (file, write) in KINDS.items():
        for size in map(int, sizes.split(",")) if not kind or name in kind else ():
            _measure(name, file, write, size)
    for name, (file, write) in HOSTILE.items():
        if not kind or name in kind:
            _measure(name, file, write, 0)


if __name__ == "__main__":
    main()

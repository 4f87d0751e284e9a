"""The application as other servers load it: the archive is named by `KHOBAO_ARCHIVE`.

Kho Báo is served by `khobao serve`; this is for `benchmarks.load`, which compares it with other servers.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path

from search.archive import Archive
from webapp import create_app
from webapp.operations import Settings
from webapp.state import FACETS

_opened = Archive.open(Path(os.environ["KHOBAO_ARCHIVE"]))
_opened.warm(FACETS)
gc.collect()
gc.freeze()
app = create_app(_opened, Settings(rate_limit=""))

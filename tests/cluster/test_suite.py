"""The engine in a real cluster: the tests of `search/` and `webapp/` know no difference."""

import subprocess
import sys

from tests.cluster.cluster import Cluster
from tests.conftest import ROOT


def test_the_tests_of_search_and_webapp_pass_on_it(cluster: Cluster) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "tests/search", "tests/webapp"]
    engine = ["--engine", "opensearch", "--hosts", ",".join(cluster.hosts)]
    done = subprocess.run(
        [*command, *engine, "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout

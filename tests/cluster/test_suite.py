"""The engine in a real cluster: the tests of `search/` and `webapp/` know no difference."""

from tests.cluster.cluster import Cluster
from tests.engines.suite import check_suite


def test_the_tests_of_search_and_webapp_pass_on_it(cluster: Cluster) -> None:
    check_suite("--engine", "opensearch", "--hosts", ",".join(cluster.hosts))

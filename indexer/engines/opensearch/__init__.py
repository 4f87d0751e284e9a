"""The engine that keeps an archive in an OpenSearch cluster."""

from indexer.engines.opensearch.cluster_file import holds_cluster, remember_address
from indexer.engines.opensearch.connection import ClusterAddress
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.layout import ClusterFields

__all__ = [
    "ClusterAddress",
    "ClusterFields",
    "OpenSearchEngine",
    "holds_cluster",
    "remember_address",
]

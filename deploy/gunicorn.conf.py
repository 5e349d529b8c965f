"""The web process: threads, so that a page that waits for PostgreSQL does not hold a whole process."""

import os
import tempfile
from typing import Any

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# A worker is renewed now and then, each at its own moment: memory that a library leaks is given back.
max_requests, max_requests_jitter = 20_000, 2_000
# Heartbeats in memory: on a busy disk a worker would be taken for dead.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn's own advice for containers
timeout, graceful_timeout, keepalive = 60, 30, 75
control_socket_disable = True

# Before the application is loaded: the figures of /metrics are added up from a file of each process.
if os.environ.get("METRICS_TOKEN"):
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="metrics-"))


def child_exit(server: Any, worker: Any) -> None:
    """A process that is gone no longer counts in the gauges."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)

"""`python deploy/health.py web|beat`: what the containers' health checks run; exit code 0 when well.

The workers are asked by `celery inspect ping`, in docker-compose.yml.
"""

import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

# celery's scheduler writes its file at least every three minutes.
BEAT_SILENT_AFTER = 400.0


def web_answers() -> bool:
    """Whether this container's web process answers; whether PostgreSQL and Redis do is /readyz's to tell."""
    url = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=4) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def beat_ticks(schedule: Path) -> bool:
    """Whether the scheduler has written its file of late."""
    files = list(schedule.parent.glob(f"{schedule.name}*"))
    return any(time.time() - file.stat().st_mtime < BEAT_SILENT_AFTER for file in files)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["web"]:
            return 0 if web_answers() else 1
        case ["beat", schedule]:
            return 0 if beat_ticks(Path(schedule)) else 1
        case _:
            sys.stderr.write("python deploy/health.py web | beat SCHEDULE\n")
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

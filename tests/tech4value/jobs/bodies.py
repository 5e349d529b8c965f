"""Bodies of jobs for the tests; also loaded by the worker that a test starts and kills."""

import time

from portfolio.people.models import Pole
from tech4value.audit.writing import create
from tech4value.jobs.registry import JobError, RunningJob, job
from tech4value.tenancy.tasks import TemporaryError

failures: list[str] = []


def note_failure(running: RunningJob, message: str) -> None:
    failures.append(message)


@job("tests.pole", after_failure=note_failure)
def make_pole(running: RunningJob) -> None:
    """Writes a row, then does as `params["then"]` says."""
    running.progress(1, 2, "Le pôle est écrit")
    create(running.actor, Pole(code=running.params.get("code", "JOB"), name="Fait par un traitement"))
    then = running.params.get("then")
    if then == "refuse":
        raise JobError("La feuille Budget est vide : ajoutez au moins une ligne.")
    if then == "crash":
        raise ZeroDivisionError("secret détail technique")
    if then == "later":
        raise TemporaryError("try again")
    time.sleep(running.params.get("seconds", 0))
    running.progress(2, 2, "Terminé")
    running.result = {"poles": 1}
    running.result_url = "/t/atelier/people/"


@job("tests.slow_once")
def slow_at_first(running: RunningJob) -> None:
    """Hangs at the first attempt, so that a test can kill its worker; quick at the next."""
    from tech4value.jobs.models import Job

    create(running.actor, Pole(code="ONCE", name="Une seule fois"))
    if Job.objects.get(pk=running.id).attempts < 2:
        time.sleep(60)

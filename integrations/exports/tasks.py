"""The job that makes the file of a plan."""

from integrations.exports.actions import JOB, make_plan_export
from tech4value.jobs.registry import RunningJob, job


@job(JOB)
def export_plan(running: RunningJob) -> None:
    """Write the file."""
    make_plan_export(running)

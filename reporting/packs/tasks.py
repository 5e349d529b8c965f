"""The job that draws a pack, on the queue of PDFs."""

from django.urls import reverse
from django.utils.translation import gettext as _

from reporting.packs.actions import RENDER, render_pack
from reporting.packs.models import Pack
from tech4value.jobs.registry import JobError, RunningJob, job


@job(RENDER, queue="pdf")
def render(running: RunningJob) -> None:
    """All or nothing: run again after an interruption it finds no file, and makes one."""
    pack = Pack.objects.select_related("created_by").filter(pk=running.params["pack"]).first()
    if pack is None:
        raise JobError(_("Ce dossier n’existe plus."))
    running.progress(1, 3, _("Mise en page du dossier"))
    running.file = pack.file or render_pack(actor=running.actor, pack=pack)
    running.result_url = reverse("packs:detail", args=[pack.pk])
    running.progress(3, 3, "")

"""The demo mailbox: what the demo would have sent."""

from django.db import models
from django.db.models.functions import Now


class DemoMail(models.Model):
    """A message kept instead of sent. Filled in the demo and in tests only; global, like mail itself."""

    recipients = models.JSONField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.subject

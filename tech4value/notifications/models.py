"""Messages to people and channels, what they chose, the outbox, and the demo mailbox."""

from datetime import time
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tech4value.accounts.models import Membership
from tech4value.audit.models import AuditEvent
from tech4value.notifications.kinds import counted
from tech4value.tenancy.encryption import decrypt, encrypt
from tech4value.tenancy.models import EditableModel, Tenant, TenantModel


class Rhythm(models.TextChoices):
    AT_ONCE = "at_once", _("Aussitôt")
    DAILY = "daily", _("Un résumé par jour")
    WEEKLY = "weekly", _("Un résumé par semaine")


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("lundi")
    TUESDAY = 1, _("mardi")
    WEDNESDAY = 2, _("mercredi")
    THURSDAY = 3, _("jeudi")
    FRIDAY = 4, _("vendredi")
    SATURDAY = 5, _("samedi")
    SUNDAY = 6, _("dimanche")


class Level(models.TextChoices):
    """How much one wants to hear of a project."""

    FOLLOW = "follow", _("Tout suivre")
    CONCERNED = "concerned", _("Ce qui me concerne")
    IMPORTANT = "important", _("L’important seulement")
    MUTED = "muted", _("Rien")


class MessageSettings(EditableModel):
    """What a member chose; without a row, the defaults hold.

    `channels` keeps what differs from the kinds' own defaults: {kind: {"app": bool, "email": bool}}. Hours and quiet
    time are read in `time_zone`, the tenant's when empty.
    """

    member = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="message_settings")
    channels = models.JSONField(_("canaux"), default=dict, blank=True)
    rhythm = models.CharField(_("rythme des e-mails"), max_length=8, choices=Rhythm, default=Rhythm.AT_ONCE)
    digest_hour = models.PositiveSmallIntegerField(
        _("heure du résumé"), default=8, validators=[MinValueValidator(0), MaxValueValidator(23)]
    )
    digest_weekday = models.PositiveSmallIntegerField(_("jour du résumé"), choices=Weekday, default=Weekday.MONDAY)
    time_zone = models.CharField(_("fuseau horaire"), max_length=60, blank=True)
    quiet_from = models.TimeField(_("pas d’e-mail après"), null=True, blank=True, default=time(20))
    quiet_until = models.TimeField(_("ni avant"), null=True, blank=True, default=time(7))

    class Meta(EditableModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.member)

    @property
    def zone(self) -> ZoneInfo:
        """Where the member reads clocks."""
        return ZoneInfo(self.time_zone or self.tenant.time_zone)


class ProjectLevel(EditableModel):
    """How much a member wants to hear of one project; CONCERNED has no row. No key to projects, which stand above."""

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    project_id = models.UUIDField()
    level = models.CharField(_("suivi"), max_length=9, choices=Level, default=Level.CONCERNED)

    class Meta(EditableModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "member", "project_id"],
                condition=models.Q(deleted_at=None),
                name="project_level_once",
            )
        ]
        indexes = [models.Index(fields=["tenant", "project_id"], name="project_level_project")]

    def __str__(self) -> str:
        return f"{self.get_level_display()}"


class TeamsWebhook(EditableModel):
    """A Teams channel that is told of the organisation, or of one project. Its address is a secret: whoever has it
    may post, hence it is kept encrypted and never shown again."""

    project_id = models.UUIDField(null=True, blank=True)
    name = models.CharField(_("canal"), max_length=80)
    sealed_url = models.TextField()
    host = models.CharField(max_length=253)
    only_important = models.BooleanField(_("l’important seulement"), default=False)
    is_active = models.BooleanField(_("actif"), default=True)
    last_sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    last_error_at = models.DateTimeField(null=True)

    class Meta(EditableModel.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The address to post to. Raises UnreadableSecretError after a change of key."""
        return decrypt(self.sealed_url)

    @url.setter
    def url(self, value: str) -> None:
        self.sealed_url = encrypt(value)


class Notification(TenantModel):
    """One message to a member or to a Teams channel: `count` events of one kind that came in one act.

    `facts` are language-neutral; the kind makes the sentence from them when it is read. `last_seq` is the seal of the
    last event counted, so that reading the journal again counts none twice.
    """

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, related_name="+")
    webhook = models.ForeignKey(TeamsWebhook, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    event = models.ForeignKey(AuditEvent, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=120)
    count = models.PositiveIntegerField(default=1)
    last_seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor_label = models.CharField(max_length=200)
    reason = models.CharField(max_length=20)
    permission = models.CharField(max_length=40)
    # Of the project when there is one; of none or of several: null, and `projects` lists them.
    project_id = models.UUIDField(null=True)
    project_name = models.CharField(max_length=160, blank=True)
    projects = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    in_app = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-at", "-id"]
        constraints = [
            # Exactly once in effect, however often the journal is read.
            models.UniqueConstraint(
                fields=["tenant", "member", "event"], condition=models.Q(webhook=None), name="notification_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "webhook", "event"], condition=models.Q(member=None), name="notification_post_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "member", "kind", "act"],
                condition=models.Q(webhook=None),
                name="notification_act",
            ),
            models.UniqueConstraint(
                fields=["tenant", "webhook", "kind", "act"],
                condition=models.Q(member=None),
                name="notification_post_act",
            ),
            models.CheckConstraint(
                condition=models.Q(member__isnull=True) ^ models.Q(webhook__isnull=True),
                name="notification_one_recipient",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "member", "-at"], name="notification_member"),
            models.Index(fields=["tenant", "act"], name="notification_of_act"),
            models.Index(
                fields=["tenant", "member"],
                condition=models.Q(read_at=None, in_app=True),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def counted(self) -> str:
        """`count`, in the language in force."""
        return counted(self.count)

    @property
    def project_ids(self) -> list[str]:
        """Every project that it speaks of."""
        return [str(self.project_id)] if self.project_id else list(self.projects)


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    TEAMS = "teams", _("Teams")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("En attente")
    SENT = "sent", _("Envoyé")
    SKIPPED = "skipped", _("Sans objet")
    FAILED = "failed", _("Échoué")


class Delivery(TenantModel):
    """The outbox: one row a message and channel, written with the message, gone through until it is over."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=5, choices=Channel)
    state = models.CharField(_("état"), max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "notification", "channel"], name="delivery_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "next_at"], condition=models.Q(state="waiting"), name="delivery_due")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class JournalCursor(TenantModel):
    """How far the tenant's journal has been read for messages, and the day up to which lateness has been told."""

    seq = models.BigIntegerField(default=0)
    late_until = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="journal_cursor_once")]

    def __str__(self) -> str:
        return str(self.seq)


class DueTenant(models.Model):
    """When a tenant next has something to read or to send. Global, nothing in it but that: spares asking them all."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, primary_key=True, related_name="+")
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class DemoMail(models.Model):
    """A message kept instead of sent. Filled in the demo and in tests only; global, like mail itself."""

    recipients = models.JSONField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.subject

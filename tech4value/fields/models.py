"""Definitions of custom fields. Values live in the JSONB column `custom_fields` of the rows, by key."""

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tech4value.fields.domain import Kind, Option, Spec
from tech4value.tenancy.models import EditableModel


class FieldKind(models.TextChoices):
    """The kinds of `domain.Kind`, in words."""

    TEXT = Kind.TEXT, _("Texte")
    LONG_TEXT = Kind.LONG_TEXT, _("Texte long")
    NUMBER = Kind.NUMBER, _("Nombre")
    MONEY = Kind.MONEY, _("Montant")
    DATE = Kind.DATE, _("Date")
    YES_NO = Kind.YES_NO, _("Oui ou non")
    CHOICE = Kind.CHOICE, _("Choix")
    CHOICES = Kind.CHOICES, _("Plusieurs choix")
    PERSON = Kind.PERSON, _("Personne")
    LINK = Kind.LINK, _("Lien")


class FieldDefinition(EditableModel):
    """A field that the company adds to the rows of `target`. Its key is what values, files and the API name it by."""

    target = models.CharField(_("fiches"), max_length=20)
    key = models.CharField(
        _("clé"),
        max_length=40,
        validators=[
            RegexValidator(
                r"\A[a-z][a-z0-9_]*\Z",
                _("Une clé s’écrit en minuscules sans accent, chiffres et « _ », et commence par une lettre."),
            )
        ],
    )
    label = models.CharField(_("libellé"), max_length=80)
    label_en = models.CharField(_("libellé anglais"), max_length=80, blank=True)
    kind = models.CharField(_("nature"), max_length=10, choices=FieldKind)
    unit = models.CharField(_("unité"), max_length=12, blank=True)
    decimals = models.PositiveSmallIntegerField(_("décimales"), default=0, validators=[MaxValueValidator(6)])
    options = models.JSONField(_("choix"), default=list, blank=True)
    is_required = models.BooleanField(_("obligatoire"), default=False)
    help_text = models.CharField(_("aide"), max_length=200, blank=True)
    position = models.PositiveIntegerField(_("rang"), default=0)
    in_packs = models.BooleanField(_("dans les dossiers de Copil"), default=False)
    is_archived = models.BooleanField(_("archivé"), default=False)

    class Meta(EditableModel.Meta):
        ordering = ["target", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "target", "key"], condition=models.Q(deleted_at=None), name="field_definition_key"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def name(self) -> str:
        """The label in the language in force."""
        return self.label_en if (get_language() or "fr").startswith("en") and self.label_en else self.label

    @property
    def spec(self) -> Spec:
        """What decides on values."""
        decimals = 2 if self.kind == Kind.MONEY else self.decimals
        return Spec(Kind(self.kind), decimals, self.choices)

    @property
    def choices(self) -> tuple[Option, ...]:
        """The options, in order."""
        return tuple(Option(one["key"], one["label"], one.get("label_en", "")) for one in self.options)

    @property
    def form_name(self) -> str:
        """The name of its form field, of its parameter and of its column."""
        return f"custom_{self.key}"

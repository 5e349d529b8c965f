"""Forms of the imports: a file, where it goes, who its resources are."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.imports.conversion import ACCEPTED, is_available
from integrations.imports.domain.problem import ImportProblem, ProblemCode
from integrations.imports.messages import sentence
from integrations.imports.models import Import, ImportKind
from integrations.imports.plan_changes import NEW, SKIP
from integrations.imports.workbook_changes import MAX_BYTES
from portfolio.people.models import Person, Pole
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.search.fields import KeyField, RowField


class ImportFileField(forms.FileField):
    """A file of at most 20 MB; what it holds is judged by its reader, in a sentence."""

    def __init__(self, *, accept: str, **kwargs: Any) -> None:
        widget = forms.FileInput(attrs={"accept": accept})
        super().__init__(allow_empty_file=True, widget=widget, **kwargs)
        self.error_messages["required"] = gettext_lazy("Choisissez le fichier à importer.")

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | None:
        file: UploadedFile | None = super().clean(data, initial)
        if file is not None and (file.size or 0) > MAX_BYTES:
            params = {"size": str(file.size), "limit": str(MAX_BYTES)}
            raise ValidationError(sentence(ImportProblem(ProblemCode.TOO_LARGE, params=params)))
        return file


class WorkbookForm(forms.Form):
    file = ImportFileField(
        label=gettext_lazy("Classeur rempli"),
        accept=".xlsx",
        help_text=gettext_lazy("Un classeur .xlsx de 20 Mo et de 50 000 lignes par feuille au plus."),
    )


class PlanFileForm(forms.Form):
    """The file alone: to mend one that is there already. It says which formats this server reads."""

    file = ImportFileField(
        label=gettext_lazy("Fichier du plan"),
        accept=ACCEPTED,
        help_text=gettext_lazy(
            "Microsoft Project (.mpp ou « Format XML »), Primavera P6 (.xer, .xml) et une vingtaine d’autres "
            "formats. 20 Mo et 50 000 tâches au plus."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_available():
            self.fields["file"].help_text = _(
                "Dans Microsoft Project : Fichier, Enregistrer sous, « Format XML ». 20 Mo et 50 000 tâches au plus. "
                "Les autres formats (.mpp, Primavera…) demandent d’installer Java et MPXJ sur ce serveur : "
                "l’administrateur trouve comment dans le manuel d’exploitation."
            )
            self.fields["file"].widget.attrs["accept"] = ".xml"


class PlanForm(PlanFileForm):
    """The file, and the project that it goes into: one there is, or a new one."""

    code = forms.CharField(
        label=gettext_lazy("Code du nouveau projet"),
        max_length=20,
        error_messages={"required": gettext_lazy("Choisissez un projet, ou donnez le code du nouveau.")},
    )
    name = forms.CharField(
        label=gettext_lazy("Nom du nouveau projet"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Vide : le titre du fichier."),
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Made here, within the tenant.
        self.fields["project"] = RowField(
            Project.objects.visible_to(member, Permission.PLAN_EDIT),
            permission=Permission.PLAN_EDIT,
            label=_("Projet"),
            required=False,
            empty_label=_("Un nouveau projet"),
        )
        self.fields["pole"] = forms.ModelChoiceField(
            Pole.objects.all(),
            label=_("Pôle du nouveau projet"),
            empty_label=_("Choisir un pôle"),
            error_messages={"required": _("Choisissez le pôle du nouveau projet.")},
        )
        if self.data.get(self.add_prefix("project")) or self.data.get(self.add_prefix("project_text")):
            self.fields["code"].required = self.fields["pole"].required = False
        self.may_create = member.can(Permission.PROJECT_CREATE)

    @property
    def new_project(self) -> dict[str, str] | None:
        """The project to be created, as the action takes it."""
        data = self.cleaned_data
        if data["project"] is not None:
            return None
        return {"code": data["code"].upper(), "name": data["name"], "pole": str(data["pole"].pk)}


class ChoicesForm(forms.Form):
    """Who each resource of a plan is, and whether dates are computed again."""

    reschedule = forms.BooleanField(
        label=gettext_lazy("Recalculer les dates des tâches automatiques"),
        help_text=gettext_lazy(
            "Sinon, les dates restent celles du fichier jusqu’à la prochaine modification du plan."
        ),
        required=False,
    )

    def __init__(self, *args: Any, row: Import, member: Membership, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"reschedule": row.preview.get("reschedule", False)})
        super().__init__(*args, **kwargs)
        creation = [(NEW, _("Créer une personne externe"))] if member.can(Permission.PEOPLE_EDIT) else []
        choices = [*creation, (SKIP, _("Ne pas reprendre"))]
        memo: dict[str, Any] = {}
        self.resources = row.preview.get("resources", [])
        for resource in self.resources:
            field = KeyField(
                Person.objects.all(),
                label=resource["name"],
                extra=choices,
                initial=row.preview["people"].get(resource["uid"]),
                empty_label=None,
            )
            field.widget.memo = memo
            self.fields[f"resource_{resource['uid']}"] = field

    @property
    def people(self) -> dict[str, str]:
        """The choice of each resource."""
        return {one["uid"]: self.cleaned_data[f"resource_{one['uid']}"] for one in self.resources}

    def rows(self) -> list[tuple[dict[str, Any], forms.BoundField]]:
        """Each resource with its list."""
        return [(one, self[f"resource_{one['uid']}"]) for one in self.resources]


class ProblemFilterForm(forms.Form):
    """Which problems of a preview are shown."""

    def __init__(self, *args: Any, row: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = {one["sheet"] for one in row.preview.get("problems", []) if one["sheet"]}
        sheets = [("", _("Toutes les feuilles")), *((title, title) for title in sorted(titles))]
        severities = [
            ("", _("Erreurs et avertissements")),
            ("error", _("Erreurs")),
            ("warning", _("Avertissements")),
        ]
        if row.kind != ImportKind.TABLE:  # which has one sheet, or none
            self.fields["sheet"] = forms.ChoiceField(label=_("Feuille"), choices=sheets, required=False)
        self.fields["severity"] = forms.ChoiceField(label=_("Gravité"), choices=severities, required=False)

"""What the style guide shows: invented, with the names and numbers that break layouts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tech4value.figures import formats
from tech4value.figures.chart import (
    AreaBand,
    BarChart,
    Bullet,
    BulletChart,
    Chart,
    Donut,
    Heatmap,
    LineChart,
    Milestone,
    MilestoneTimeline,
    Series,
    Step,
    Waterfall,
)
from tech4value.figures.figure import Figure, Input, RowRef

TODAY: Final = date(2026, 3, 12)
NOW: Final = datetime(2026, 3, 12, 8, 42, tzinfo=UTC)
MONTHS: Final = tuple(formats.month(date(2026, month, 1), "fr", year=False) for month in range(1, 13))
POLES: Final = ("Systèmes d’information", "Production", "Commerce et marketing", "Ressources humaines")

TOKENS: Final = {
    "Neutres": [f"neutral-{step}" for step in range(1, 13)],
    "Accent": ["accent", "accent-hover", "accent-soft", "accent-line", "accent-text"],
    "Statut": [
        "good",
        "good-soft",
        "good-text",
        "warning",
        "warning-soft",
        "warning-text",
        "bad",
        "bad-soft",
        "bad-text",
    ],
    "Graphiques": ["chart-plan", "chart-actual", "chart-baseline", *[f"chart-{index}" for index in range(1, 7)]],
}


@dataclass(frozen=True, slots=True)
class SampleProject:
    """A row of the sample table."""

    code: str
    name: str
    manager: str | None
    status: str
    weather: str
    trend: str
    progress: float
    budget: Decimal
    due: date


PROJECTS: Final = (
    SampleProject(
        "ERP-24",
        "Refonte de l’ERP",
        "Camille Durand",
        "on_track",
        "sunny",
        "up",
        0.62,
        Decimal(1240000),
        date(2026, 9, 30),
    ),
    SampleProject(
        "CRM-02",
        "CRM et fidélisation",
        "Nadia Benali",
        "at_risk",
        "cloudy",
        "flat",
        0.35,
        Decimal("340500.5"),
        date(2026, 3, 13),
    ),
    SampleProject(
        "USINE-4.0",
        "Usine connectée : supervision des lignes, maintenance prédictive et traçabilité de bout en bout",
        "Jean-Baptiste de La Rochefoucauld-Montbel",
        "off_track",
        "stormy",
        "down",
        1.12,
        Decimal(-85000),
        date(2026, 2, 1),
    ),
    SampleProject(
        "RH-11", "Parcours d’intégration", None, "not_started", "rainy", "flat", 0, Decimal(0), date(2027, 1, 15)
    ),
    SampleProject(
        "SEC-07",
        "Authentification unique",
        "Li Wei",
        "closed",
        "sunny",
        "flat",
        1,
        Decimal(98000),
        date(2025, 12, 19),
    ),
)


@dataclass(frozen=True, slots=True)
class SampleJob:
    """A job in one of its states."""

    state: str
    total: int = 320

    @property
    def title(self) -> str:
        return _("Import de portefeuille.xlsx")

    @property
    def done(self) -> int:
        return {"running": 134, "done": 320}.get(self.state, 40)

    @property
    def message(self) -> str:
        return {
            "done": _("320 lignes importées."),
            "failed": _(
                "Feuille Risques, ligne 12, colonne Impact : 7 n’est pas compris entre 1 et 5. Rien n’a été importé."
            ),
        }.get(self.state, "")


class SampleForm(forms.Form):
    """Each kind of field."""

    name = forms.CharField(label=gettext_lazy("Nom"), help_text=gettext_lazy("Celui que le comité emploie."))
    phase = forms.ChoiceField(
        label=gettext_lazy("Phase"),
        choices=[("", "—"), ("a", gettext_lazy("Cadrage")), ("b", gettext_lazy("Réalisation"))],
    )
    start = forms.DateField(label=gettext_lazy("Début"), widget=forms.DateInput(attrs={"type": "date"}))
    budget = forms.DecimalField(label=gettext_lazy("Budget"), required=False)
    active = forms.BooleanField(label=gettext_lazy("Suivi en comité"), required=False)
    method = forms.ChoiceField(
        label=gettext_lazy("Méthode"),
        widget=forms.RadioSelect,
        choices=[
            ("agile", gettext_lazy("Agile")),
            ("waterfall", gettext_lazy("Cascade")),
            ("hybrid", gettext_lazy("Hybride")),
        ],
    )
    comment = forms.CharField(
        label=gettext_lazy("Commentaire"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SampleFilters(forms.Form):
    """Each kind of filter."""

    q = forms.CharField(label=gettext_lazy("Rechercher un projet"), required=False)
    pole = forms.ChoiceField(
        label=gettext_lazy("Pôle"),
        required=False,
        choices=[("", gettext_lazy("Tous")), *((name, name) for name in POLES)],
    )
    status = forms.MultipleChoiceField(
        label=gettext_lazy("Statut"),
        required=False,
        choices=[
            ("on_track", gettext_lazy("Conforme")),
            ("at_risk", gettext_lazy("À risque")),
            ("off_track", gettext_lazy("En dérive")),
        ],
    )
    late = forms.BooleanField(label=gettext_lazy("En retard"), required=False)


def figures(explain_url: str) -> list[Figure]:
    """Up, down, none, zero, huge."""
    rows = tuple(RowRef(project.name, project.budget, "#", _("Import du 10/03/2026")) for project in PROJECTS[:3])
    return [
        Figure(
            "budget",
            _("Budget engagé"),
            Decimal("1843250.75"),
            "money:EUR",
            formula=_("Somme des montants engagés des projets ouverts"),
            inputs=(Input(_("Projets ouverts"), 4), Input(_("Budget approuvé"), Decimal(2250000), "money:EUR")),
            rows=rows,
            rows_url="#",
            source=_("Importé de portefeuille.xlsx, le 10/03/2026"),
            as_of=NOW,
            previous=Decimal(1790000),
            target=Decimal(2250000),
            good_when="down",
            explain_url=explain_url,
            trend=(1.2, 1.3, 1.32, 1.5, 1.48, 1.6, 1.79, 1.84),
        ),
        Figure(
            "progress",
            _("Avancement"),
            0.64,
            "percent",
            previous=0.58,
            good_when="up",
            explain_url=explain_url,
            trend=(0.2, 0.3, 0.41, 0.5, 0.58, 0.64),
        ),
        Figure(
            "late",
            _("Jalons en retard"),
            3,
            previous=3,
            good_when="down",
            explain_url=explain_url,
            note=_("dont 1 critique"),
        ),
        Figure(
            "load", _("Charge du pôle"), Decimal("12.5"), "fte", previous=Decimal("11.9"), explain_url=explain_url
        ),
        Figure(
            "none",
            _("Rentabilité des projets dont le libellé est particulièrement long"),
            None,
            "percent",
            explain_url=explain_url,
        ),
        Figure(
            "huge",
            _("Portefeuille consolidé"),
            Decimal("98765432109.5"),
            "money:EUR",
            previous=Decimal(98000000000),
            good_when="up",
        ),
    ]


def charts() -> dict[str, Chart]:
    """One of each, with gaps, negatives and long names."""
    plan = Series(_("Prévu"), (120, 120, 140, 160, 160, 150, 150, 90, 150, 160, 160, 120), "plan")
    actual = Series(_("Réel"), (110, 126, 151, *[None] * 9), "actual")
    forecast = Series(_("Prévision"), (None, None, 151, 168, 171, 160, 158, 96, 155, 166, 168, 130), "forecast")
    thousands = [
        Series(one.name, tuple(None if v is None else Decimal(v) * 1000 for v in one.values), one.role)
        for one in (plan, actual, forecast)
    ]
    cumulative = []
    for one in (plan, actual, forecast):
        total = Decimal(0)
        values: list[Decimal | None] = []
        start = Decimal(236000) if one.role == "forecast" else Decimal(0)
        for value in one.values:
            if value is None:
                values.append(None)
                continue
            total += Decimal(value) * 1000
            values.append(total + start)
        cumulative.append(Series(one.name, tuple(values), one.role))
    return {
        "bars": BarChart(_("Budget : 82 % engagé, 3 % au-dessus du plan"), MONTHS, tuple(thousands), "money:EUR"),
        "stacked": BarChart(
            _("Les prestations font la moitié de la dépense"),
            tuple(POLES),
            (
                Series(_("Personnel"), (420, 380, 210, 90)),
                Series(_("Prestations"), (510, 240, 330, 40)),
                Series(_("Licences"), (120, 60, 90, 30)),
            ),
            "days",
            stacked=True,
        ),
        "lying": BarChart(
            _("L’usine connectée porte l’essentiel du dépassement"),
            tuple(project.name for project in PROJECTS),
            (Series(_("Écart"), (12000, -4500, 85000, 0, -1200), "actual"),),
            "money:EUR",
            horizontal=True,
        ),
        "single": BarChart(
            _("Six risques majeurs sont ouverts"),
            ("Mineur", "Modéré", "Majeur", "Critique"),
            (Series(_("Risques"), (4, 12, 6, 1), "actual"),),
        ),
        "lines": LineChart(
            _("La trajectoire dépasse le plan de 4 % en décembre"), MONTHS, tuple(cumulative), "money:EUR", marker=2
        ),
        "band": AreaBand(
            _("Huit chances sur dix de finir avec 0,9 à 1,5 M€"),
            MONTHS,
            tuple(900 - 20 * i for i in range(12)),
            tuple(900 + 50 * i for i in range(12)),
            Series(_("Médiane"), tuple(900 + 12 * i for i in range(12)), "forecast"),
            _("80 % des cas"),
            "count",
        ),
        "heatmap": Heatmap(
            _("Le pôle Production est en surcharge d’avril à juin"),
            POLES,
            MONTHS,
            tuple(
                tuple(None if (i * j) % 13 == 12 else 0.45 + ((i * 7 + j * 5) % 11) / 11 for j in range(12))
                for i in range(4)
            ),
        ),
        "bullet": BulletChart(
            _("Un projet dépasse son budget"),
            tuple(
                Bullet(
                    p.name,
                    abs(p.budget) * Decimal(str(p.progress)),
                    p.budget if p.budget > 0 else None,
                    abs(p.budget) * Decimal("1.1"),
                )
                for p in PROJECTS
            ),
            "money:EUR",
            _("Réel"),
            _("Budget"),
            _("Prévision"),
        ),
        "milestones": MilestoneTimeline(
            _("Deux jalons ont glissé de plus de trois semaines"),
            (
                Milestone("Cahier des charges validé", date(2026, 1, 15), date(2026, 1, 15), "closed"),
                Milestone(
                    "Recette fonctionnelle et technique de toutes les interfaces",
                    date(2026, 4, 20),
                    date(2026, 3, 23),
                    "at_risk",
                ),
                Milestone("Mise en production", date(2026, 7, 1), date(2026, 5, 28), "off_track"),
                Milestone("Bilan", date(2026, 9, 30), None, "not_started"),
            ),
            TODAY,
        ),
        "donut": Donut(
            _("La moitié va aux prestations"),
            ((_("Personnel"), 410), (_("Prestations"), 620), (_("Licences"), 160), (_("Matériel"), 0)),
            "days",
        ),
        "waterfall": Waterfall(
            _("Deux tiers du dépassement viennent du périmètre"),
            (
                Step(_("Référence"), Decimal(420_000), "plan"),
                Step(_("Périmètre"), Decimal(38_000)),
                Step(_("Volume"), Decimal(24_500)),
                Step(_("Taux et prix"), Decimal(-6_200)),
                Step(_("Prévision"), Decimal(476_300), "forecast"),
            ),
            "money:EUR",
        ),
        "empty": BarChart(
            _("Aucune dépense"),
            MONTHS,
            (Series(_("Prévu"), (None,) * 12, "plan"), Series(_("Réel"), (0,) * 12, "actual")),
            "money:EUR",
        ),
    }

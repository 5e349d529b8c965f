"""The four figures of the register, each with the risks that it counts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, F, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.risks.domain import SEVERITY_SCORES, Severity
from portfolio.risks.models import ACTIVE, Risk, RiskQuerySet
from tech4value.audit.origins import origins
from tech4value.figures.figure import Figure, RowRef

KEYS: Final = ("active", "critical", "overdue", "unowned")
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts among the risks that still threaten; `as_of` is when one of those given last changed."""

    active: int
    critical: int
    overdue: int
    unowned: int
    as_of: datetime | None


def conditions(today: date) -> dict[str, Q]:
    """What each figure counts; `score_value` is `RiskQuerySet.scored`."""
    active = Q(status__in=ACTIVE)
    return {
        "active": active,
        "critical": active & Q(score_value__range=SEVERITY_SCORES[Severity.CRITICAL]),
        "overdue": active & Q(due_on__lt=today),
        "unowned": active & Q(owner=None),
    }


def summary(risks: RiskQuerySet, today: date) -> Summary:
    """The counts, in one query."""
    counts = {key: Count("pk", filter=condition) for key, condition in conditions(today).items()}
    row = (
        risks.annotate(score_value=F("probability") * F("impact"))
        .order_by()
        .aggregate(**counts, as_of=Max("updated_at"))
    )
    return Summary(**row)


def register_figures(
    counts: Summary, explain: Callable[[str], str], *, rows: Iterable[RowRef] = (), source: str = ""
) -> tuple[Figure, ...]:
    """The four figures; `explain` gives each one's address by key."""
    shown = tuple(rows)

    def figure(key: str, label: str, value: int, formula: str, note: str = "") -> Figure:
        return Figure(
            key=key,
            label=label,
            value=value,
            formula=formula,
            rows=shown,
            source=source,
            as_of=counts.as_of,
            good_when="down",
            note=note,
            explain_url=explain(key),
        )

    return (
        figure("active", _("Risques actifs"), counts.active, _("Nombre de risques ouverts ou en traitement.")),
        figure(
            "critical",
            _("Risques critiques"),
            counts.critical,
            _("Nombre de risques actifs dont le score (probabilité × impact) est d’au moins 15."),
            note=_("score de 15 à 25"),
        ),
        figure(
            "overdue",
            _("Plans de maîtrise en retard"),
            counts.overdue,
            _("Nombre de risques actifs dont l’échéance est passée."),
        ),
        figure(
            "unowned",
            _("Sans responsable"),
            counts.unowned,
            _("Nombre de risques actifs qui n’ont pas de responsable."),
        ),
    )


def explained_rows(risks: RiskQuerySet, key: str, today: date) -> tuple[tuple[RowRef, ...], str]:
    """The first risks that a figure counts, each worth one, and their sources in words. Two queries."""
    found: list[Risk] = list(risks.worst_first().filter(conditions(today)[key])[:SHOWN])
    known = origins([risk.pk for risk in found])
    entered = _("Saisi à l’écran")
    rows = tuple(
        RowRef(
            label=_("%(project)s · %(risk)s (score %(score)s)")
            % {"project": risk.project.code, "risk": risk, "score": risk.score},
            value=1,
            url=reverse("risks:risk", args=[risk.pk]),
            source=known.get(risk.pk, entered),
        )
        for risk in found
    )
    return rows, ", ".join(sorted({row.source for row in rows}))

"""The certificate of a plan's file: what becomes of each of its fields, kept as JSON, shown and downloaded."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.imports.domain.mspdi_certificate import Certificate, CertificateLine, Example, Fate, certify
from integrations.imports.domain.mspdi_held import Origin
from integrations.imports.domain.mspdi_writer import write_mspdi
from integrations.imports.mspdi_words import field_words
from integrations.imports.plan_changes import PlanChanges
from integrations.imports.plan_held import held_of_changes
from tech4value.figures.spreadsheet import csv_bytes

Json = dict[str, Any]

OWNERS: dict[str, Promise] = {
    "Project": gettext_lazy("Projet"),
    "Calendar": gettext_lazy("Calendrier"),
    "Task": gettext_lazy("Tâche"),
    "Resource": gettext_lazy("Ressource"),
    "Assignment": gettext_lazy("Affectation"),
}
FATES: dict[Fate, tuple[Promise, Promise]] = {
    Fate.HELD: (
        gettext_lazy("Dans le plan"),
        gettext_lazy("Repris dans le plan, modifiable ici, écrit dans tout export."),
    ),
    Fate.ASIDE: (
        gettext_lazy("Conservé tel quel"),
        gettext_lazy(
            "Gardé avec le plan et réécrit mot pour mot à l’export. Un outil qui ne garde que le plan le perdrait."
        ),
    ),
    Fate.CHANGED: (gettext_lazy("Écrit autrement"), gettext_lazy("Modifié ici depuis : la valeur d’ici est écrite.")),
    Fate.STALE: (
        gettext_lazy("À recalculer"),
        gettext_lazy("Calculé à partir de ce qui a changé : le logiciel qui ouvre le fichier le recalcule."),
    ),
    Fate.REMOVED: (
        gettext_lazy("Supprimé avec sa ligne"),
        gettext_lazy("La tâche, l’affectation ou le lien n’existe plus ici."),
    ),
    Fate.HIDDEN: (
        gettext_lazy("Réservé"),
        gettext_lazy("Taux et coûts, que votre rôle ne permet pas de voir : ils ne sont pas écrits."),
    ),
    Fate.LOST: (gettext_lazy("Perdu"), gettext_lazy("Ni repris ni conservé.")),
}


def certificate_of_import(content: bytes, changes: PlanChanges, people: frozenset[int] | None = None) -> Certificate:
    """What the product would hold of a file once imported, and write back. `people`: the resources that are taken."""
    origin = Origin(content, held_of_changes(changes, people=people))
    return certify(content, write_mspdi(origin.plan, origin), write_mspdi(origin.plan))


def to_json(certificate: Certificate) -> Json:
    """As a preview or an export keeps it: counts that are not zero, by field."""
    return {
        "lines": [
            {
                "owner": line.owner,
                "path": line.path,
                "counts": {str(fate): number for fate, number in line.counts.items()},
                "example": [line.example.uid, line.example.before, line.example.after] if line.example else None,
            }
            for line in certificate.lines
        ]
    }


def from_json(kept: Json) -> Certificate:
    """A certificate as it was kept."""
    return Certificate(
        tuple(
            CertificateLine(
                one["owner"],
                one["path"],
                Counter({Fate(fate): number for fate, number in one["counts"].items()}),
                Example(*one["example"]) if one["example"] else None,
            )
            for one in kept["lines"]
        )
    )


@dataclass(frozen=True, slots=True)
class FateLine:
    """A fate in words, and how many values have it."""

    key: str
    label: str
    why: str
    number: int
    is_loss: bool


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field, its name in `words` (empty for none), its number of values, how many have each of the fates shown, and
    an example of a changed one."""

    owner: str
    path: str
    words: str
    total: int
    counts: tuple[int, ...]
    example: str


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """A certificate in the reader's language. `shown` are the fates that some value has."""

    total: int
    shown: tuple[FateLine, ...]
    lines: tuple[FieldLine, ...]

    @property
    def has_examples(self) -> bool:
        """Whether a field shown has a value that is written otherwise."""
        return any(line.example for line in self.lines)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is lost, whatever the person may see."""
        return not any(one.is_loss for one in self.shown)


def certificate_page(certificate: Certificate, *, fate: str = "") -> CertificatePage:
    """The certificate in words; only the fields of which a value has the `fate` asked for, if any."""
    totals = certificate.totals
    shown = [one for one in Fate if totals[one]]
    lines = [
        FieldLine(
            str(OWNERS[line.owner]),
            line.path,
            field_words(line.path),
            line.total,
            tuple(line.counts[one] for one in shown),
            _example(line),
        )
        for line in certificate.lines
        if not fate or any(line.counts[one] for one in shown if one == fate)
    ]
    fates = [
        FateLine(str(one), str(FATES[one][0]), str(FATES[one][1]), totals[one], one in {Fate.LOST, Fate.HIDDEN})
        for one in shown
    ]
    return CertificatePage(sum(totals.values()), tuple(fates), tuple(lines))


def _example(line: CertificateLine) -> str:
    example = line.example
    if example is None:
        return ""
    values = {"before": example.before or "–", "after": example.after or "–"}
    if not example.uid:
        return _("%(before)s devient %(after)s") % values
    return _("n° %(uid)s : %(before)s devient %(after)s") % {**values, "uid": example.uid}


def certificate_csv(certificate: Certificate, notes: Sequence[str] = ()) -> bytes:
    """The certificate as a table, with `notes` under it; its texts are inert in a spreadsheet."""
    page = certificate_page(certificate)
    heads = [
        _("Élément"),
        _("Champ"),
        _("Nom du champ"),
        _("Valeurs"),
        *(one.label for one in page.shown),
        _("Exemple"),
    ]
    rows = [
        [line.owner, line.path, line.words, str(line.total), *(str(number) for number in line.counts), line.example]
        for line in page.lines
    ]
    totals = [_("Total"), "", "", str(page.total), *(str(one.number) for one in page.shown), ""]
    said = [[one.label, one.why] for one in page.shown]
    return csv_bytes([heads, *rows, totals, [], *said, *([note] for note in notes)])

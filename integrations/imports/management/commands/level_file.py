"""`level_file FILE.rcp [--method heuristic|exact] [--seconds N] [--format json]`: the dates of a scheduling instance
with limited resources, without any company or database."""

import json
import math
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.imports.domain.patterson import PattersonError, PattersonFile, read_patterson
from portfolio.capacity.domain.levelling.errors import Clash, ClashKind, Infeasible
from portfolio.capacity.domain.levelling.level import Method, level
from tech4value.embedded.messages import told

REFUSED = 2
LONGEST = 3600.0

# What each number of a file is, in French and in English.
NUMBERS = {
    "activities": ("le nombre d’activités", "the number of activities"),
    "resources": ("le nombre de ressources", "the number of resources"),
    "capacity": ("la capacité d’une ressource", "the capacity of a resource"),
    "duration": ("la durée d’une activité", "the duration of an activity"),
    "demand": ("la demande d’une activité", "the demand of an activity"),
    "successors": ("le nombre de successeurs", "the number of successors"),
    "successor": ("le numéro d’un successeur", "the number of a successor"),
}


class Command(BaseCommand):
    help = (
        "Levels a scheduling instance (Patterson's format, .rcp) and prints its makespan, the lower bound, whether "
        "the makespan is proved to be the least, and each activity's start. Exit code 2: the file cannot be read, or "
        "no dates exist."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the instance, in Patterson's format")
        parser.add_argument("--method", choices=[str(one) for one in Method], default=str(Method.EXACT))
        parser.add_argument(
            "--seconds", type=_seconds, default=30.0, metavar="N", help="how long the exact method may search (30)"
        )
        parser.add_argument("--format", choices=["json", "text"], default="text")

    def handle(self, *args: Any, file: Path, method: str, seconds: float, **options: Any) -> None:
        read = _read(file)
        try:
            found = level(read.problem, method=Method(method), seconds=seconds)
        except Infeasible as error:
            raise CommandError(f"{file} : {_clash(error.clash, read)}", returncode=REFUSED) from error
        starts = {key: placement.start for key, placement in found.placements.items()}
        if options["format"] == "json":
            whole = {
                "method": found.method,
                "makespan": found.makespan,
                "lower_bound": found.lower_bound,
                "proved": found.proved,
                "start_times": starts,
            }
            self.stdout.write(json.dumps(whole, indent=2))
            return
        proved = told("prouvé", "proved") if found.proved else told("non prouvé", "not proved")
        self.stdout.write(f"makespan\t{found.makespan}\t{proved}\nlower_bound\t{found.lower_bound}")
        for key, start in starts.items():
            self.stdout.write(f"{key}\t{start}")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= LONGEST:
        raise ArgumentTypeError(
            told(
                f"« {text} » : écrivez un nombre de secondes entre 0 (exclu) et {LONGEST:.0f}.",
                f"“{text}”: write a number of seconds above 0, at most {LONGEST:.0f}.",
            )
        )
    return seconds


def _read(file: Path) -> PattersonFile:
    try:
        return read_patterson(file.read_bytes())
    except OSError as error:
        raise CommandError(
            told(f"{file} ne peut pas être lu : {error.strerror}.", f"{file} cannot be read: {error.strerror}."),
            returncode=REFUSED,
        ) from error
    except PattersonError as error:
        raise CommandError(f"{file} : {sentence(error)}", returncode=REFUSED) from error


def sentence(error: PattersonError) -> str:
    """What is wrong, where, and what to do."""
    values = error.values
    french, english = NUMBERS.get(str(values.get("what")), ("", ""))
    value = values.get("value")
    said = {
        "empty": (
            "le fichier est vide. Choisissez une instance au format Patterson (.rcp).",
            "the file is empty. Choose an instance in Patterson's format (.rcp).",
        ),
        "not_text": (
            "ce n’est pas un fichier texte. Choisissez une instance au format Patterson (.rcp).",
            "this is not a text file. Choose an instance in Patterson's format (.rcp).",
        ),
        "too_large": (
            "le fichier dépasse 20 Mo. Découpez le problème.",
            "the file is larger than 20 MB. Split the problem.",
        ),
        "not_a_number": (
            f"« {value} » n’est pas un nombre entier. Écrivez-y {french}.",
            f"“{value}” is not a whole number. Write {english} there.",
        ),
        "out_of_range": (
            f"{french} est {value}. Écrivez un nombre entre {values.get('least')} et {values.get('most')}.",
            f"{english} is {value}. Write a number between {values.get('least')} and {values.get('most')}.",
        ),
        "ends_early": (
            f"le fichier s’arrête avant {french}. Complétez-le, ou corrigez les nombres de la première ligne.",
            f"the file ends before {english}. Complete it, or correct the numbers on its first line.",
        ),
        "left_over": (
            f"« {value} » suit la dernière activité. Retirez-le, ou corrigez le nombre d’activités (ligne 1).",
            f"“{value}” comes after the last activity. Take it out, or correct the number of activities (line 1).",
        ),
        "follows_itself": (
            f"l’activité {value} se suit elle-même. Retirez {value} de ses successeurs.",
            f"activity {value} follows itself. Take {value} out of its successors.",
        ),
    }[error.code]
    return _line(error.line) + told(*said)


def _clash(clash: Clash, read: PattersonFile) -> str:
    """Why no dates exist. A file of this format has no dates of its own: two reasons are left."""
    line = read.lines[clash.activities[0]]
    if clash.kind is ClashKind.CYCLE:
        path = " → ".join(clash.activities)
        return _line(line) + told(
            f"ces activités s’attendent les unes les autres : {path}. Retirez l’un de ces liens.",
            f"these activities wait for one another: {path}. Take out one of these links.",
        )
    activity, resource = clash.activities[0], clash.resources[0]
    return _line(line) + told(
        f"l’activité {activity} demande {clash.demand} unités de {resource}, qui n’en a que {clash.most}. "
        "Réduisez la demande ou augmentez la capacité.",
        f"activity {activity} asks for {clash.demand} units of {resource}, which has only {clash.most}. "
        "Reduce the demand or raise the capacity.",
    )


def _line(number: int) -> str:
    return told(f"ligne {number} : ", f"line {number}: ") if number else ""

"""The catalogues: French is the source language (a msgid is the French text), English is translated.

`python -m tech4value.translations compile|extract|check`

- `compile` makes the .mo files that are missing or older than their .po. French gets one too, each text
  standing for itself, so that Django uses the French plural ("0 projet") and not the English one.
- `extract` brings locale/en up to date with the code and the templates; translations are kept, texts that are
  gone are dropped. No line numbers and no dates, so that two branches that both extract merge.
- `check` lists the texts that English lacks and exits with 1 if there are any.
"""

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE_LANGUAGE = "fr"
SOURCES = ("tech4value", "portfolio", "canvas", "portal", "integrations", "reporting", "templates")
TEMPLATE_SUFFIXES = (".html", ".txt")
# Spoken before the catalogues exist, hence in both languages in the code.
NOT_TRANSLATED = ("tech4value/embedded",)

_LAZY = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
KEYWORDS = {
    "_": None,
    "gettext_noop": None,
    **_LAZY,
    **{f"{name}_lazy": numbers for name, numbers in _LAZY.items()},
}

HEADER = """\
# English, translated from the French of the code. Updated by `python -m tech4value.translations extract`.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""


def english_po(root: Path = ROOT) -> Path:
    """The one catalogue that people translate."""
    return root / "locale" / "en" / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path, language: str) -> Catalog:
    """The catalogue in a .po file; empty when there is none yet."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def source_files(root: Path = ROOT) -> Iterator[Path]:
    """The Python files and templates whose texts are translated, in a stable order."""
    for area in SOURCES:
        for folder, folders, names in os.walk(root / area):
            here = Path(folder)
            if here.relative_to(root).as_posix() in NOT_TRANSLATED:
                folders.clear()
                continue
            folders[:] = sorted(name for name in folders if name not in ("migrations", "__pycache__", "static"))
            yield from (here / name for name in sorted(names) if name.endswith((".py", *TEMPLATE_SUFFIXES)))


def extracted(root: Path = ROOT) -> Catalog:
    """Every text of the code and the templates, untranslated."""
    catalogue = Catalog(locale="en")
    for path in source_files(root):
        content = path.read_bytes()
        if path.suffix in TEMPLATE_SUFFIXES:
            content = template_as_python(content.decode())
        found = extract("python", BytesIO(content), keywords=KEYWORDS, comment_tags=("Translators:",))
        for _line, message, comments, context in found:
            catalogue.add(message, context=context, auto_comments=comments)
    return catalogue


def template_as_python(source: str) -> bytes:
    """A template as lines that a Python tokenizer reads: Django's own conversion, without its indentation."""
    return "\n".join(line.strip() for line in templatize(source).splitlines()).encode()


def update_english(root: Path = ROOT) -> tuple[int, int]:
    """Bring the English catalogue up to date; how many texts it has and how many wait for a translation."""
    path = english_po(root)
    catalogue = read_catalogue(path, "en")
    # Guessing a translation from a text that looks alike gives wrong English that looks finished.
    catalogue.update(extracted(root), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    written = BytesIO()
    write_po(
        written,
        catalogue,
        omit_header=True,
        no_location=True,
        sort_output=True,
        ignore_obsolete=True,
        width=110,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(f"{HEADER}\n{written.getvalue().decode().strip()}\n".encode())
    waiting = sum(1 for message in catalogue if message.id and not is_translated(message))
    return len(catalogue), waiting


def is_translated(message: Message) -> bool:
    """Whether a message has all its forms in the language, and a person has approved them."""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return not message.fuzzy and all(forms)


def faults(root: Path = ROOT) -> list[str]:
    """What is wrong in the English catalogue, a line for each text: absent, empty, uncertain, or with other
    placeholders than the French."""
    english = read_catalogue(english_po(root), "en")
    found = []
    for wanted in extracted(root):
        if not wanted.id:
            continue
        text = wanted.id[0] if isinstance(wanted.id, (tuple, list)) else wanted.id
        known = english.get(wanted.id, wanted.context)
        if known is None or (wanted.pluralizable and not known.pluralizable):
            found.append(f"absent: {text!r}")
        elif not is_translated(known):
            found.append(f"{'fuzzy' if known.fuzzy else 'empty'}: {text!r}")
        elif "%(" in text:
            # Placeholders here are all named; in « 80 % des cas » a checker would see another one.
            found += [f"{error}: {text!r}" for error in known.check(english)]
    return found


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Compile what is missing or older than its source; the files written."""
    written = []
    for po in sorted((root / "locale").glob("*/LC_MESSAGES/django.po")):
        language = po.parent.parent.name
        if _is_stale(po.with_suffix(".mo"), po):
            _write_mo(po.with_suffix(".mo"), read_catalogue(po, language))
            written.append(po.with_suffix(".mo"))
    english = english_po(root)
    source = root / "locale" / SOURCE_LANGUAGE / "LC_MESSAGES" / "django.mo"
    if english.exists() and _is_stale(source, english):
        french = Catalog(locale=SOURCE_LANGUAGE)
        for message in read_catalogue(english, "en"):
            if message.id:
                french.add(message.id, string=message.id, context=message.context)
        _write_mo(source, french)
        written.append(source)
    return written


def _is_stale(compiled: Path, source: Path) -> bool:
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns


def _write_mo(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Renamed into place: a server that is starting never reads half a file.
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with part.open("wb") as file:
        write_mo(file, catalogue)
    part.replace(path)


def main(arguments: list[str]) -> int:
    """Run one of the three commands; the exit code."""
    match arguments:
        case ["compile"]:
            compile_catalogues()
        case ["extract"]:
            total, waiting = update_english()
            sys.stdout.write(f"{total} texts, {waiting} to translate in {english_po().relative_to(ROOT)}\n")
        case ["check"]:
            found = faults()
            sys.stdout.writelines(f"{fault}\n" for fault in found)
            if found:
                sys.stdout.write(f"{len(found)} English texts to mend in {english_po().relative_to(ROOT)}\n")
                return 1
        case _:
            sys.stderr.write("python -m tech4value.translations compile|extract|check\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

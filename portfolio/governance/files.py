"""A template as a JSON file, out and in."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.governance.actions import HEADER, SECTIONS, create_template, free_name
from portfolio.governance.domain.errors import Problem, TemplateError
from portfolio.governance.domain.reading import read_template
from portfolio.governance.messages import refused
from portfolio.governance.models import ProjectTemplate
from tech4value.audit.actor import Actor

FORMAT: Final = "tech4value.project-template"
VERSION: Final = 1


def as_file(template: ProjectTemplate) -> dict[str, Any]:
    """What is written: the header and the four sections."""
    return {
        "format": FORMAT,
        "format_version": VERSION,
        **{name: getattr(template, name) for name in (*HEADER, *SECTIONS)},
    }


def create_from_file(*, actor: Actor, content: bytes) -> ProjectTemplate:
    """A template from a file, under a free name. Raises ValidationError: a sentence for each problem, with its
    place; nothing is written."""
    data = _loaded(content)
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise refused(TemplateError([Problem("bad_format")]))
    if data.get("format_version") != VERSION:
        raise ValidationError(
            _("Ce fichier est d’une version que cette application ne lit pas : %(given)s au lieu de %(known)s.")
            % {"given": str(data.get("format_version"))[:20], "known": VERSION}
        )
    header = {name: data.get(name, "") for name in HEADER}
    for name, value in header.items():
        if not isinstance(value, str):
            raise refused(TemplateError([Problem("wrong_type", (name,), {"expected": "text"})]))
    if not header["name"].strip():
        raise refused(TemplateError([Problem("missing", ("name",))]))
    if len(header["name"].strip()) > 120:
        raise refused(TemplateError([Problem("too_long", ("name",), {"length": len(header["name"]), "most": 120})]))
    sections = {name: data.get(name, []) for name in SECTIONS}
    try:
        read_template(sections)
    except TemplateError as error:
        raise refused(error) from error
    return create_template(actor=actor, **{**header, "name": free_name(header["name"])}, **sections)


def _loaded(content: bytes) -> object:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValidationError(_("Ce fichier n’est pas du texte en UTF-8.")) from error
    except RecursionError as error:
        raise ValidationError(_("Le document JSON est trop profond.")) from error
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise ValidationError(
            _("Ce fichier n’est pas du JSON : lecture impossible à la ligne %(line)s.") % {"line": line}
        ) from error

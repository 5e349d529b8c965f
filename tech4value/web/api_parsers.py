"""What the API reads."""

from json import JSONDecodeError
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions, parsers


class JSONParser(parsers.JSONParser):
    """DRF's own, for which a document nested thousands of times is malformed; it says where it stops reading."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError(_("Le document JSON est trop profond.")) from error
        except exceptions.ParseError as error:
            raise exceptions.ParseError(_sentence(error.__context__)) from error


def _sentence(cause: BaseException | None) -> str:
    """Where a text is no JSON any more, and what to do."""
    if isinstance(cause, JSONDecodeError):
        return _(
            "Le corps n’est pas du JSON à partir de la ligne %(line)s, caractère %(column)s : vérifiez les virgules, "
            "les guillemets et les accolades."
        ) % {"line": cause.lineno, "column": cause.colno}
    if isinstance(cause, UnicodeDecodeError):
        return _("Le corps n’est pas écrit en UTF-8 : envoyez-le dans cet encodage.")
    return _("Le corps contient un nombre que JSON n’a pas (NaN ou l’infini) : donnez un nombre, ou null.")

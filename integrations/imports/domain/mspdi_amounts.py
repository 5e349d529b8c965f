"""Rates and costs of an MSPDI document, for those who may not see them."""

from integrations.imports.domain.mspdi_elements import Document, Element
from integrations.imports.domain.mspdi_fields import local_name
from integrations.imports.domain.mspdi_schema import AMOUNTS, COST_FIELDS, WORK_TIMEPHASED


def without_amounts(document: Document) -> None:
    """Take them away wherever they are, and what they could be computed back from."""
    for element in [one for one in document.root.iter() if _is_amount(document, one)]:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _is_amount(document: Document, element: Element) -> bool:
    match local_name(element.tag):
        case "TimephasedData":
            return document.text(element, "Type") not in WORK_TIMEPHASED
        case "ExtendedAttribute":
            return document.number(element, "FieldID") in COST_FIELDS
        case name:
            return name in AMOUNTS

"""The elements of an MSPDI document: found by name, set in the schema's order, and the text of each kind of value."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lxml import etree

from integrations.imports.domain.mspdi_fields import local_name
from integrations.imports.domain.mspdi_schema import NAMESPACE, ORDER
from integrations.imports.domain.problem import ImportRefused, ProblemCode, Where

Element = Any  # lxml's, whose stubs do not tell an element from a comment
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Document:
    """A document being written: every name is that of its own namespace."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.namespace: str = etree.QName(root).namespace or ""

    @classmethod
    def empty(cls) -> "Document":
        """A document without anything in it."""
        return cls(etree.fromstring(f'<Project xmlns="{NAMESPACE}"/>'))

    @classmethod
    def parsed(cls, content: bytes) -> "Document":
        """A file that `mspdi_reader.read_mspdi` has read before: it declares no entity, and its size is bounded.

        Raises ImportRefused for what that reader takes and this one does not.
        """
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=True,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            return cls(etree.fromstring(content, parser))
        except etree.XMLSyntaxError as error:
            raise ImportRefused(ProblemCode.NOT_XML, Where(line=error.lineno), detail=error.msg) from error

    def content(self) -> bytes:
        """The file."""
        etree.indent(self.root, space="\t")
        text: bytes = etree.tostring(self.root, encoding="UTF-8", xml_declaration=True, standalone=True)
        return text

    def children(self, parent: Element, name: str) -> list[Element]:
        """The child elements of that name, in order."""
        return list(parent.iterchildren(self._tag(name)))

    def child(self, parent: Element, name: str) -> Element | None:
        """The first child element of that name."""
        return next(parent.iterchildren(self._tag(name)), None)

    def text(self, parent: Element, name: str) -> str:
        """The text of a child element, empty without it."""
        found = self.child(parent, name)
        return "" if found is None else (found.text or "").strip()

    def number(self, parent: Element, name: str) -> int | None:
        """The whole number of a child element."""
        text = self.text(parent, name)
        return int(text) if re.fullmatch(r"[+-]?\d{1,12}", text) else None

    def items(self, group: str, name: str) -> list[Element]:
        """The elements of one of the document's lists."""
        return [one for parent in self.children(self.root, group) for one in self.children(parent, name)]

    def group(self, name: str) -> Element:
        """One of the document's lists, made when there is none."""
        found = self.child(self.root, name)
        return self.add(self.root, name) if found is None else found

    def new(self, name: str) -> Element:
        """An element that is nowhere yet."""
        return etree.Element(self._tag(name))

    def add(self, parent: Element, name: str, text: str | None = None) -> Element:
        """A new child element, at the place that the schema gives it among those there are."""
        child = self.new(name)
        if text is not None:
            child.text = _NOT_XML.sub("", text)
        ranks = ORDER.get(local_name(parent.tag), {})
        mine = ranks.get(name, len(ranks))
        before = None
        for one in parent.iterchildren():
            if ranks.get(local_name(one.tag), -1) <= mine:
                before = one
        if before is None:
            parent.insert(0, child)
        else:
            before.addnext(child)
        return child

    def put(self, parent: Element, name: str, text: str | None) -> None:
        """Give a child element its text; None takes it away."""
        found = self.child(parent, name)
        if text is None:
            if found is not None:
                parent.remove(found)
        elif found is None:
            self.add(parent, name, text)
        else:
            found.text = _NOT_XML.sub("", text)

    def write_sorted(self, parent: Element, values: Mapping[str, str | None]) -> None:
        """All the values of an element that has none after them yet, put in the schema's order."""
        ranks = ORDER.get(local_name(parent.tag), {})
        self.write(parent, sorted(values.items(), key=lambda item: ranks.get(item[0], len(ranks))))

    def write(self, parent: Element, values: Iterable[tuple[str, str | None]]) -> None:
        """Several of them, of which there is none yet: they are given in the schema's order."""
        for name, text in values:
            if text is not None:
                child = etree.SubElement(parent, self._tag(name))
                child.text = _NOT_XML.sub("", text)

    def drop(self, parent: Element, names: Iterable[str]) -> None:
        """Take away every child element of these names."""
        tags = {self._tag(name) for name in names}
        for one in [one for one in parent.iterchildren() if one.tag in tags]:
            parent.remove(one)

    def arrange(self, group: str, name: str, items: Sequence[Element]) -> None:
        """Make these the elements of that name in one of the document's lists, in this order."""
        for parent in self.children(self.root, group):
            self.drop(parent, (name,))
        parent = self.group(group)
        for rank, one in enumerate(items):
            parent.insert(rank, one)

    def _tag(self, name: str) -> str:
        return f"{{{self.namespace}}}{name}" if self.namespace else name


def duration(minutes: int) -> str:
    """Minutes as the format writes them: PT8H30M0S."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else ''}PT{hours}H{rest}M0S"


def instant(moment: datetime) -> str:
    """A wall-clock instant, to the second."""
    return moment.replace(microsecond=0, tzinfo=None).isoformat()


def flag(value: bool) -> str:
    """1 or 0."""
    return "1" if value else "0"


def whole_percent(share: Decimal) -> str:
    """A share, as the whole percents that the format has."""
    return str(int((share * 100).quantize(Decimal(1), ROUND_HALF_UP)))


def plain(value: Decimal) -> str:
    """A number without an exponent nor trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""The intranet: a project that begins in some weeks, made from the company's own copy of a shipped template."""

from demo.story import FromTemplateStory

INTRANET = FromTemplateStory(
    template="hybrid",
    code="INTRANET",
    name="Refonte de l’intranet",
    goal="Que chacun trouve en une minute l’information, le document ou la personne qu’il cherche.",
    pole="RH",
    programme="SOCLE",
    sponsor="Nathalie Royer",
    manager="Julien Maret",
    starts=6,
    staff={"sponsor": "Nathalie Royer", "pm": "Julien Maret", "po": "Caroline Petit"},
)

"""The keys of the rows worth ranking, in statements whose work is bounded whatever is typed.

The words of a kind that begin alike are counted up to EXACT. When there are more, the index is read by leaps: the
best rows of each of the first LEAPS different words. With several words the rarest leads, and each of its rows is
asked for the others. Everything runs under row-level security: only ranges of a B-tree over text compared byte by
byte, and a tenant given to each of them (docs/decisions/020).
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection

from tech4value.search.words import LAST
from tech4value.tenancy.context import current_tenant

Candidates = dict[UUID, int]
"""Keys of rows, and the best place (`words.Tier`) where the leading word stands in each."""

# Up to how many words that begin alike all of them are looked at.
EXACT: Final = 1000
# Beyond: how many different words, and how many rows of each; with several words, many rows of the leading one fail
# the others.
LEAPS, OF_EACH = 100, 20
LEAPS_LEADING, OF_EACH_LEADING = 40, 60

COUNTED: Final = """
SELECT kinds.kind, asked.position, (
  SELECT count(*) FROM (
    SELECT 1 FROM search_searchtoken AS held
    WHERE held.tenant_id = %(tenant)s AND held.kind = kinds.kind
      AND held.token >= asked.first AND held.token < asked.last LIMIT %(most)s) AS few)
FROM unnest(%(kinds)s::text[]) AS kinds(kind),
  unnest(%(positions)s::int[], %(firsts)s::text[], %(lasts)s::text[]) AS asked(position, first, last)
"""

# In all of these, the other words are asked of each row by one look into the index: `IS NULL` over a bounded
# subquery is what the planner does not turn into a join of everything that begins with a frequent word.
READ: Final = """
SELECT best.entry_id, best.tier FROM unnest(%(kinds)s::text[]) AS kinds(kind) CROSS JOIN LATERAL (
  SELECT hit.entry_id, min(hit.tier) AS tier FROM search_searchtoken AS hit
  WHERE hit.tenant_id = %(tenant)s AND hit.kind = kinds.kind AND hit.token >= %(first)s AND hit.token < %(last)s
    AND NOT EXISTS (
      SELECT 1 FROM unnest(%(firsts)s::text[], %(lasts)s::text[]) AS others(first, last)
      WHERE (SELECT 1 FROM search_searchtoken AS other
             WHERE other.tenant_id = %(tenant)s AND other.entry_id = hit.entry_id
               AND other.token >= others.first AND other.token < others.last LIMIT 1) IS NULL)
  GROUP BY hit.entry_id ORDER BY min(hit.tier), hit.entry_id DESC LIMIT %(limit)s) AS best
"""

LEAP: Final = """
SELECT best.entry_id, best.tier FROM unnest(%(kinds)s::text[]) AS kinds(kind) CROSS JOIN LATERAL (
  WITH RECURSIVE leap(token, number) AS (
    (SELECT held.token, 1 FROM search_searchtoken AS held
     WHERE held.tenant_id = %(tenant)s AND held.kind = kinds.kind
       AND held.token >= %(first)s AND held.token < %(last)s ORDER BY held.token LIMIT 1)
    UNION ALL
    SELECT (SELECT held.token FROM search_searchtoken AS held
            WHERE held.tenant_id = %(tenant)s AND held.kind = kinds.kind
              AND held.token > leap.token AND held.token < %(last)s ORDER BY held.token LIMIT 1),
      leap.number + 1
    FROM leap WHERE leap.token IS NOT NULL AND leap.number < %(leaps)s)
  SELECT hit.entry_id, min(hit.tier) AS tier
  FROM leap CROSS JOIN LATERAL (
    SELECT held.entry_id, held.tier FROM search_searchtoken AS held
    WHERE held.tenant_id = %(tenant)s AND held.kind = kinds.kind AND held.token = leap.token
    ORDER BY held.tier, held.entry_id DESC LIMIT %(of_each)s) AS hit
  WHERE leap.token IS NOT NULL
    AND NOT EXISTS (
      SELECT 1 FROM unnest(%(firsts)s::text[], %(lasts)s::text[]) AS others(first, last)
      WHERE (SELECT 1 FROM search_searchtoken AS other
             WHERE other.tenant_id = %(tenant)s AND other.entry_id = hit.entry_id
               AND other.token >= others.first AND other.token < others.last LIMIT 1) IS NULL)
  GROUP BY hit.entry_id ORDER BY min(hit.tier), hit.entry_id DESC LIMIT %(limit)s) AS best
"""

INITIALS: Final = """
SELECT best.id, 1 FROM unnest(%(kinds)s::text[]) AS kinds(kind) CROSS JOIN LATERAL (
  SELECT entry.id FROM search_searchentry AS entry
  WHERE entry.tenant_id = %(tenant)s AND entry.kind = kinds.kind AND entry.initial = %(first)s
  ORDER BY entry.id DESC LIMIT %(limit)s) AS best
"""

IN_PROJECTS: Final = """
SELECT hit.entry_id, min(hit.tier) FROM search_searchtoken AS hit
WHERE hit.tenant_id = %(tenant)s AND hit.project_id = ANY(%(projects)s) AND hit.kind = ANY(%(kinds)s)
  AND hit.token >= %(first)s AND hit.token < %(last)s
  AND NOT EXISTS (
    SELECT 1 FROM unnest(%(firsts)s::text[], %(lasts)s::text[]) AS others(first, last)
    WHERE (SELECT 1 FROM search_searchtoken AS other
           WHERE other.tenant_id = %(tenant)s AND other.entry_id = hit.entry_id
             AND other.token >= others.first AND other.token < others.last LIMIT 1) IS NULL)
GROUP BY hit.entry_id ORDER BY min(hit.tier), hit.entry_id DESC LIMIT %(limit)s
"""


def _rows(statement: str, word: str, others: Sequence[str], **values: Any) -> Candidates:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "tenant": current_tenant().pk,
                "first": word,
                "last": word + LAST,
                "firsts": list(others),
                "lasts": [other + LAST for other in others],
                **values,
            },
        )
        return dict(cursor.fetchall())


def everywhere(kinds: Sequence[str], asked: Sequence[str], limit: int) -> Candidates:
    """Rows of `kinds`, at most some `limit` of each, the best first within a kind."""
    leaders: dict[tuple[str, bool], list[str]] = {}
    for kind, counts in _counted(kinds, asked).items():
        fewest = min(counts)
        if fewest:
            word = asked[counts.index(fewest)]
            leaders.setdefault((word, fewest <= EXACT), []).append(kind)
    found: Candidates = {}
    for (word, exact), of_word in leaders.items():
        others = [one for one in asked if one != word]
        if exact:
            found |= _rows(READ, word, others, kinds=of_word, limit=limit)
            continue
        leaps, of_each = (LEAPS_LEADING, OF_EACH_LEADING) if others else (LEAPS, OF_EACH)
        found |= _rows(LEAP, word, others, kinds=of_word, limit=limit, leaps=leaps, of_each=of_each)
        if len(word) == 1 and not others:
            # Too many words to leap through: the latest titles that begin so are better than the first words.
            found |= _rows(INITIALS, word, others, kinds=of_word, limit=limit)
    return found


def _counted(kinds: Sequence[str], asked: Sequence[str]) -> dict[str, list[int]]:
    """How many words of each kind begin with each word that is asked, up to EXACT + 1."""
    counts = {kind: [0] * len(asked) for kind in kinds}
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTED,
            {
                "tenant": current_tenant().pk,
                "most": EXACT + 1,
                "kinds": list(kinds),
                "positions": list(range(len(asked))),
                "firsts": list(asked),
                "lasts": [word + LAST for word in asked],
            },
        )
        for kind, position, count in cursor.fetchall():
            counts[kind][position] = count
    return counts


def in_projects(kinds: Sequence[str], projects: Sequence[UUID], asked: Sequence[str], limit: int) -> Candidates:
    """Rows of some projects: few enough to look at all that begins with the longest word."""
    word = max(asked, key=len)
    others = [one for one in asked if one != word]
    return _rows(IN_PROJECTS, word, others, kinds=list(kinds), projects=list(projects), limit=limit)

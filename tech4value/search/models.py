"""The index: one entry for each row that can be found, one token for each of its words.

Under row-level security full-text, LIKE and GIN indexes are never used (their operators are not leak-proof): words
are found by ranges of a B-tree over text compared byte by byte, which are.
"""

from django.db import models

from tech4value.search.words import TOKEN_LENGTH
from tech4value.tenancy.context import current_tenant_id
from tech4value.tenancy.models import Tenant, TenantModel


class SearchEntry(TenantModel):
    """A row that can be found; its key is the row's own, which also orders entries by age."""

    kind = models.CharField(max_length=20, db_collation="C")
    title = models.CharField(max_length=400)
    code = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=400, blank=True)
    # The project that says who may see it; no foreign key, because the search stands below the projects.
    project_id = models.UUIDField(null=True)
    # The first character of the title, folded: a question of one letter is answered without its thousands of words.
    initial = models.CharField(max_length=4, db_collation="C", blank=True)
    # Its tokens as they stand in SearchToken, so that a change writes the difference only.
    tokens = models.TextField(blank=True)
    updated_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "kind", "initial", "-id"], name="search_entry_initial"),
            models.Index(fields=["tenant", "project_id"], name="search_entry_project"),
        ]

    def __str__(self) -> str:
        return self.title


class SearchToken(TenantModel):
    """A word of an entry, where it stands (`words.Tier`), and what says who may see it."""

    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, default=current_tenant_id, editable=False, related_name="+", db_index=False
    )
    # The composite key that every link between tenant tables gets is enough: one check for each word, not two.
    entry = models.ForeignKey(
        SearchEntry, on_delete=models.CASCADE, related_name="words", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=20, db_collation="C")
    project_id = models.UUIDField(null=True)
    token = models.CharField(max_length=TOKEN_LENGTH, db_collation="C")
    tier = models.SmallIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "entry", "token"], name="search_token_once")]
        indexes = [
            models.Index(fields=["tenant", "kind", "token", "tier", "-entry"], name="search_token_word"),
            models.Index(
                fields=["tenant", "project_id", "token"],
                condition=models.Q(project_id__isnull=False),
                name="search_token_project",
            ),
        ]

    def __str__(self) -> str:
        return self.token

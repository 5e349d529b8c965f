"""Views of lists that people have saved."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tech4value.accounts.models import Membership
from tech4value.tenancy.models import EditableModel


class SavedView(EditableModel):
    """The columns, order and filters of a list (`query`: its address's query) under a name, for oneself or for all.

    The default view of a member is what the list shows when its address asks nothing.
    """

    table = models.CharField(max_length=40)
    name = models.CharField(_("nom"), max_length=80)
    query = models.CharField(max_length=2000, blank=True)
    owner = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    is_shared = models.BooleanField(_("partagée"), default=False)
    is_default = models.BooleanField(_("par défaut"), default=False)

    class Meta(EditableModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "table", "owner", "name"],
                condition=models.Q(deleted_at=None),
                name="saved_view_name",
            ),
            models.UniqueConstraint(
                fields=["tenant", "table", "owner"],
                condition=models.Q(deleted_at=None, is_default=True),
                name="saved_view_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name

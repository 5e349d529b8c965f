"""Keep and read files, through Django's storage (a folder, S3 or Azure by configuration)."""

import hashlib
import re
from functools import partial
from typing import BinaryIO
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Sum
from django.utils.translation import gettext as _

from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create
from tech4value.billing.entitlements import Usage
from tech4value.billing.queries import entitlements, refuse_over_limit
from tech4value.files.models import StoredFile
from tech4value.tenancy.context import after_end, current_tenant, tenant_context
from tech4value.tenancy.models import Tenant, uuid7


def storage_usage() -> Usage:
    """Megabytes that the current tenant stores (rounded up), against its plan."""
    total = StoredFile.objects.aggregate(total=Sum("size"))["total"] or 0
    return Usage(-(-total // 1_000_000), entitlements().storage_mb)


def safe_name(name: str) -> str:
    """A file name that no system misreads: no path, no control character, at most 150 characters."""
    base = re.sub(r"[\x00-\x1f\x7f/\\:*?\"<>|]+", "_", name).strip(" .") or "fichier"
    if len(base) <= 150:
        return base
    stem, dot, suffix = base.rpartition(".")
    return f"{stem[:140]}.{suffix[:9]}" if dot else base[:150]


def store_file(
    *,
    actor: Actor,
    name: str,
    content: bytes,
    content_type: str,
    permission: Permission,
    owner: Membership | None = None,
    private: bool = False,
) -> StoredFile:
    """Keep `content`. Raises ValidationError over the plan's storage. A rolled back transaction leaves no file."""
    refuse_over_limit(storage_usage(), _("Mo de fichiers"), -(-len(content) // 1_000_000))
    key = uuid7()
    path = default_storage.save(f"{current_tenant().pk}/{key}", ContentFile(content))
    row = StoredFile(
        pk=key,
        name=safe_name(name),
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        path=path,
        permission=permission,
        owner=owner,
        private=private,
    )
    after_end(partial(_delete_if_rolled_back, current_tenant(), key, path))
    return create(actor, row, verb="file.stored")


def _delete_if_rolled_back(tenant: Tenant, key: UUID, path: str) -> None:
    with tenant_context(tenant):
        kept = StoredFile.objects.filter(pk=key).exists()
    if not kept:
        default_storage.delete(path)


def open_file(file: StoredFile) -> BinaryIO:
    """The content, to read. The caller has checked the permission."""
    return default_storage.open(file.path, "rb")  # type: ignore[return-value]  # Django's File proxies a BinaryIO


def read_file(file: StoredFile) -> bytes:
    """The whole content."""
    with open_file(file) as stream:
        return stream.read()

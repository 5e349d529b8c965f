"""System checks: a tenant model that would escape a lock stops the application from starting."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection, models
from django.db.utils import OperationalError

from tech4value.tenancy.managers import TenantManager
from tech4value.tenancy.models import TenantModel
from tech4value.tenancy.row_security import missing_locks, tenant_models


@register(Tags.models)
def tenant_model_declarations(**kwargs: Any) -> list[CheckMessage]:
    """Managers are scoped, unique constraints begin with the tenant, many-to-many tables are tenant models."""
    errors: list[CheckMessage] = []
    for model in tenant_models():
        options = model._meta
        if not isinstance(options.base_manager, TenantManager):
            errors.append(Error("Meta must extend its base's Meta (base manager).", obj=model, id="tenancy.E001"))
        errors.extend(
            Error(f"{manager.name} is not a TenantManager.", obj=model, id="tenancy.E002")
            for manager in options.managers
            if not isinstance(manager, TenantManager)
        )
        for constraint in options.constraints:
            if isinstance(constraint, models.UniqueConstraint) and constraint.fields[:1] != ("tenant",):
                errors.append(Error(f"{constraint.name} must begin with the tenant.", obj=model, id="tenancy.E003"))
        for field in options.local_fields:
            alone = field.unique and not field.primary_key
            if alone and not isinstance(field, models.OneToOneField):
                errors.append(Error(f"{field.name} is unique alone.", obj=model, id="tenancy.E003"))
            if (
                isinstance(field, models.ForeignKey)
                and issubclass(field.remote_field.model, TenantModel)
                and field.remote_field.field_name != "id"
            ):
                errors.append(Error(f"{field.name} must point at an id.", obj=model, id="tenancy.E004"))
        errors.extend(
            Error(f"{field.name} needs a `through` that is a TenantModel.", obj=model, id="tenancy.E005")
            for field in options.local_many_to_many
            if not issubclass(field.remote_field.through or object, TenantModel)
        )
    for table in apps.get_models():
        if issubclass(table, TenantModel):
            continue
        errors.extend(
            Error(f"{field.name} points from a global table at a tenant's.", obj=table, id="tenancy.E006")
            for field in table._meta.local_fields
            if isinstance(field, models.ForeignKey) and issubclass(field.remote_field.model, TenantModel)
        )
    return errors


@register(Tags.database)
def database_locks(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Row-level security, composite keys and privileges are in the database. Run by `check --database default`.

    Of the application's role: `migrate` asks too, as the owner, whose rights are another matter.
    """
    if not databases or "default" not in databases:
        return []
    if connection.settings_dict["USER"] != settings.DATABASE_APP_ROLE:
        return []
    try:
        return [Error(problem, id="tenancy.E010") for problem in missing_locks()]
    except OperationalError as error:
        return [Error(f"The database does not answer: {error}", id="tenancy.E011")]

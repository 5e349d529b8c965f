from django.db import migrations, models

from tech4value.tenancy.models import uuid7


def in_each_tenant(work):
    """An operation on the effects of each tenant, whose checks are made before the table is altered again."""

    def run(apps, schema_editor):
        from tech4value.tenancy.context import tenant_context
        from tech4value.tenancy.models import Tenant

        effects = apps.get_model("portfolio_simulation", "RiskEffect")._base_manager
        for tenant in Tenant.objects.only("id", "slug"):
            with tenant_context(tenant):
                work(apps, effects.filter(tenant_id=tenant.pk).order_by("id"))
                schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")

    return run


def join_tasks(apps, effects):
    """The effects of one risk, a row a task until now, become one row that names its tasks; one of the bin keeps its
    own."""
    for row in effects.exclude(task=None):
        row.tasks = [str(row.task_id)]
        row.save(update_fields=["tasks"])
    by_risk = {}
    for row in effects.filter(deleted_at=None):
        by_risk.setdefault(row.risk_id, []).append(row)
    for first, *others in by_risk.values():
        if others:
            first.tasks = sorted({key for row in (first, *others) for key in row.tasks})
            first.save(update_fields=["tasks"])
            effects.filter(pk__in=[row.pk for row in others]).delete()


def part_tasks(apps, effects):
    """A row a task again; a task that is no longer even in the bin takes its effect with it, as it did."""
    tasks = apps.get_model("portfolio_planning", "Task")._base_manager
    for row in list(effects):
        known = set(tasks.filter(pk__in=row.tasks).values_list("pk", flat=True))
        if row.tasks and not known:
            row.delete()
        for rank, key in enumerate(sorted(known)):
            row.task_id = key
            if rank:
                row.pk, row._state.adding = uuid7(), True
            row.save()


class Migration(migrations.Migration):

    dependencies = [("portfolio_simulation", "0001_estimates_and_forecasts")]

    operations = [
        migrations.AddField(
            model_name="riskeffect",
            name="tasks",
            field=models.JSONField(blank=True, default=list, verbose_name="tâches touchées"),
        ),
        migrations.RunPython(in_each_tenant(join_tasks), in_each_tenant(part_tasks)),
        migrations.RemoveConstraint(model_name="riskeffect", name="risk_effect_once"),
        migrations.RemoveField(model_name="riskeffect", name="task"),
        migrations.AddConstraint(
            model_name="riskeffect",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at", None)), fields=("tenant", "risk"), name="risk_effect_once"
            ),
        ),
    ]

from django.db import migrations, models
from django.utils import timezone


def join_tasks(apps, schema_editor):
    """The effects of one risk, a row a task until now, become one row that names its tasks."""
    from tech4value.tenancy.context import tenant_context
    from tech4value.tenancy.models import Tenant

    effects = apps.get_model("portfolio_simulation", "RiskEffect")._base_manager
    for tenant in Tenant.objects.only("id", "slug"):
        with tenant_context(tenant):
            by_risk = {}
            for row in effects.filter(tenant_id=tenant.pk, deleted_at=None).order_by("id"):
                by_risk.setdefault(row.risk_id, []).append(row)
            for first, *others in by_risk.values():
                first.tasks = sorted(str(row.task_id) for row in (first, *others) if row.task_id is not None)
                first.save(update_fields=["tasks"])
                keys = [row.pk for row in others]
                effects.filter(tenant_id=tenant.pk, pk__in=keys).update(deleted_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [("portfolio_simulation", "0001_estimates_and_forecasts")]

    operations = [
        migrations.AddField(
            model_name="riskeffect",
            name="tasks",
            field=models.JSONField(blank=True, default=list, verbose_name="tâches touchées"),
        ),
        migrations.RunPython(join_tasks, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="riskeffect", name="risk_effect_once"),
        migrations.RemoveField(model_name="riskeffect", name="task"),
        migrations.AddConstraint(
            model_name="riskeffect",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at", None)), fields=("tenant", "risk"), name="risk_effect_once"
            ),
        ),
    ]

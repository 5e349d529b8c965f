"""Tokens say what they let through, and all of them expire: those that did not have ninety days left."""

from datetime import timedelta

import django.contrib.postgres.fields
from django.db import migrations, models
from django.utils import timezone

from tech4value.tenancy.context import tenant_context


def give_an_end(apps, schema_editor):
    for tenant in apps.get_model("tenancy", "Tenant").objects.all():
        with tenant_context(tenant):
            tokens = apps.get_model("accounts", "ApiToken").objects
            tokens.filter(expires_at=None).update(expires_at=timezone.now() + timedelta(days=90))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_invitation"), ("tenancy", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="access",
            field=models.CharField(
                choices=[("read", "Lecture seule"), ("write", "Lecture et écriture")],
                db_default="write",
                default="read",
                max_length=5,
                verbose_name="accès",
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="areas",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("portfolio", "Portefeuille"),
                        ("people", "Personnes"),
                        ("finance", "Finances"),
                        ("administration", "Administration"),
                    ],
                    max_length=20,
                ),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="domaines",
            ),
        ),
        migrations.RunPython(give_an_end, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="apitoken",
            name="expires_at",
            field=models.DateTimeField(verbose_name="expire le"),
        ),
    ]

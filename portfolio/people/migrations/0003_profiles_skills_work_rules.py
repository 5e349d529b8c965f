import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.manager
import tech4value.tenancy.context
import tech4value.tenancy.models
import tech4value.tenancy.sort_keys
from decimal import Decimal
from django.db import migrations, models

def in_each_tenant(work):
    """An operation on the people of each tenant, whose checks are made before the table is altered again."""

    def run(apps, schema_editor):
        from tech4value.tenancy.context import tenant_context
        from tech4value.tenancy.models import Tenant

        for tenant in Tenant.objects.only("id", "slug"):
            with tenant_context(tenant):
                persons = apps.get_model("portfolio_people", "Person")._base_manager
                work(apps, tenant.pk, persons.filter(tenant_id=tenant.pk))
                schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")

    return run


def rows_of_texts(apps, tenant, persons):
    """Each profile that was written on somebody, in the bin too, becomes a row; spellings stay apart."""
    profiles = apps.get_model("portfolio_people", "Profile")._base_manager
    for text in sorted({text for text in persons.values_list("profile_text", flat=True) if text.strip()}):
        row, _made = profiles.get_or_create(tenant_id=tenant, name=text.strip())
        persons.filter(profile_text=text).update(profile_id=row.pk)


def texts_of_rows(apps, tenant, persons):
    """The names are written on the people again."""
    profiles = apps.get_model("portfolio_people", "Profile")._base_manager
    for key, name in profiles.filter(tenant_id=tenant).values_list("pk", "name"):
        persons.filter(profile_id=key).update(profile_text=name)


class Migration(migrations.Migration):

    dependencies = [
        ('portfolio_people', '0002_sort_names'),
        ('tenancy', '0004_second_factor_labels'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='weekly_hours',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True, validators=[django.core.validators.MinValueValidator(Decimal('1')), django.core.validators.MaxValueValidator(Decimal('48'))], verbose_name='heures par semaine'),
        ),
        migrations.AddField(
            model_name='person',
            name='work_regime',
            field=models.CharField(choices=[('none', 'Sans règle'), ('hours', 'Heures'), ('days', 'Forfait jours')], default='none', max_length=5, verbose_name='régime de travail'),
        ),
        migrations.AddField(
            model_name='person',
            name='yearly_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(235)], verbose_name='jours par an'),
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.UUIDField(default=tech4value.tenancy.models.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('name', models.CharField(max_length=80, verbose_name='nom')),
                ('description', models.CharField(blank=True, max_length=300, verbose_name='description')),
                ('sort_name', models.GeneratedField(db_persist=True, expression=tech4value.tenancy.sort_keys.Fold(models.F('name')), output_field=models.TextField())),
                ('tenant', models.ForeignKey(default=tech4value.tenancy.context.current_tenant_id, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.tenant')),
            ],
            options={
                'ordering': ['sort_name'],
                'abstract': False,
                'base_manager_name': 'everything',
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.RenameField(model_name='person', old_name='profile', new_name='profile_text'),
        migrations.AddField(
            model_name='person',
            name='profile',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='persons', to='portfolio_people.profile', verbose_name='profil'),
        ),
        migrations.RunPython(in_each_tenant(rows_of_texts), in_each_tenant(texts_of_rows)),
        migrations.RemoveField(model_name='person', name='profile_text'),
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.UUIDField(default=tech4value.tenancy.models.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('name', models.CharField(max_length=80, verbose_name='nom')),
                ('description', models.CharField(blank=True, max_length=300, verbose_name='description')),
                ('sort_name', models.GeneratedField(db_persist=True, expression=tech4value.tenancy.sort_keys.Fold(models.F('name')), output_field=models.TextField())),
                ('tenant', models.ForeignKey(default=tech4value.tenancy.context.current_tenant_id, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.tenant')),
            ],
            options={
                'ordering': ['sort_name'],
                'abstract': False,
                'base_manager_name': 'everything',
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='PersonSkill',
            fields=[
                ('id', models.UUIDField(default=tech4value.tenancy.models.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'Notions'), (2, 'Avec appui'), (3, 'Autonome'), (4, 'Confirmé'), (5, 'Expert')], default=3, verbose_name='niveau')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skills', to='portfolio_people.person')),
                ('tenant', models.ForeignKey(default=tech4value.tenancy.context.current_tenant_id, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.tenant')),
                ('skill', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='persons', to='portfolio_people.skill', verbose_name='compétence')),
            ],
            options={
                'ordering': ['-level', 'skill__sort_name'],
                'abstract': False,
                'base_manager_name': 'everything',
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name='profile',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('tenant', 'name'), name='profile_name'),
        ),
        migrations.AddConstraint(
            model_name='skill',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('tenant', 'name'), name='skill_name'),
        ),
        migrations.AddIndex(
            model_name='personskill',
            index=models.Index(fields=['tenant', 'skill', 'level'], name='person_skill_level'),
        ),
        migrations.AddConstraint(
            model_name='personskill',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('tenant', 'person', 'skill'), name='person_skill_once'),
        ),
        migrations.AddConstraint(
            model_name='personskill',
            constraint=models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 5)), name='person_skill_level_range'),
        ),
    ]

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from ntbportal.commons.migrating import Together


class Migration(migrations.Migration):
    """All that the migrations it replaces make, in one go, for a fresh database; one that has them takes nothing from here."""

    replaces = [('actionplan', '0001_initial'), ('actionplan', '0002_initial')]

    initial = True

    dependencies = [
        ('commons', '0004_push_devices'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        Together(
            operations=[migrations.CreateModel(
                name='Commitment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='commitments', to='actionplan.plan')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                    ('slug', models.SlugField(max_length=60, unique=True, verbose_name='address')),
                    ('title_id', models.CharField(max_length=160, verbose_name='title in Indonesian')),
                    ('title_en', models.CharField(max_length=160, verbose_name='title in English')),
                    ('problem_id', models.TextField(verbose_name='problem in Indonesian')),
                    ('problem_en', models.TextField(verbose_name='problem in English')),
                    ('solution_id', models.TextField(verbose_name='solution in Indonesian')),
                    ('solution_en', models.TextField(verbose_name='solution in English')),
                    ('results_id', models.TextField(verbose_name='expected results in Indonesian')),
                    ('results_en', models.TextField(verbose_name='expected results in English')),
                    ('values', models.CharField(help_text='Comma-separated, e.g. transparency, participation', max_length=160, verbose_name='OGP values')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commitments_led', to='commons.agency', verbose_name='lead agency')),
                    ('completion', models.CharField(choices=[('not_started', 'Not started'), ('limited', 'Limited'), ('substantial', 'Substantial'), ('complete', 'Complete')], default='not_started', max_length=12, verbose_name='status')),
                    ('page', models.CharField(blank=True, max_length=100, verbose_name='page of the service')),
                    ('supporting', models.ManyToManyField(blank=True, related_name='+', to='commons.agency', verbose_name='supporting agencies')),
                ],
                options={
                    'verbose_name': 'commitment',
                    'verbose_name_plural': 'commitments',
                    'ordering': ['number'],
                },
            ), migrations.CreateModel(
                name='Milestone',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='actionplan.commitment')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('title_id', models.CharField(max_length=240, verbose_name='title in Indonesian')),
                    ('title_en', models.CharField(max_length=240, verbose_name='title in English')),
                    ('deliverable_id', models.CharField(blank=True, max_length=240, verbose_name='deliverable in Indonesian')),
                    ('deliverable_en', models.CharField(blank=True, max_length=240, verbose_name='deliverable in English')),
                    ('starts_on', models.DateField(blank=True, null=True, verbose_name='from')),
                    ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('completion', models.CharField(choices=[('not_started', 'Not started'), ('limited', 'Limited'), ('substantial', 'Substantial'), ('complete', 'Complete')], default='not_started', max_length=12, verbose_name='status')),
                    ('evidence', models.CharField(blank=True, max_length=200, verbose_name='where it can be seen')),
                ],
                options={
                    'verbose_name': 'milestone',
                    'verbose_name_plural': 'milestones',
                    'ordering': ['position', 'pk'],
                },
            ), migrations.CreateModel(
                name='MilestoneEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='actionplan.milestone')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.BigIntegerField()),
                    ('commitment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='actionplan.commitment')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('title_id', models.CharField(max_length=240, verbose_name='title in Indonesian')),
                    ('title_en', models.CharField(max_length=240, verbose_name='title in English')),
                    ('deliverable_id', models.CharField(blank=True, max_length=240, verbose_name='deliverable in Indonesian')),
                    ('deliverable_en', models.CharField(blank=True, max_length=240, verbose_name='deliverable in English')),
                    ('starts_on', models.DateField(blank=True, null=True, verbose_name='from')),
                    ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('completion', models.CharField(choices=[('not_started', 'Not started'), ('limited', 'Limited'), ('substantial', 'Substantial'), ('complete', 'Complete')], default='not_started', max_length=12, verbose_name='status')),
                    ('evidence', models.CharField(blank=True, max_length=200, verbose_name='where it can be seen')),
                ],
                options={
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='Plan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title_id', models.CharField(max_length=160, verbose_name='title in Indonesian')),
                    ('title_en', models.CharField(max_length=160, verbose_name='title in English')),
                    ('aims_id', models.TextField(help_text='One aim a line.', verbose_name='aims in Indonesian')),
                    ('aims_en', models.TextField(help_text='One aim a line.', verbose_name='aims in English')),
                    ('starts_on', models.DateField(verbose_name='from')),
                    ('ends_on', models.DateField(verbose_name='until')),
                    ('is_current', models.BooleanField(default=False, verbose_name='current')),
                    ('consortium', models.ManyToManyField(related_name='plans', to='commons.agency', verbose_name='consortium')),
                    ('partners', models.ManyToManyField(related_name='partner_in_plans', to='commons.agency', verbose_name='CSO partners')),
                ],
                options={
                    'verbose_name': 'action plan',
                    'verbose_name_plural': 'action plans',
                    'ordering': ['-starts_on'],
                },
            ), migrations.CreateModel(
                name='CommitmentEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='actionplan.commitment')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.BigIntegerField()),
                    ('plan', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='actionplan.plan')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                    ('slug', models.SlugField(db_index=False, max_length=60, verbose_name='address')),
                    ('title_id', models.CharField(max_length=160, verbose_name='title in Indonesian')),
                    ('title_en', models.CharField(max_length=160, verbose_name='title in English')),
                    ('problem_id', models.TextField(verbose_name='problem in Indonesian')),
                    ('problem_en', models.TextField(verbose_name='problem in English')),
                    ('solution_id', models.TextField(verbose_name='solution in Indonesian')),
                    ('solution_en', models.TextField(verbose_name='solution in English')),
                    ('results_id', models.TextField(verbose_name='expected results in Indonesian')),
                    ('results_en', models.TextField(verbose_name='expected results in English')),
                    ('values', models.CharField(help_text='Comma-separated, e.g. transparency, participation', max_length=160, verbose_name='OGP values')),
                    ('lead', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='commons.agency', verbose_name='lead agency')),
                    ('completion', models.CharField(choices=[('not_started', 'Not started'), ('limited', 'Limited'), ('substantial', 'Substantial'), ('complete', 'Complete')], default='not_started', max_length=12, verbose_name='status')),
                    ('page', models.CharField(blank=True, max_length=100, verbose_name='page of the service')),
                ],
                options={
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='PlanEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='actionplan.plan')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.BigIntegerField()),
                    ('title_id', models.CharField(max_length=160, verbose_name='title in Indonesian')),
                    ('title_en', models.CharField(max_length=160, verbose_name='title in English')),
                    ('aims_id', models.TextField(help_text='One aim a line.', verbose_name='aims in Indonesian')),
                    ('aims_en', models.TextField(help_text='One aim a line.', verbose_name='aims in English')),
                    ('starts_on', models.DateField(verbose_name='from')),
                    ('ends_on', models.DateField(verbose_name='until')),
                    ('is_current', models.BooleanField(default=False, verbose_name='current')),
                ],
                options={
                    'abstract': False,
                },
            )],
        ),
        Together(
            operations=[pgtrigger.migrations.AddTrigger(
                model_name='milestone',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "actionplan_milestoneevent" ("commitment_id", "completion", "deliverable_en", "deliverable_id", "ends_on", "evidence", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "starts_on", "title_en", "title_id") VALUES (NEW."commitment_id", NEW."completion", NEW."deliverable_en", NEW."deliverable_id", NEW."ends_on", NEW."evidence", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."starts_on", NEW."title_en", NEW."title_id"); RETURN NULL;', hash='d49e7f879506d24f34c2bf46e2188d8887afa0e8', operation='INSERT', pgid='pgtrigger_insert_insert_e3c3f', table='actionplan_milestone', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='milestone',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "actionplan_milestoneevent" ("commitment_id", "completion", "deliverable_en", "deliverable_id", "ends_on", "evidence", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "starts_on", "title_en", "title_id") VALUES (NEW."commitment_id", NEW."completion", NEW."deliverable_en", NEW."deliverable_id", NEW."ends_on", NEW."evidence", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."starts_on", NEW."title_en", NEW."title_id"); RETURN NULL;', hash='780b4ecb5d5d044e8869f48707566ce8e0869ecb', operation='UPDATE', pgid='pgtrigger_update_update_73bdb', table='actionplan_milestone', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='plan',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "actionplan_planevent" ("aims_en", "aims_id", "ends_on", "id", "is_current", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "title_en", "title_id") VALUES (NEW."aims_en", NEW."aims_id", NEW."ends_on", NEW."id", NEW."is_current", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on", NEW."title_en", NEW."title_id"); RETURN NULL;', hash='5ad1f8c1ddee438bcede43a6a2230a7f476b6e4a', operation='INSERT', pgid='pgtrigger_insert_insert_98acc', table='actionplan_plan', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='plan',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "actionplan_planevent" ("aims_en", "aims_id", "ends_on", "id", "is_current", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "title_en", "title_id") VALUES (NEW."aims_en", NEW."aims_id", NEW."ends_on", NEW."id", NEW."is_current", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on", NEW."title_en", NEW."title_id"); RETURN NULL;', hash='2c5632916eab93e5269abcd684a8891d1cfff560', operation='UPDATE', pgid='pgtrigger_update_update_78dba', table='actionplan_plan', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='commitment',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "actionplan_commitmentevent" ("completion", "id", "lead_id", "number", "page", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "problem_en", "problem_id", "results_en", "results_id", "slug", "solution_en", "solution_id", "title_en", "title_id", "values") VALUES (NEW."completion", NEW."id", NEW."lead_id", NEW."number", NEW."page", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."problem_en", NEW."problem_id", NEW."results_en", NEW."results_id", NEW."slug", NEW."solution_en", NEW."solution_id", NEW."title_en", NEW."title_id", NEW."values"); RETURN NULL;', hash='407d3c7ed7dccbb74b69477c2e819cf8f2a59ea6', operation='INSERT', pgid='pgtrigger_insert_insert_74f2d', table='actionplan_commitment', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='commitment',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "actionplan_commitmentevent" ("completion", "id", "lead_id", "number", "page", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "problem_en", "problem_id", "results_en", "results_id", "slug", "solution_en", "solution_id", "title_en", "title_id", "values") VALUES (NEW."completion", NEW."id", NEW."lead_id", NEW."number", NEW."page", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."problem_en", NEW."problem_id", NEW."results_en", NEW."results_id", NEW."slug", NEW."solution_en", NEW."solution_id", NEW."title_en", NEW."title_id", NEW."values"); RETURN NULL;', hash='d0e807426b0d16f05929294d9080436096b6124a', operation='UPDATE', pgid='pgtrigger_update_update_b815a', table='actionplan_commitment', when='AFTER')),
            )],
        ),
    ]

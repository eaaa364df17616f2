# Doses that are given at school.

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('posyandu', '0002_every_age'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='item',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='item',
            name='update_update',
        ),
        migrations.AddField(
            model_name='item',
            name='at_school',
            field=models.BooleanField(default=False, help_text='The posyandu asks and writes down.', verbose_name='given at school (BIAS)'),
        ),
        migrations.AddField(
            model_name='itemevent',
            name='at_school',
            field=models.BooleanField(default=False, help_text='The posyandu asks and writes down.', verbose_name='given at school (BIAS)'),
        ),
        # lines that were there before this was taken back once
        migrations.RunSQL("UPDATE posyandu_item SET at_school = true WHERE code LIKE 'bias-%'", migrations.RunSQL.noop),
        migrations.RunSQL(  # names that had not been translated
            "UPDATE posyandu_item SET name_en = replace(replace(replace(name_en, 'Polio tetes', 'Oral polio'), 'Polio suntik', "
            "'Polio injection'), 'Campak-rubela', 'Measles-rubella') WHERE name_en = name_id",
            migrations.RunSQL.noop,
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='item',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "posyandu_itemevent" ("after_days", "at_school", "code", "dose", "every_days", "from_days", "id", "is_active", "is_basic", "is_stocked", "kind", "months", "name_en", "name_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "regions", "series", "sex", "source", "until_days") VALUES (NEW."after_days", NEW."at_school", NEW."code", NEW."dose", NEW."every_days", NEW."from_days", NEW."id", NEW."is_active", NEW."is_basic", NEW."is_stocked", NEW."kind", NEW."months", NEW."name_en", NEW."name_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."regions", NEW."series", NEW."sex", NEW."source", NEW."until_days"); RETURN NULL;', hash='32380fbbf73f1ad844574cd77ea2506dec44af50', operation='INSERT', pgid='pgtrigger_insert_insert_bcd08', table='posyandu_item', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='item',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "posyandu_itemevent" ("after_days", "at_school", "code", "dose", "every_days", "from_days", "id", "is_active", "is_basic", "is_stocked", "kind", "months", "name_en", "name_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "regions", "series", "sex", "source", "until_days") VALUES (NEW."after_days", NEW."at_school", NEW."code", NEW."dose", NEW."every_days", NEW."from_days", NEW."id", NEW."is_active", NEW."is_basic", NEW."is_stocked", NEW."kind", NEW."months", NEW."name_en", NEW."name_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."regions", NEW."series", NEW."sex", NEW."source", NEW."until_days"); RETURN NULL;', hash='fb65df44a47176f0677d290b09e96e02f17c2102', operation='UPDATE', pgid='pgtrigger_update_update_c18eb', table='posyandu_item', when='AFTER')),
        ),
    ]

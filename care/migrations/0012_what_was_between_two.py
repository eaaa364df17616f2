"""Questions and replies of before become private between reporter and agency; what was secret stays
so because its reporter wished it, the reason that is hardest to lift."""

from django.db import migrations

FORWARDS = (
    "UPDATE care_casemove SET is_private = true WHERE what IN ('asked', 'replied')",
    "UPDATE care_casemove SET is_private = true WHERE what = 'reopened' AND by_id IS NULL",
    "UPDATE care_case SET secret_because = 'reporter' WHERE is_secret AND secret_because = ''",
)


class Migration(migrations.Migration):
    dependencies = [("care", "0011_nobody_is_harmed")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in FORWARDS]

from django.db import migrations, models

# versions that are public already keep their address
FILL = """
UPDATE onedata_dataversion v SET published_at = d.published_at
FROM onedata_dataset d WHERE d.current_id = v.id AND v.published_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("onedata", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="dataversion",
            name="published_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="published"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

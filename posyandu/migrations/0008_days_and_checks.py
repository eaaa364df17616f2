import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from ntbportal.commons.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('posyandu', '0007_pregnancy_ends'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='WeighingCheck',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('checked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='looked at')),
                    ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('visit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='check_made', to='posyandu.growthvisit')),
                ],
                options={
                    'verbose_name': 'look at an unusual weighing',
                    'verbose_name_plural': 'looks at unusual weighings',
                },
            ),
            migrations.AddField(
                model_name='openday',
                name='is_home_visits',
                field=models.BooleanField(db_default=False, default=False, verbose_name='home visits'),
            ),
            migrations.AddIndex(
                model_name='growthvisit',
                index=models.Index(
                    condition=models.Q(('is_implausible', True), ('confirmed', True), _connector='OR'),
                    fields=['posyandu', 'day'],
                    name='visit_unusual',
                ),
            ),
        ]),
    ]

import care.models.cases
import django.db.models.deletion
import django.utils.timezone
import ntbportal.commons.privacy
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from ntbportal.commons.migrating import Together


class Migration(migrations.Migration):
    """All that the migrations it replaces make, in one go, for a fresh database; one that has them takes nothing from here."""

    replaces = [('care', '0001_initial'), ('care', '0002_initial'), ('care', '0003_lifecycle'), ('care', '0004_following'), ('care', '0005_duty_and_retention'), ('care', '0006_intake'), ('care', '0007_together'), ('care', '0008_photos_of_answers'), ('care', '0009_map_desk_onward'), ('care', '0010_inbox')]

    initial = True

    dependencies = [
        ('commons', '0004_push_devices'),
        ('commons', '__first__'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        Together(
            operations=[migrations.CreateModel(
                name='DeadlineRuleEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='care.deadlinerule')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.BigIntegerField()),
                    ('step', models.CharField(choices=[('verify', 'verify and forward'), ('answer', 'answer'), ('reply', 'reply of the reporter')], max_length=8, verbose_name='step')),
                    ('kind', models.CharField(blank=True, choices=[('complaint', 'Complaint'), ('aspiration', 'Suggestion'), ('information', 'Request for information')], max_length=12, verbose_name='kind')),
                    ('is_emergency', models.BooleanField(default=False, verbose_name='emergency')),
                    ('working_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='working days')),
                    ('minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes')),
                    ('source', models.CharField(max_length=200, verbose_name='source')),
                    ('valid_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='valid from')),
                    ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ],
                options={
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='DraftPhoto',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='care.reportdraft')),
                    ('picture', models.ImageField(max_length=160, upload_to='care/drafts/%Y/%m/')),
                    ('thumbnail', models.ImageField(max_length=160, upload_to='care/drafts/%Y/%m/')),
                ],
                options={
                    'verbose_name': 'photo of a draft',
                    'verbose_name_plural': 'photos of drafts',
                    'ordering': ['pk'],
                },
            ), migrations.CreateModel(
                name='DutyShift',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duty_shifts', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                    ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons.region', verbose_name='region')),
                    ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='care.category', verbose_name='category')),
                    ('weekday', models.PositiveSmallIntegerField(blank=True, choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], null=True, verbose_name='weekday')),
                    ('begins', models.TimeField(default='00:00', verbose_name='begins')),
                    ('ends', models.TimeField(default='00:00', verbose_name='ends')),
                    ('valid_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='valid from')),
                    ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ],
                options={
                    'verbose_name': 'shift of the duty roster',
                    'verbose_name_plural': 'duty roster',
                    'ordering': ['region', 'weekday', 'begins'],
                },
            ), migrations.CreateModel(
                name='EmergencyWord',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('word', models.CharField(max_length=60, unique=True, verbose_name='word or words')),
                ],
                options={
                    'verbose_name': 'word of emergencies',
                    'verbose_name_plural': 'words of emergencies',
                    'ordering': ['word'],
                },
            ), migrations.CreateModel(
                name='HelpOffer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='care.case')),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('name', models.CharField(help_text='Your name or that of your group; it is public once accepted.', max_length=80, verbose_name='who helps')),
                    ('contact', ntbportal.commons.privacy.EncryptedTextField(help_text='Only the officer sees it.', verbose_name='phone or e-mail')),
                    ('text', models.TextField(max_length=1000, verbose_name='what you can do')),
                    ('language', models.CharField(default='id', max_length=2)),
                    ('state', models.CharField(choices=[('offered', 'Offered'), ('accepted', 'Accepted'), ('declined', 'Declined')], default='offered', max_length=8, verbose_name='state')),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'offer of help',
                    'verbose_name_plural': 'offers of help',
                    'ordering': ['created_at', 'pk'],
                },
            ), migrations.CreateModel(
                name='IncomingReport',
                fields=[
                    ('key', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                    ('code', models.CharField(max_length=9)),
                    ('content', ntbportal.commons.privacy.EncryptedTextField(blank=True)),
                    ('is_urgent', models.BooleanField(default=False)),
                    ('received_at', models.DateTimeField()),
                    ('filed_at', models.DateTimeField(null=True)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('next_try_at', models.DateTimeField()),
                    ('error', models.CharField(blank=True, max_length=300)),
                ],
                options={
                    'verbose_name': 'report taken in',
                    'verbose_name_plural': 'reports taken in',
                },
            ), migrations.CreateModel(
                name='OnwardCase',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='onward', to='care.case')),
                    ('server', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='care.onwardserver', verbose_name='server')),
                    ('state', models.CharField(choices=[('waiting', 'Waiting to be sent'), ('token', 'Taken, number to come'), ('open', 'Open there'), ('closed', 'Closed there'), ('failed', 'Not taken')], default='waiting', max_length=7, verbose_name='state')),
                    ('request_id', models.CharField(blank=True, max_length=80, verbose_name='number there')),
                    ('token', models.CharField(blank=True, max_length=80)),
                    ('status_notes', models.TextField(blank=True, verbose_name='notes there')),
                    ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                    ('next_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='next look')),
                    ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'case sent on',
                    'verbose_name_plural': 'cases sent on',
                },
            ), migrations.CreateModel(
                name='OnwardServer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('url', models.URLField(help_text='Up to and without “/services.json”, e.g. https://example.go.id/open311/v2', verbose_name='address')),
                    ('api_key', ntbportal.commons.privacy.EncryptedTextField(blank=True, verbose_name='key')),
                    ('jurisdiction', models.CharField(blank=True, help_text='jurisdiction_id, where the server asks for it', max_length=80, verbose_name='jurisdiction')),
                    ('agency', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='onward_server', to='commons.agency', verbose_name='agency whose cases go there')),
                    ('is_automatic', models.BooleanField(default=False, help_text='Send each public case as soon as it is forwarded to the agency; else an officer sends it.', verbose_name='at once')),
                    ('sends_contact', models.BooleanField(default=False, help_text='Only where an agreement covers it; anonymous reporters never.', verbose_name="with the reporter's name and contact")),
                    ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ],
                options={
                    'verbose_name': 'other Open311 server',
                    'verbose_name_plural': 'other Open311 servers',
                    'ordering': ['name'],
                },
            ), migrations.CreateModel(
                name='OnwardService',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('server', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='services', to='care.onwardserver')),
                    ('category', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='care.category', verbose_name='category')),
                    ('service_code', models.CharField(max_length=80, verbose_name='service code there')),
                ],
                options={
                    'verbose_name': 'service of another server',
                    'verbose_name_plural': 'services of other servers',
                },
            ), migrations.CreateModel(
                name='Question',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('category', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='care.category', verbose_name='category')),
                    ('text_id', models.CharField(max_length=160, verbose_name='question in Indonesian')),
                    ('text_en', models.CharField(max_length=160, verbose_name='question in English')),
                    ('answer_kind', models.CharField(choices=[('text', 'a short text'), ('number', 'a number'), ('date', 'a date'), ('yes_no', 'yes or no'), ('choice', 'one of several')], default='text', max_length=8, verbose_name='answer')),
                    ('choices_id', models.TextField(blank=True, help_text='One a line, for “one of several”.', verbose_name='choices in Indonesian')),
                    ('choices_en', models.TextField(blank=True, help_text='In the same order.', verbose_name='choices in English')),
                    ('is_required', models.BooleanField(default=False, verbose_name='must be answered')),
                    ('is_public', models.BooleanField(default=False, verbose_name='the answer is public')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ],
                options={
                    'verbose_name': 'question',
                    'verbose_name_plural': 'questions',
                    'ordering': ['category', 'position', 'pk'],
                },
            ), migrations.CreateModel(
                name='QuestionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='care.question')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.BigIntegerField()),
                    ('category', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='care.category', verbose_name='category')),
                    ('text_id', models.CharField(max_length=160, verbose_name='question in Indonesian')),
                    ('text_en', models.CharField(max_length=160, verbose_name='question in English')),
                    ('answer_kind', models.CharField(choices=[('text', 'a short text'), ('number', 'a number'), ('date', 'a date'), ('yes_no', 'yes or no'), ('choice', 'one of several')], default='text', max_length=8, verbose_name='answer')),
                    ('choices_id', models.TextField(blank=True, help_text='One a line, for “one of several”.', verbose_name='choices in Indonesian')),
                    ('choices_en', models.TextField(blank=True, help_text='In the same order.', verbose_name='choices in English')),
                    ('is_required', models.BooleanField(default=False, verbose_name='must be answered')),
                    ('is_public', models.BooleanField(default=False, verbose_name='the answer is public')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ],
                options={
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='ReportDraft',
                fields=[
                    ('key', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('content', ntbportal.commons.privacy.EncryptedTextField(default='{}')),
                    ('created_at', models.DateTimeField(auto_now_add=True, db_index=True)),
                ],
                options={
                    'verbose_name': 'report draft',
                    'verbose_name_plural': 'report drafts',
                },
            ), migrations.CreateModel(
                name='RetentionRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(blank=True, choices=[('complaint', 'Complaint'), ('aspiration', 'Suggestion'), ('information', 'Request for information')], max_length=12, verbose_name='kind')),
                    ('days', models.PositiveIntegerField(verbose_name='days')),
                    ('source', models.CharField(max_length=200, verbose_name='source')),
                    ('valid_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='valid from')),
                    ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ],
                options={
                    'verbose_name': 'retention period',
                    'verbose_name_plural': 'retention periods',
                },
            ), migrations.CreateModel(
                name='RetentionRuleEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='care.retentionrule')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.BigIntegerField()),
                    ('kind', models.CharField(blank=True, choices=[('complaint', 'Complaint'), ('aspiration', 'Suggestion'), ('information', 'Request for information')], max_length=12, verbose_name='kind')),
                    ('days', models.PositiveIntegerField(verbose_name='days')),
                    ('source', models.CharField(max_length=200, verbose_name='source')),
                    ('valid_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='valid from')),
                    ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ],
                options={
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='RoutingRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('category', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='care.category', verbose_name='category')),
                    ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons.region', verbose_name='region')),
                    ('kind', models.CharField(blank=True, choices=[('complaint', 'Complaint'), ('aspiration', 'Suggestion'), ('information', 'Request for information')], max_length=12, verbose_name='kind')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='routing_rules', to='commons.agency', verbose_name='agency')),
                    ('valid_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='valid from')),
                    ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                    ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ],
                options={
                    'verbose_name': 'routing rule',
                    'verbose_name_plural': 'routing rules',
                },
            ), migrations.CreateModel(
                name='RoutingRuleEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='care.routingrule')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.BigIntegerField()),
                    ('category', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='care.category', verbose_name='category')),
                    ('region', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='commons.region', verbose_name='region')),
                    ('kind', models.CharField(blank=True, choices=[('complaint', 'Complaint'), ('aspiration', 'Suggestion'), ('information', 'Request for information')], max_length=12, verbose_name='kind')),
                    ('agency', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='commons.agency', verbose_name='agency')),
                    ('valid_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='valid from')),
                    ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                    ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ],
                options={
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='SavedView',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('name', models.CharField(max_length=40, verbose_name='name')),
                    ('query', models.CharField(max_length=500)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'saved view of the desk',
                    'verbose_name_plural': 'saved views of the desk',
                    'ordering': ['name'],
                },
            ), migrations.CreateModel(
                name='Case',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=care.models.cases.new_code, max_length=9, unique=True, verbose_name='code')),
                    ('pin_digest', models.CharField(max_length=64)),
                    ('draft_key', models.UUIDField(editable=False, null=True, unique=True)),
                    ('kind', models.CharField(choices=[('complaint', 'Complaint'), ('aspiration', 'Suggestion'), ('information', 'Request for information')], default='complaint', max_length=12, verbose_name='kind')),
                    ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='care.category', verbose_name='category')),
                    ('is_emergency', models.BooleanField(default=False, verbose_name='emergency')),
                    ('description', models.TextField(verbose_name='description')),
                    ('answers', models.JSONField(blank=True, default=list, verbose_name='answers')),
                    ('channel', models.CharField(choices=[('web', 'Portal'), ('offline', 'Portal, written without signal'), ('open311', 'Open311'), ('visit', 'At the counter'), ('phone', 'By telephone'), ('whatsapp', 'WhatsApp or SMS'), ('social', 'Social media'), ('letter', 'Letter')], default='web', max_length=8, verbose_name='came by')),
                    ('entered_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                    ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='commons.region', verbose_name='place')),
                    ('place_note', models.CharField(blank=True, max_length=200, verbose_name='where exactly')),
                    ('latitude', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                    ('longitude', models.FloatField(blank=True, null=True, verbose_name='longitude')),
                    ('map_x', models.IntegerField(editable=False, null=True)),
                    ('map_y', models.IntegerField(editable=False, null=True)),
                    ('hidden_words', models.TextField(blank=True, editable=False, verbose_name='words the public does not read')),
                    ('reporter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reports', to=settings.AUTH_USER_MODEL)),
                    ('reporter_name', ntbportal.commons.privacy.EncryptedTextField(blank=True, verbose_name='name of the reporter')),
                    ('reporter_email', ntbportal.commons.privacy.EncryptedTextField(blank=True, verbose_name='e-mail of the reporter')),
                    ('reporter_phone', ntbportal.commons.privacy.EncryptedTextField(blank=True, verbose_name='phone of the reporter')),
                    ('reporter_phone_index', ntbportal.commons.privacy.BlindIndexField(blank=True, db_index=True, default='', editable=False, max_length=32, of='reporter_phone')),
                    ('contact_confirmed_at', models.DateTimeField(editable=False, null=True, verbose_name='contact confirmed')),
                    ('language', models.CharField(default='id', max_length=2)),
                    ('is_anonymous', models.BooleanField(default=False, help_text='The name is hidden from public and agency.', verbose_name='anonymous')),
                    ('is_secret', models.BooleanField(default=False, help_text='The content is hidden from the public.', verbose_name='secret')),
                    ('state', models.CharField(choices=[('received', 'Received'), ('verified', 'Verified'), ('assigned', 'Forwarded to the agency'), ('in_progress', 'Being handled'), ('answered', 'Answered'), ('closed', 'Closed'), ('needs_info', 'Waiting for the reporter'), ('rejected', 'Not accepted'), ('duplicate', 'Reported before'), ('referred', 'Referred elsewhere')], default='received', max_length=11, verbose_name='state')),
                    ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='commons.agency', verbose_name='agency')),
                    ('unit', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases_of_unit', to='commons.agency', verbose_name='unit of the agency')),
                    ('rule', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='care.routingrule', verbose_name='sent by rule')),
                    ('officer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='cases_in_hand', to=settings.AUTH_USER_MODEL, verbose_name='officer')),
                    ('routed_at', models.DateTimeField(null=True, verbose_name='forwarded')),
                    ('due_at', models.DateTimeField(db_index=True, null=True, verbose_name='due')),
                    ('first_due_at', models.DateTimeField(editable=False, null=True, verbose_name='first answer due')),
                    ('answered_at', models.DateTimeField(null=True, verbose_name='first answered')),
                    ('paused_at', models.DateTimeField(editable=False, null=True, verbose_name='clock stopped')),
                    ('time_left', models.DurationField(editable=False, null=True, verbose_name='time left when the clock stopped')),
                    ('reply_until', models.DateTimeField(editable=False, null=True, verbose_name='reply possible until')),
                    ('was_reopened', models.BooleanField(default=False, editable=False, verbose_name='reopened by the reporter')),
                    ('rating', models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='rating, 1 to 5')),
                    ('rating_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason for the rating')),
                    ('closed_at', models.DateTimeField(editable=False, null=True, verbose_name='closed')),
                    ('forgotten_at', models.DateTimeField(editable=False, null=True, verbose_name='reporter forgotten')),
                    ('duplicate_of', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='care.case', verbose_name='the same as')),
                    ('hidden_at', models.DateTimeField(null=True, verbose_name='hidden')),
                    ('hidden_reason', models.CharField(blank=True, max_length=200, verbose_name='reason for hiding')),
                    ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demo')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='received')),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='changed')),
                ],
                options={
                    'verbose_name': 'case',
                    'verbose_name_plural': 'cases',
                },
            ), migrations.CreateModel(
                name='CaseFollow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to='care.case')),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('email', ntbportal.commons.privacy.EncryptedTextField(blank=True, verbose_name='e-mail')),
                    ('email_index', ntbportal.commons.privacy.BlindIndexField(blank=True, db_index=True, default='', editable=False, max_length=32, of='email')),
                    ('visitor', models.CharField(blank=True, max_length=40)),
                    ('is_affected', models.BooleanField(default=False)),
                    ('language', models.CharField(default='id', max_length=2)),
                    ('since', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'follower of a case',
                    'verbose_name_plural': 'followers of cases',
                },
            ), migrations.CreateModel(
                name='CaseMove',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='care.case')),
                    ('what', models.CharField(choices=[('filed', 'Report received'), ('routed', 'Forwarded'), ('taken', 'Taken in hand'), ('answered', 'Answered'), ('transferred', 'Transferred'), ('asked', 'Asked the reporter'), ('replied', 'Reply of the reporter'), ('closed', 'Closed'), ('rejected', 'Not accepted'), ('noted', 'Internal note'), ('reopened', 'Reopened'), ('merged', 'Put together with another report'), ('referred', 'Referred elsewhere'), ('escalated', 'Escalated'), ('helped', 'Help accepted'), ('supported', 'Another agency helps'), ('disposed', 'Given to a unit of the agency'), ('sent_on', 'Sent on to another portal'), ('news', 'News from the other portal')], max_length=11, verbose_name='what')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                    ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons.agency', verbose_name='agency')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                    ('from_state', models.CharField(blank=True, choices=[('received', 'Received'), ('verified', 'Verified'), ('assigned', 'Forwarded to the agency'), ('in_progress', 'Being handled'), ('answered', 'Answered'), ('closed', 'Closed'), ('needs_info', 'Waiting for the reporter'), ('rejected', 'Not accepted'), ('duplicate', 'Reported before'), ('referred', 'Referred elsewhere')], max_length=11, verbose_name='from')),
                    ('to_state', models.CharField(choices=[('received', 'Received'), ('verified', 'Verified'), ('assigned', 'Forwarded to the agency'), ('in_progress', 'Being handled'), ('answered', 'Answered'), ('closed', 'Closed'), ('needs_info', 'Waiting for the reporter'), ('rejected', 'Not accepted'), ('duplicate', 'Reported before'), ('referred', 'Referred elsewhere')], max_length=11, verbose_name='to')),
                    ('public_note', models.TextField(blank=True, verbose_name='note to the public')),
                    ('inside_note', models.TextField(blank=True, verbose_name='note inside')),
                ],
                options={
                    'verbose_name': 'step',
                    'verbose_name_plural': 'steps',
                    'ordering': ['at', 'pk'],
                },
            ), migrations.CreateModel(
                name='CasePhoto',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='care.case')),
                    ('move', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='care.casemove')),
                    ('picture', models.ImageField(max_length=160, upload_to='care/%Y/%m/', verbose_name='picture')),
                    ('thumbnail', models.ImageField(max_length=160, upload_to='care/%Y/%m/', verbose_name='small picture')),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('original', models.ImageField(blank=True, max_length=160, upload_to='care/%Y/%m/', verbose_name='picture as it came')),
                    ('hidden_at', models.DateTimeField(editable=False, null=True, verbose_name='hidden')),
                ],
                options={
                    'verbose_name': 'photo',
                    'verbose_name_plural': 'photos',
                    'ordering': ['position', 'pk'],
                },
            ), migrations.CreateModel(
                name='CaseSupport',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supports', to='care.case')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons.agency', verbose_name='agency')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('since', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'supporting agency',
                    'verbose_name_plural': 'supporting agencies',
                },
            ), migrations.CreateModel(
                name='Category',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('slug', models.SlugField(max_length=60, unique=True, verbose_name='address')),
                    ('name_id', models.CharField(max_length=80, verbose_name='name in Indonesian')),
                    ('name_en', models.CharField(max_length=80, verbose_name='name in English')),
                    ('hint_id', models.CharField(blank=True, max_length=160, verbose_name='examples in Indonesian')),
                    ('hint_en', models.CharField(blank=True, max_length=160, verbose_name='examples in English')),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='care.category', verbose_name='within')),
                    ('words', models.TextField(blank=True, help_text='Separated by commas; the form proposes the category when they are typed.', verbose_name='words people use for it')),
                    ('is_emergency', models.BooleanField(default=False, help_text='Alerted at once, first response within 60 minutes.', verbose_name='emergency')),
                    ('is_sensitive', models.BooleanField(default=False, help_text='Public pages show the place only roughly.', verbose_name='sensitive')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ],
                options={
                    'verbose_name': 'category',
                    'verbose_name_plural': 'categories',
                    'ordering': ['position', 'name_id'],
                },
            ), migrations.CreateModel(
                name='CaseEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='care.case')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.BigIntegerField()),
                    ('code', models.CharField(default=care.models.cases.new_code, max_length=9, verbose_name='code')),
                    ('draft_key', models.UUIDField(editable=False, null=True)),
                    ('kind', models.CharField(choices=[('complaint', 'Complaint'), ('aspiration', 'Suggestion'), ('information', 'Request for information')], default='complaint', max_length=12, verbose_name='kind')),
                    ('category', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='care.category', verbose_name='category')),
                    ('is_emergency', models.BooleanField(default=False, verbose_name='emergency')),
                    ('description', models.TextField(verbose_name='description')),
                    ('answers', models.JSONField(blank=True, default=list, verbose_name='answers')),
                    ('channel', models.CharField(choices=[('web', 'Portal'), ('offline', 'Portal, written without signal'), ('open311', 'Open311'), ('visit', 'At the counter'), ('phone', 'By telephone'), ('whatsapp', 'WhatsApp or SMS'), ('social', 'Social media'), ('letter', 'Letter')], default='web', max_length=8, verbose_name='came by')),
                    ('entered_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                    ('region', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='commons.region', verbose_name='place')),
                    ('place_note', models.CharField(blank=True, max_length=200, verbose_name='where exactly')),
                    ('latitude', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                    ('longitude', models.FloatField(blank=True, null=True, verbose_name='longitude')),
                    ('hidden_words', models.TextField(blank=True, editable=False, verbose_name='words the public does not read')),
                    ('reporter', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('reporter_name', ntbportal.commons.privacy.EncryptedTextField(blank=True, verbose_name='name of the reporter')),
                    ('reporter_email', ntbportal.commons.privacy.EncryptedTextField(blank=True, verbose_name='e-mail of the reporter')),
                    ('reporter_phone', ntbportal.commons.privacy.EncryptedTextField(blank=True, verbose_name='phone of the reporter')),
                    ('reporter_phone_index', ntbportal.commons.privacy.BlindIndexField(blank=True, db_index=True, default='', editable=False, max_length=32, of='reporter_phone')),
                    ('contact_confirmed_at', models.DateTimeField(editable=False, null=True, verbose_name='contact confirmed')),
                    ('language', models.CharField(default='id', max_length=2)),
                    ('is_anonymous', models.BooleanField(default=False, help_text='The name is hidden from public and agency.', verbose_name='anonymous')),
                    ('is_secret', models.BooleanField(default=False, help_text='The content is hidden from the public.', verbose_name='secret')),
                    ('state', models.CharField(choices=[('received', 'Received'), ('verified', 'Verified'), ('assigned', 'Forwarded to the agency'), ('in_progress', 'Being handled'), ('answered', 'Answered'), ('closed', 'Closed'), ('needs_info', 'Waiting for the reporter'), ('rejected', 'Not accepted'), ('duplicate', 'Reported before'), ('referred', 'Referred elsewhere')], default='received', max_length=11, verbose_name='state')),
                    ('agency', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='commons.agency', verbose_name='agency')),
                    ('unit', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='commons.agency', verbose_name='unit of the agency')),
                    ('rule', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='care.routingrule', verbose_name='sent by rule')),
                    ('officer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='officer')),
                    ('routed_at', models.DateTimeField(null=True, verbose_name='forwarded')),
                    ('due_at', models.DateTimeField(null=True, verbose_name='due')),
                    ('first_due_at', models.DateTimeField(editable=False, null=True, verbose_name='first answer due')),
                    ('answered_at', models.DateTimeField(null=True, verbose_name='first answered')),
                    ('paused_at', models.DateTimeField(editable=False, null=True, verbose_name='clock stopped')),
                    ('time_left', models.DurationField(editable=False, null=True, verbose_name='time left when the clock stopped')),
                    ('reply_until', models.DateTimeField(editable=False, null=True, verbose_name='reply possible until')),
                    ('was_reopened', models.BooleanField(default=False, editable=False, verbose_name='reopened by the reporter')),
                    ('rating', models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='rating, 1 to 5')),
                    ('rating_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason for the rating')),
                    ('closed_at', models.DateTimeField(editable=False, null=True, verbose_name='closed')),
                    ('forgotten_at', models.DateTimeField(editable=False, null=True, verbose_name='reporter forgotten')),
                    ('duplicate_of', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='care.case', verbose_name='the same as')),
                    ('hidden_at', models.DateTimeField(null=True, verbose_name='hidden')),
                    ('hidden_reason', models.CharField(blank=True, max_length=200, verbose_name='reason for hiding')),
                    ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demo')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='received')),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='changed')),
                ],
                options={
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='AreaAlert',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('email', ntbportal.commons.privacy.EncryptedTextField(blank=True, verbose_name='e-mail')),
                    ('email_index', ntbportal.commons.privacy.BlindIndexField(blank=True, db_index=True, default='', editable=False, max_length=32, of='email')),
                    ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='commons.region', verbose_name='area')),
                    ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='care.category', verbose_name='category')),
                    ('language', models.CharField(default='id', max_length=2)),
                    ('confirmed_at', models.DateTimeField(null=True)),
                    ('told_until', models.DateTimeField(default=django.utils.timezone.now)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'alert of an area',
                    'verbose_name_plural': 'alerts of areas',
                },
            ), migrations.CreateModel(
                name='AnswerTemplate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=80, verbose_name='title')),
                    ('text', models.TextField(help_text='{code}, {place} and {agency} are filled in', verbose_name='text')),
                    ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='commons.agency', verbose_name='agency')),
                    ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='care.category', verbose_name='category')),
                ],
                options={
                    'verbose_name': 'template of an answer',
                    'verbose_name_plural': 'templates of answers',
                    'ordering': ['title'],
                },
            ), migrations.CreateModel(
                name='CategoryEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='care.category')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.BigIntegerField()),
                    ('slug', models.SlugField(db_index=False, max_length=60, verbose_name='address')),
                    ('name_id', models.CharField(max_length=80, verbose_name='name in Indonesian')),
                    ('name_en', models.CharField(max_length=80, verbose_name='name in English')),
                    ('hint_id', models.CharField(blank=True, max_length=160, verbose_name='examples in Indonesian')),
                    ('hint_en', models.CharField(blank=True, max_length=160, verbose_name='examples in English')),
                    ('parent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='care.category', verbose_name='within')),
                    ('words', models.TextField(blank=True, help_text='Separated by commas; the form proposes the category when they are typed.', verbose_name='words people use for it')),
                    ('is_emergency', models.BooleanField(default=False, help_text='Alerted at once, first response within 60 minutes.', verbose_name='emergency')),
                    ('is_sensitive', models.BooleanField(default=False, help_text='Public pages show the place only roughly.', verbose_name='sensitive')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ],
                options={
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='DeadlineRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('step', models.CharField(choices=[('verify', 'verify and forward'), ('answer', 'answer'), ('reply', 'reply of the reporter')], max_length=8, verbose_name='step')),
                    ('kind', models.CharField(blank=True, choices=[('complaint', 'Complaint'), ('aspiration', 'Suggestion'), ('information', 'Request for information')], max_length=12, verbose_name='kind')),
                    ('is_emergency', models.BooleanField(default=False, verbose_name='emergency')),
                    ('working_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='working days')),
                    ('minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes')),
                    ('source', models.CharField(max_length=200, verbose_name='source')),
                    ('valid_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='valid from')),
                    ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ],
                options={
                    'verbose_name': 'deadline',
                    'verbose_name_plural': 'deadlines',
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('minutes__isnull', False), ('working_days__isnull', True)), models.Q(('minutes__isnull', True), ('working_days__isnull', False)), _connector='OR'), name='deadline_in_days_or_minutes')],
                },
            )],
        ),
        Together(
            operations=[pgtrigger.migrations.AddTrigger(
                model_name='deadlinerule',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "care_deadlineruleevent" ("id", "is_emergency", "kind", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "step", "valid_from", "valid_until", "working_days") VALUES (NEW."id", NEW."is_emergency", NEW."kind", NEW."minutes", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."step", NEW."valid_from", NEW."valid_until", NEW."working_days"); RETURN NULL;', hash='f5ea2844ec57dcaecad5335c0aceb940a13b4a20', operation='INSERT', pgid='pgtrigger_insert_insert_e063a', table='care_deadlinerule', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='deadlinerule',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "care_deadlineruleevent" ("id", "is_emergency", "kind", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "step", "valid_from", "valid_until", "working_days") VALUES (NEW."id", NEW."is_emergency", NEW."kind", NEW."minutes", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."step", NEW."valid_from", NEW."valid_until", NEW."working_days"); RETURN NULL;', hash='d2008fcbe76f7011350cf8e705bea4a68b718d39', operation='UPDATE', pgid='pgtrigger_update_update_e0119', table='care_deadlinerule', when='AFTER')),
            ), migrations.AddIndex(
                model_name='incomingreport',
                index=models.Index(condition=models.Q(('filed_at__isnull', True)), fields=['next_try_at'], name='incoming_waiting'),
            ), migrations.AddIndex(
                model_name='incomingreport',
                index=models.Index(condition=models.Q(('filed_at__isnull', False)), fields=['filed_at'], name='incoming_filed'),
            ), migrations.AddConstraint(
                model_name='incomingreport',
                constraint=models.UniqueConstraint(fields=('code',), name='incoming_code_once'),
            ), pgtrigger.migrations.AddTrigger(
                model_name='retentionrule',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "care_retentionruleevent" ("days", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "valid_from", "valid_until") VALUES (NEW."days", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='9fe22fb37ea75f9f448f2e3134753e87ee6f81ef', operation='INSERT', pgid='pgtrigger_insert_insert_7f3f9', table='care_retentionrule', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='retentionrule',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "care_retentionruleevent" ("days", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "valid_from", "valid_until") VALUES (NEW."days", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='ecd3fade8756233a9307c66b39f56591bd074e7d', operation='UPDATE', pgid='pgtrigger_update_update_4ef1f', table='care_retentionrule', when='AFTER')),
            ), migrations.AddConstraint(
                model_name='casefollow',
                constraint=models.UniqueConstraint(fields=('case', 'user'), name='case_followed_once'),
            ), migrations.AddConstraint(
                model_name='casefollow',
                constraint=models.UniqueConstraint(condition=models.Q(('visitor', ''), _negated=True), fields=('case', 'visitor'), name='case_affects_visitor_once'),
            ), migrations.AddConstraint(
                model_name='casesupport',
                constraint=models.UniqueConstraint(fields=('case', 'agency'), name='case_supported_once'),
            ), pgtrigger.migrations.AddTrigger(
                model_name='category',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "care_categoryevent" ("hint_en", "hint_id", "id", "is_active", "is_emergency", "is_sensitive", "name_en", "name_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "slug", "words") VALUES (NEW."hint_en", NEW."hint_id", NEW."id", NEW."is_active", NEW."is_emergency", NEW."is_sensitive", NEW."name_en", NEW."name_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."slug", NEW."words"); RETURN NULL;', hash='80249a999c58262a4e5f51a1f2c16029b39d1b1b', operation='INSERT', pgid='pgtrigger_insert_insert_36574', table='care_category', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='category',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "care_categoryevent" ("hint_en", "hint_id", "id", "is_active", "is_emergency", "is_sensitive", "name_en", "name_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "slug", "words") VALUES (NEW."hint_en", NEW."hint_id", NEW."id", NEW."is_active", NEW."is_emergency", NEW."is_sensitive", NEW."name_en", NEW."name_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."slug", NEW."words"); RETURN NULL;', hash='14b03e6b9b1db56b060ccd18665829025b216252', operation='UPDATE', pgid='pgtrigger_update_update_6b07e', table='care_category', when='AFTER')),
            ), migrations.AddIndex(
                model_name='onwardcase',
                index=models.Index(condition=models.Q(('state__in', ['waiting', 'token', 'open'])), fields=['next_at'], name='onward_due'),
            ), migrations.AddConstraint(
                model_name='onwardservice',
                constraint=models.UniqueConstraint(fields=('server', 'category'), name='onward_service_once'),
            ), pgtrigger.migrations.AddTrigger(
                model_name='question',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "care_questionevent" ("answer_kind", "category_id", "choices_en", "choices_id", "id", "is_active", "is_public", "is_required", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "text_en", "text_id") VALUES (NEW."answer_kind", NEW."category_id", NEW."choices_en", NEW."choices_id", NEW."id", NEW."is_active", NEW."is_public", NEW."is_required", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."text_en", NEW."text_id"); RETURN NULL;', hash='ea52a4348b187c9715988b4cbc3a087e023fa533', operation='INSERT', pgid='pgtrigger_insert_insert_68953', table='care_question', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='question',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "care_questionevent" ("answer_kind", "category_id", "choices_en", "choices_id", "id", "is_active", "is_public", "is_required", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "text_en", "text_id") VALUES (NEW."answer_kind", NEW."category_id", NEW."choices_en", NEW."choices_id", NEW."id", NEW."is_active", NEW."is_public", NEW."is_required", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."text_en", NEW."text_id"); RETURN NULL;', hash='f2c1f2cb15af27f6bdca64f05b90c3cf4f8129ea', operation='UPDATE', pgid='pgtrigger_update_update_cded6', table='care_question', when='AFTER')),
            ), migrations.AddConstraint(
                model_name='routingrule',
                constraint=models.UniqueConstraint(fields=('category', 'region', 'kind', 'valid_from'), name='one_rule_per_place_and_day'),
            ), pgtrigger.migrations.AddTrigger(
                model_name='routingrule',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "care_routingruleevent" ("agency_id", "category_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "source", "valid_from", "valid_until") VALUES (NEW."agency_id", NEW."category_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_id", NEW."source", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='1d05336edc25e1244dddef3d4633e225e0760b2f', operation='INSERT', pgid='pgtrigger_insert_insert_56bb1', table='care_routingrule', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='routingrule',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "care_routingruleevent" ("agency_id", "category_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "source", "valid_from", "valid_until") VALUES (NEW."agency_id", NEW."category_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_id", NEW."source", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='ecb42c392620fa87ada553fcb1fea24b16c9121a', operation='UPDATE', pgid='pgtrigger_update_update_8178d', table='care_routingrule', when='AFTER')),
            ), migrations.AddIndex(
                model_name='case',
                index=models.Index(fields=['agency', 'state', '-created_at'], name='case_agency_state'),
            ), migrations.AddIndex(
                model_name='case',
                index=models.Index(fields=['-created_at', '-id'], name='case_newest'),
            ), migrations.AddIndex(
                model_name='case',
                index=models.Index(condition=models.Q(('routed_at__isnull', True)), fields=['created_at'], name='case_unrouted'),
            ), migrations.AddIndex(
                model_name='case',
                index=models.Index(fields=['category', '-created_at'], name='case_category'),
            ), migrations.AddIndex(
                model_name='case',
                index=models.Index(fields=['region', '-created_at'], name='case_region'),
            ), migrations.AddIndex(
                model_name='case',
                index=models.Index(condition=models.Q(('hidden_at__isnull', True), ('is_secret', False), models.Q(('state__in', ['received', 'rejected', 'duplicate']), _negated=True)), fields=['map_x', 'map_y'], include=('category', 'state', 'created_at', 'region', 'id'), name='case_public_map'),
            ), migrations.AddIndex(
                model_name='case',
                index=models.Index(condition=models.Q(('hidden_at__isnull', True), ('is_secret', False), models.Q(('state__in', ['received', 'rejected', 'duplicate']), _negated=True)), fields=['-created_at', '-id'], include=('category', 'state', 'region'), name='case_public_newest'),
            ), pgtrigger.migrations.AddTrigger(
                model_name='case',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "care_caseevent" ("agency_id", "answered_at", "answers", "category_id", "channel", "closed_at", "code", "contact_confirmed_at", "created_at", "description", "draft_key", "due_at", "duplicate_of_id", "entered_by_id", "first_due_at", "forgotten_at", "hidden_at", "hidden_reason", "hidden_words", "id", "is_anonymous", "is_demo", "is_emergency", "is_secret", "kind", "language", "latitude", "longitude", "officer_id", "paused_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_note", "rating", "rating_reason", "region_id", "reply_until", "reporter_email", "reporter_id", "reporter_name", "reporter_phone", "reporter_phone_index", "routed_at", "rule_id", "state", "time_left", "unit_id", "updated_at", "was_reopened") VALUES (NEW."agency_id", NEW."answered_at", NEW."answers", NEW."category_id", NEW."channel", NEW."closed_at", NEW."code", NEW."contact_confirmed_at", NEW."created_at", NEW."description", NEW."draft_key", NEW."due_at", NEW."duplicate_of_id", NEW."entered_by_id", NEW."first_due_at", NEW."forgotten_at", NEW."hidden_at", NEW."hidden_reason", NEW."hidden_words", NEW."id", NEW."is_anonymous", NEW."is_demo", NEW."is_emergency", NEW."is_secret", NEW."kind", NEW."language", NEW."latitude", NEW."longitude", NEW."officer_id", NEW."paused_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place_note", NEW."rating", NEW."rating_reason", NEW."region_id", NEW."reply_until", NEW."reporter_email", NEW."reporter_id", NEW."reporter_name", NEW."reporter_phone", NEW."reporter_phone_index", NEW."routed_at", NEW."rule_id", NEW."state", NEW."time_left", NEW."unit_id", NEW."updated_at", NEW."was_reopened"); RETURN NULL;', hash='ffd39858fd9743c44bfead940efa8a0a5e71afeb', operation='INSERT', pgid='pgtrigger_insert_insert_5f527', table='care_case', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='case',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."answers" IS DISTINCT FROM (NEW."answers") OR OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."contact_confirmed_at" IS DISTINCT FROM (NEW."contact_confirmed_at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."draft_key" IS DISTINCT FROM (NEW."draft_key") OR OLD."due_at" IS DISTINCT FROM (NEW."due_at") OR OLD."duplicate_of_id" IS DISTINCT FROM (NEW."duplicate_of_id") OR OLD."entered_by_id" IS DISTINCT FROM (NEW."entered_by_id") OR OLD."first_due_at" IS DISTINCT FROM (NEW."first_due_at") OR OLD."forgotten_at" IS DISTINCT FROM (NEW."forgotten_at") OR OLD."hidden_at" IS DISTINCT FROM (NEW."hidden_at") OR OLD."hidden_reason" IS DISTINCT FROM (NEW."hidden_reason") OR OLD."hidden_words" IS DISTINCT FROM (NEW."hidden_words") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_anonymous" IS DISTINCT FROM (NEW."is_anonymous") OR OLD."is_demo" IS DISTINCT FROM (NEW."is_demo") OR OLD."is_emergency" IS DISTINCT FROM (NEW."is_emergency") OR OLD."is_secret" IS DISTINCT FROM (NEW."is_secret") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."latitude" IS DISTINCT FROM (NEW."latitude") OR OLD."longitude" IS DISTINCT FROM (NEW."longitude") OR OLD."officer_id" IS DISTINCT FROM (NEW."officer_id") OR OLD."paused_at" IS DISTINCT FROM (NEW."paused_at") OR OLD."place_note" IS DISTINCT FROM (NEW."place_note") OR OLD."rating" IS DISTINCT FROM (NEW."rating") OR OLD."rating_reason" IS DISTINCT FROM (NEW."rating_reason") OR OLD."region_id" IS DISTINCT FROM (NEW."region_id") OR OLD."reply_until" IS DISTINCT FROM (NEW."reply_until") OR OLD."reporter_id" IS DISTINCT FROM (NEW."reporter_id") OR OLD."reporter_email" IS DISTINCT FROM (NEW."reporter_email") OR OLD."reporter_name" IS DISTINCT FROM (NEW."reporter_name") OR OLD."reporter_phone" IS DISTINCT FROM (NEW."reporter_phone") OR OLD."reporter_phone_index" IS DISTINCT FROM (NEW."reporter_phone_index") OR OLD."routed_at" IS DISTINCT FROM (NEW."routed_at") OR OLD."rule_id" IS DISTINCT FROM (NEW."rule_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."time_left" IS DISTINCT FROM (NEW."time_left") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."was_reopened" IS DISTINCT FROM (NEW."was_reopened"))', func='INSERT INTO "care_caseevent" ("agency_id", "answered_at", "answers", "category_id", "channel", "closed_at", "code", "contact_confirmed_at", "created_at", "description", "draft_key", "due_at", "duplicate_of_id", "entered_by_id", "first_due_at", "forgotten_at", "hidden_at", "hidden_reason", "hidden_words", "id", "is_anonymous", "is_demo", "is_emergency", "is_secret", "kind", "language", "latitude", "longitude", "officer_id", "paused_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_note", "rating", "rating_reason", "region_id", "reply_until", "reporter_email", "reporter_id", "reporter_name", "reporter_phone", "reporter_phone_index", "routed_at", "rule_id", "state", "time_left", "unit_id", "updated_at", "was_reopened") VALUES (NEW."agency_id", NEW."answered_at", NEW."answers", NEW."category_id", NEW."channel", NEW."closed_at", NEW."code", NEW."contact_confirmed_at", NEW."created_at", NEW."description", NEW."draft_key", NEW."due_at", NEW."duplicate_of_id", NEW."entered_by_id", NEW."first_due_at", NEW."forgotten_at", NEW."hidden_at", NEW."hidden_reason", NEW."hidden_words", NEW."id", NEW."is_anonymous", NEW."is_demo", NEW."is_emergency", NEW."is_secret", NEW."kind", NEW."language", NEW."latitude", NEW."longitude", NEW."officer_id", NEW."paused_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place_note", NEW."rating", NEW."rating_reason", NEW."region_id", NEW."reply_until", NEW."reporter_email", NEW."reporter_id", NEW."reporter_name", NEW."reporter_phone", NEW."reporter_phone_index", NEW."routed_at", NEW."rule_id", NEW."state", NEW."time_left", NEW."unit_id", NEW."updated_at", NEW."was_reopened"); RETURN NULL;', hash='179b4c8fe564490ce1e49f9ad764b7f44b39e462', operation='UPDATE', pgid='pgtrigger_update_update_c2259', table='care_case', when='AFTER')),
            ), migrations.AddConstraint(
                model_name='savedview',
                constraint=models.UniqueConstraint(fields=('user', 'name'), name='saved_view_named_once'),
            )],
        ),
    ]

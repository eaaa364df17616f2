from django.db import migrations

import ntbportal.commons.privacy
from ntbportal.commons.privacy import UnreadableField, decrypt, encrypt


def _rewrite(schema_editor, change):
    """Each text anew, in batches by key; one that is already as wanted stays."""
    with schema_editor.connection.cursor() as cursor:
        last = 0
        while True:
            cursor.execute("SELECT id, body FROM commons_notice WHERE id > %s ORDER BY id LIMIT 1000", [last])
            rows = cursor.fetchall()
            if not rows:
                return
            cursor.executemany("UPDATE commons_notice SET body = %s WHERE id = %s", [(change(body), pk) for pk, body in rows])
            last = rows[-1][0]


def _encrypted(body):
    try:
        decrypt(body)
    except UnreadableField:
        return encrypt(body)
    return body


def _clear(body):
    try:
        return decrypt(body)
    except UnreadableField:
        return body


class Migration(migrations.Migration):
    dependencies = [("commons", "0002_apitoken")]

    operations = [
        migrations.AlterField(
            model_name="notice", name="body", field=ntbportal.commons.privacy.EncryptedTextField(verbose_name="text")
        ),
        migrations.RunPython(
            lambda apps, schema_editor: _rewrite(schema_editor, _encrypted),
            lambda apps, schema_editor: _rewrite(schema_editor, _clear),
        ),
    ]

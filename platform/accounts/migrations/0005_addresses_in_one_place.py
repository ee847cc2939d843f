"""allauth noted addresses a second time whenever a password was reset; `User.email` alone says them."""

from django.db import migrations


def forget_copies(apps, schema_editor):
    """A copy, never confirmed, kept its person from setting up a second factor, and outlived a change of address."""
    apps.get_model("account", "EmailAddress").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_undeliverable_mail"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(forget_copies, migrations.RunPython.noop)]

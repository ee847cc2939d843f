from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohort", "0005_freeze_samples_of_trends"),
    ]

    operations = [
        migrations.AlterField(
            model_name="bulkrun",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invite", "Invite"),
                    ("remind", "Remind"),
                    ("assign_county", "Assign a county reviewer"),
                    ("assign_assessor", "Assign an assessor"),
                    ("drop_county", "Take the county reviewer off"),
                    ("drop_assessor", "Take the assessor off"),
                    ("rescore", "Score again"),
                ],
                max_length=15,
            ),
        ),
    ]

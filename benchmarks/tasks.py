"""Background work of the model: training a release."""

from __future__ import annotations

from accounts.models import User
from benchmarks.models import Release
from benchmarks.queries import TRAIN_RELEASE
from benchmarks.training import compute_code_sha256, fit_release
from companies.models import Programme
from jobs.work import Work, register_job


@register_job(TRAIN_RELEASE)
def train_release(work: Work) -> None:
    """Train a release. An attempt that is repeated after it had stored its release trains none again."""
    parameters = work.job.parameters
    release = Release.objects.filter(
        programme=parameters["programme"],
        trained_at__gte=work.job.created_at,
        seed=parameters["seed"],
        parameters__alpha=parameters["alpha"],
        code_sha256=compute_code_sha256(),
    ).first() or fit_release(
        programme=Programme.objects.get(pk=parameters["programme"]),
        seed=parameters["seed"],
        alpha=parameters["alpha"],
        by=User.objects.filter(pk=parameters["by"]).first(),
    )
    work.result = {"release": str(release.pk), "name": release.name}

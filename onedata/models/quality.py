"""What the checks found in a version (dimensions of ISO/IEC 25012)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .versions import DataVersion


class Dimension(models.TextChoices):
    COMPLETENESS = "completeness", _("Completeness")
    VALIDITY = "validity", _("Validity")
    UNIQUENESS = "uniqueness", _("Uniqueness")
    CONSISTENCY = "consistency", _("Consistency")
    TIMELINESS = "timeliness", _("Timeliness")
    ACCURACY = "accuracy", _("Accuracy")


class Severity(models.TextChoices):
    ERROR = "error", _("To be corrected")
    WARNING = "warning", _("To be looked at")


SEVERITY_TONES = {Severity.ERROR: "alert", Severity.WARNING: "wait"}


class QualityReport(models.Model):
    version = models.OneToOneField(DataVersion, models.CASCADE, related_name="report")
    score = models.FloatField(_("score, 0 to 100"))
    # {dimension: {"score": 0-100, "tested": cells or rows looked at, "failed": of these}}
    dimensions = models.JSONField(_("by dimension"), default=dict)
    checked_at = models.DateTimeField(_("checked"), auto_now_add=True)
    seconds = models.FloatField(_("seconds taken"), default=0)

    class Meta:
        verbose_name = _("quality report")
        verbose_name_plural = _("quality reports")

    def __str__(self) -> str:
        return f"{self.version}: {self.score:.0f}"

    @property
    def tone(self) -> str:
        return "good" if self.score >= 90 else "wait" if self.score >= 70 else "alert"


class PastScore(models.Model):
    """The score of each check there was: reports are renewed, this stays."""

    data_set = models.ForeignKey("onedata.DataSet", models.CASCADE, related_name="past_scores")
    version = models.PositiveIntegerField(_("version"))
    score = models.FloatField(_("score, 0 to 100"))
    dimensions = models.JSONField(_("by dimension"), default=dict)
    findings = models.PositiveIntegerField(_("findings"), default=0)
    at = models.DateTimeField(_("checked"), auto_now_add=True)

    class Meta:
        verbose_name = _("past score")
        verbose_name_plural = _("past scores")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["data_set", "-at"], name="past_score_of")]

    def __str__(self) -> str:
        return f"v{self.version}: {self.score:.0f}"


class Finding(models.Model):
    """One thing that is wrong: in a cell (row and column), a column, or the file."""

    report = models.ForeignKey(QualityReport, models.CASCADE, related_name="findings")
    dimension = models.CharField(_("dimension"), max_length=12, choices=Dimension)
    severity = models.CharField(_("severity"), max_length=7, choices=Severity)
    check_name = models.CharField(_("check"), max_length=40)
    row = models.PositiveBigIntegerField(_("row"), null=True, help_text=_("Line of data, the first below the header being 1"))
    column = models.CharField(_("column"), max_length=120, blank=True)
    value = models.CharField(_("value"), max_length=120, blank=True)
    count = models.PositiveBigIntegerField(_("how often"), default=1)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["severity", "pk"]
        indexes = [models.Index(fields=["report", "severity"], name="finding_report")]

    def __str__(self) -> str:
        return f"{self.check_name} {self.column} {self.row}"

    @property
    def tone(self) -> str:
        return SEVERITY_TONES[Severity(self.severity)]

    @property
    def message(self) -> str:
        """What is wrong, in plain words in the reader's language."""
        from ..quality.wording import message_of

        return message_of(self)

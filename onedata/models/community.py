"""What readers add: following, discussion, reuses; and how often a data set is read."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency

from .catalogue import DataSet, Topic


class Follow(models.Model):
    """Somebody wants to hear of a data set, an agency or a topic: exactly one of them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    data_set = models.ForeignKey(DataSet, models.CASCADE, null=True, related_name="follows")
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, related_name="+")
    topic = models.CharField(max_length=16, choices=Topic, blank=True)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            models.UniqueConstraint(fields=["user", "data_set"], name="follow_data_set_once"),
            models.UniqueConstraint(fields=["user", "agency"], name="follow_agency_once"),
            models.UniqueConstraint(fields=["user", "topic"], condition=~models.Q(topic=""), name="follow_topic_once"),
            models.CheckConstraint(
                condition=models.Q(data_set__isnull=False, agency__isnull=True, topic="")
                | models.Q(data_set__isnull=True, agency__isnull=False, topic="")
                | (models.Q(data_set__isnull=True, agency__isnull=True) & ~models.Q(topic="")),
                name="follow_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.data_set or self.agency or self.get_topic_display())


class Moderation(models.TextChoices):
    WAITING = "waiting", _("Waiting to be looked at")
    SHOWN = "shown", _("Shown")
    HIDDEN = "hidden", _("Hidden")


MODERATION_TONES = {Moderation.WAITING: "wait", Moderation.SHOWN: "good", Moderation.HIDDEN: "alert"}


class Moderated(models.Model):
    state = models.CharField(_("state"), max_length=8, choices=Moderation, default=Moderation.WAITING)
    reason = models.CharField(_("why it is hidden"), max_length=200, blank=True)
    moderated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    moderated_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("sent"), auto_now_add=True)

    class Meta:
        abstract = True

    @property
    def tone(self) -> str:
        return MODERATION_TONES[Moderation(self.state)]


class Comment(Moderated):
    """A question or remark on a data set. A citizen's is shown after the Walidata has seen it; an officer's at once."""

    data_set = models.ForeignKey(DataSet, models.CASCADE, related_name="comments")
    answers = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_official = models.BooleanField(default=False)
    text = models.TextField(_("text"), max_length=4000)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["data_set", "state"], name="comment_of"),
            models.Index(fields=["state", "created_at"], condition=models.Q(state="waiting"), name="comment_waiting"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class ReuseKind(models.TextChoices):
    APP = "app", _("App or service")
    ARTICLE = "article", _("Article or news")
    RESEARCH = "research", _("Research or thesis")
    VISUALISATION = "visualisation", _("Map or visualisation")
    POLICY = "policy", _("Policy or plan")


class Reuse(Moderated):
    """Something made with our data."""

    title = models.CharField(_("title"), max_length=160)
    kind = models.CharField(_("kind"), max_length=14, choices=ReuseKind)
    url = models.URLField(_("address"), max_length=500)
    description = models.TextField(_("what it does"), max_length=2000)
    maker = models.CharField(_("made by"), max_length=120)
    data_sets = models.ManyToManyField(DataSet, related_name="reuses", verbose_name=_("data sets used"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("reuse")
        verbose_name_plural = _("reuses")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "-created_at"], name="reuse_state")]

    def __str__(self) -> str:
        return self.title


class DayCount(models.Model):
    """How often a data set was looked at, downloaded and asked by programs on one day."""

    data_set = models.ForeignKey(DataSet, models.CASCADE, related_name="day_counts")
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)
    downloads = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("counts of a day")
        verbose_name_plural = _("counts of days")
        constraints = [models.UniqueConstraint(fields=["data_set", "day"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.data_set_id} {self.day}"


class Synonym(models.Model):
    """Words that mean the same to somebody who searches: "balita" also finds "anak bawah lima tahun"."""

    words = models.CharField(_("words"), max_length=300, unique=True, help_text=_("Separated by commas"))

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words


class Chart(models.Model):
    """A chart or map of a data set: what is drawn, not the picture."""

    data_set = models.ForeignKey(DataSet, models.CASCADE, related_name="charts")
    title = models.CharField(_("title"), max_length=160)
    # {"kind", "x", "y", "total", "split", "where_column", "where_value"}
    drawing = models.JSONField(_("drawing"))
    # a producer's is seen once the Walidata shows it: its title is read by everybody
    is_shown = models.BooleanField(_("shown"), default=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("chart")
        verbose_name_plural = _("charts")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title


class FormDraft(models.Model):
    """What somebody was typing in a long form, kept while they type."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="form_drafts")
    form = models.CharField(max_length=140)
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("kept form")
        verbose_name_plural = _("kept forms")
        constraints = [models.UniqueConstraint(fields=["user", "form"], name="one_draft_a_form")]

    def __str__(self) -> str:
        return self.form

"""Following, discussing, reusing; and looking at what was written before it is shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import EVERYONE, SIGNED_IN, audience
from ntbportal.commons.agencies import Agency
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.numerals import whole_number

from .. import moderation
from ..models import Comment, DataSet, Follow, Moderation, Reuse, ReuseKind, Topic
from .public import data_set_of


def _followed(request: HttpRequest) -> dict[str, Any]:
    """What is to be followed, from the form: a data set, an agency or a topic. Raises Http404."""
    kind, what = request.POST.get("kind", ""), request.POST.get("what", "")[:120]
    if kind == "data_set":
        return {"data_set": data_set_of(request, what)}
    if kind == "agency":
        return {"agency": get_object_or_404(Agency, slug=what)}
    if kind == "topic" and what in Topic.values:
        return {"topic": what}
    raise Http404


@audience(SIGNED_IN)
def following(request: HttpRequest) -> HttpResponse:
    """What somebody follows; POST follows or unfollows."""
    mine = Follow.objects.filter(user=request.user.pk)
    if request.method == "POST":
        wanted = _followed(request)
        found = mine.filter(**wanted)
        if found.exists():
            found.delete()
            messages.success(request, _("You no longer follow it."))
        else:
            try:
                with transaction.atomic():
                    Follow.objects.create(user=request.user, **wanted)
            except IntegrityError:
                pass  # pressed twice
            messages.success(request, _("You follow it: we tell you of new versions."))
        back = request.POST.get("back", "")
        return redirect(back if back.startswith("/") and not back.startswith("//") else "onedata:following")
    follows = mine.select_related("data_set", "agency").order_by("-since")[:500]
    return render(request, "onedata/following.html", {"follows": follows, "topics": Topic.choices})


@audience(SIGNED_IN)
def comment(request: HttpRequest, slug: str) -> HttpResponse:
    """POST a question or remark on a data set, or an answer to one."""
    data_set = data_set_of(request, slug)
    if request.method == "POST":
        answered = request.POST.get("answers", "")
        parent = data_set.comments.filter(pk=whole_number(answered, 2**62), state=Moderation.SHOWN).first()
        try:
            said = moderation.say(data_set, request.user, request.POST.get("text", "")[:4000], parent)  # type: ignore[arg-type]
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            request.session["unsaid"] = {"slug": slug, "text": request.POST.get("text", "")[:4000]}
        else:
            messages.success(
                request, _("Thank you. It is shown once it has been looked at.") if said.state == Moderation.WAITING else _("Shown.")
            )
    return redirect(f"{data_set.get_absolute_url()}#discussion")


REUSE_COLUMNS = (
    Column(gettext_lazy("Title"), lambda row: row.title, "title"),
    Column(gettext_lazy("Kind"), lambda row: row.get_kind_display(), "kind"),
    Column(gettext_lazy("Made by"), lambda row: row.maker),
    Column(gettext_lazy("Address"), lambda row: row.url),
    Column(gettext_lazy("Added"), lambda row: row.created_at, "created_at"),
)


@audience(EVERYONE)
def reuses(request: HttpRequest) -> HttpResponseBase:
    rows = Reuse.objects.filter(state=Moderation.SHOWN).prefetch_related("data_sets")
    kind = request.GET.get("kind", "")
    if kind in ReuseKind.values:
        rows = rows.filter(kind=kind)
    listing = Listing(request, rows, REUSE_COLUMNS, sort="-created_at", size=20, name="pemanfaatan-data")
    if export := listing.export():
        return export
    return render(request, "onedata/reuses.html", {"listing": listing, "kinds": ReuseKind.choices, "kind": kind})


class ReuseForm(forms.ModelForm):
    class Meta:
        model = Reuse
        fields = ["title", "kind", "url", "description", "maker"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    slugs = forms.CharField(
        label=gettext_lazy("Data sets used"),
        help_text=gettext_lazy("Their addresses in the portal, one a line"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_slugs(self) -> list[DataSet]:
        names = [line.strip().rstrip("/").rpartition("/")[2] for line in self.cleaned_data["slugs"].splitlines() if line.strip()]
        found = {data_set.slug: data_set for data_set in DataSet.objects.published().filter(slug__in=names)}
        missing = [name for name in names if name not in found]
        if missing:
            raise ValidationError(_("There is no data set “%(code)s”.") % {"code": missing[0]})
        return list(found.values())

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if not url.startswith(("https://", "http://")):
            raise ValidationError(_("The address must begin with https://"))
        return url


@audience(SIGNED_IN)
def reuse_new(request: HttpRequest) -> HttpResponse:
    form = ReuseForm(
        request.POST if request.method == "POST" else None,
        initial={"slugs": request.GET.get("data_set", "")[:120], "maker": request.user.full_name},  # type: ignore[union-attr]
    )
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.instance.author = request.user
            form.save().data_sets.set(form.cleaned_data["slugs"])
        messages.success(request, _("Thank you. It is shown once it has been looked at."))
        return redirect("onedata:reuses")
    return render(request, "onedata/reuse_new.html", {"form": form}, status=422 if request.method == "POST" else 200)


@audience("onedata.check")
def moderate(request: HttpRequest) -> HttpResponse:
    """Comments and reuses that wait; POST shows or hides one."""
    problem = ""
    if request.method == "POST":
        model: Any = {"comment": Comment, "reuse": Reuse}.get(request.POST.get("kind", ""))
        pk = request.POST.get("pk", "")
        if model is None or whole_number(pk, 2**62) is None:
            raise Http404
        thing = get_object_or_404(model, pk=int(pk))
        try:
            moderation.moderate(thing, request.user, show=request.POST.get("act") == "show", reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
            messages.success(request, _("Kept."))
            return redirect("onedata:moderate")
        except ValidationError as error:
            problem = " ".join(error.messages)
    state = request.GET.get("state", Moderation.WAITING)
    state = state if state in Moderation.values else Moderation.WAITING
    context = {
        "comments": Comment.objects.filter(state=state).select_related("author", "data_set").order_by("-created_at")[:100],
        "reuses": Reuse.objects.filter(state=state).select_related("author").prefetch_related("data_sets").order_by("-created_at")[:100],
        "state": state,
        "states": Moderation.choices,
        "problem": problem,
    }
    return render(request, "onedata/moderate.html", context, status=422 if problem else 200)

"""Public reports as Atom, chosen as on the list (?category=jalan&place=52.07&state=open)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.feeds import SafeAtom1Feed

from ..choosing import Choice
from ..models import Case
from ..redaction import public_text

NEWEST = 50


class CaseFeed(Feed):
    feed_type = SafeAtom1Feed
    title = _("NTB Care: new reports")

    def link(self) -> str:
        return reverse("care:overview")

    def get_object(self, request: HttpRequest, *args: Any, **options: Any) -> Choice:
        return Choice.of(request)

    def items(self, choice: Choice) -> Any:
        rows = choice.apply(Case.objects.public().select_related("category", "region"))
        return rows.order_by("-created_at", "-pk")[:NEWEST]

    def item_title(self, item: Case) -> str:
        return f"{item.category.name}, {item.region.full_name}"

    def item_description(self, item: Case) -> str:
        return public_text(item)

    def item_pubdate(self, item: Case) -> datetime:
        return item.created_at

    def item_updateddate(self, item: Case) -> datetime:
        return item.updated_at


@audience(EVERYONE)
def cases(request: HttpRequest) -> HttpResponseBase:
    return CaseFeed()(request)

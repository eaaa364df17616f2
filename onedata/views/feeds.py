"""What is new in the catalogue, as Atom; the catalogue's own filters apply (?topic=health&producer=dinkes)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.feeds import SafeAtom1Feed

from .. import search
from ..models import DataSet

NEWEST = 50


class DataSetFeed(Feed):
    feed_type = SafeAtom1Feed
    title = _("NTB One Data: new and updated data sets")

    def link(self) -> str:
        return reverse("onedata:catalogue")

    def get_object(self, request: HttpRequest, *args: Any, **options: Any) -> dict[str, str]:
        return {name: request.GET.get(name, "")[:80] for name in search.FILTERS}

    def items(self, chosen: dict[str, str]) -> Any:
        return search.narrowed(DataSet.objects.published(), chosen).select_related("producer").order_by("-published_at", "-pk")[:NEWEST]

    def item_title(self, item: DataSet) -> str:
        return item.title

    def item_description(self, item: DataSet) -> str:
        return item.description

    def item_author_name(self, item: DataSet) -> str:
        return item.producer.name

    def item_pubdate(self, item: DataSet) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: DataSet) -> datetime | None:
        return item.published_at


@audience(EVERYONE)
def data_sets(request: HttpRequest) -> HttpResponseBase:
    return DataSetFeed()(request)

"""How often data sets are looked at and downloaded, by day. Machines that say they are machines are not counted."""

from __future__ import annotations

import re
from datetime import timedelta

from django.db import connection
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from .models import DataSet, DayCount

ROBOT = re.compile(r"bot|crawl|spider|slurp|preview|monitor|curl|wget|python|java/|go-http", re.I)


def count_view(request: HttpRequest, data_set: DataSet) -> None:
    if request.method == "GET" and data_set.is_public and not request.headers.get("HX-Request"):
        _count(request, data_set, views=1)


def count_download(request: HttpRequest, data_set: DataSet) -> None:
    if request.method == "GET" and data_set.is_public:
        _count(request, data_set, downloads=1)


def _count(request: HttpRequest, data_set: DataSet, *, views: int = 0, downloads: int = 0) -> None:
    agent = request.headers.get("User-Agent", "")
    if not agent or ROBOT.search(agent):
        return
    day = timezone.localdate()
    more = {"views": F("views") + views, "downloads": F("downloads") + downloads}
    if not DayCount.objects.filter(data_set=data_set, day=day).update(**more):
        _made, new = DayCount.objects.get_or_create(data_set=data_set, day=day, defaults={"views": views, "downloads": downloads})
        if not new:
            DayCount.objects.filter(data_set=data_set, day=day).update(**more)


def add_up() -> int:
    """Totals of the data sets that were read since yesterday, from their days. Safe to run twice."""
    since = timezone.localdate() - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE onedata_dataset SET view_count = total.views, download_count = total.downloads FROM ("
            "SELECT data_set_id, sum(views) AS views, sum(downloads) AS downloads FROM onedata_daycount WHERE data_set_id IN "
            "(SELECT data_set_id FROM onedata_daycount WHERE day >= %s) GROUP BY data_set_id) total "
            "WHERE total.data_set_id = onedata_dataset.id AND (view_count, download_count) <> (total.views, total.downloads)",
            [since],
        )
        return int(cursor.rowcount)

"""One harvest: each record is found again by the source's own identifier, so that nothing is doubled; what the source no
longer has leaves the catalogue (and comes back if it does); a source that answers nothing removes nothing."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from ntbportal.commons.fetching import Unreachable
from ntbportal.commons.tasks import send_soon

from ..forms import free_slug
from ..models import DataSet, DataSetMove, HarvestedRecord, HarvestRun, HarvestSource, Licence, Stage
from ..models.harvest import EVERY_HOURS, Every
from ..quality.personal import personal_data_in_text
from ..search import refresh_contents
from .foreign import Broken, Foreign, as_day
from .readers import READERS

log = logging.getLogger(__name__)
STALE = timedelta(hours=2)  # a run that began longer ago was broken off
AGAIN = timedelta(hours=1)  # after a failure
MOST_BROKEN = 500


def begin(source_id: int) -> HarvestRun | None:
    """A run of the source, unless one is under way."""
    with transaction.atomic():
        source = HarvestSource.objects.select_for_update().get(pk=source_id)
        under_way = source.runs.filter(state=HarvestRun.State.RUNNING)
        if under_way.filter(started_at__gt=timezone.now() - STALE).exists():
            return None
        under_way.update(state=HarvestRun.State.FAILED, finished_at=timezone.now(), error="broken off")
        source.next_run_at = timezone.now() + timedelta(hours=EVERY_HOURS[Every(source.every)])
        source.save(update_fields=["next_run_at"])
        return HarvestRun.objects.create(source=source)


def harvest(source_id: int) -> HarvestRun | None:
    """Fetch the source and bring our records to what it holds. Returns the run, None if one is under way."""
    run = begin(source_id)
    if run is None:
        return None
    source = run.source
    seen: set[str] = set()
    try:
        for record in READERS[source.kind](source.url):
            run.seen += 1
            _take(run, source, record, seen)
            if run.seen % 100 == 0:
                run.save()
        if not seen and source.records.exists():
            raise Unreachable("the source names no record any more; nothing was removed")
        _remove_others(run, source, seen)
        run.state = HarvestRun.State.DONE
    except Unreachable as error:
        run.state, run.error = HarvestRun.State.FAILED, str(error)
    except Exception as error:
        log.exception("harvest of %s failed", source)
        run.state, run.error = HarvestRun.State.FAILED, repr(error)[:500]
    if run.state == HarvestRun.State.FAILED:
        HarvestSource.objects.filter(pk=source.pk).update(next_run_at=timezone.now() + AGAIN)
    run.finished_at = timezone.now()
    run.save()
    return run


def _take(run: HarvestRun, source: HarvestSource, record: Foreign | Broken, seen: set[str]) -> None:
    try:
        if isinstance(record, Broken):
            raise record
        if record.identifier in seen:
            raise Broken(record.identifier, "the source names this record twice")
        seen.add(record.identifier)
        if record.landing_page.startswith(f"{settings.BASE_URL}/"):
            raise Broken(record.identifier, "this record is our own")
        files = [text for file in record.files for text in (file.get("title", ""), file.get("description", ""), file.get("url", ""))]
        if found := personal_data_in_text(record.title, record.description, record.landing_page, *record.keywords, *files):
            kinds = ", ".join(sorted({one["kind"] for one in found}))
            raise Broken(record.identifier, f"held back: personal data in its description ({kinds})")
        with transaction.atomic():
            _upsert(run, source, record)
    except Broken as broken:
        if len(run.broken) < MOST_BROKEN:
            run.broken.append({"record": broken.record, "problem": broken.problem})
        seen.add(broken.record)  # a record that is broken today is not gone
    except IntegrityError as error:
        run.broken.append({"record": getattr(record, "identifier", "?"), "problem": str(error).splitlines()[0][:200]})


def _upsert(run: HarvestRun, source: HarvestSource, record: Foreign) -> None:
    kept = (
        HarvestedRecord.objects.select_for_update().select_related("data_set").filter(source=source, identifier=record.identifier).first()
    )
    if kept is None:
        twin = (
            HarvestedRecord.objects.filter(landing_page=record.landing_page, is_gone=False)
            .exclude(source=source)
            .exclude(landing_page="")
            .first()
        )
        if twin is not None:
            raise Broken(record.identifier, f"already fetched from {twin.source}")
        data_set = DataSet(slug=free_slug(record.title), producer=source.publisher, coverage_id="52", stage=Stage.PUBLISHED)
        _fill(data_set, source, record)
        data_set.published_at = timezone.now()
        data_set.save()
        DataSetMove.objects.create(
            data_set=data_set, by=None, from_stage="", to_stage=Stage.PUBLISHED, note=f"{source.title}: {source.url}"
        )
        HarvestedRecord.objects.create(
            source=source, identifier=record.identifier, data_set=data_set, fingerprint=record.fingerprint,
            landing_page=record.landing_page, files=record.files, seen_at=timezone.now(),
        )  # fmt: skip
        refresh_contents(data_set)
        run.added += 1
        return
    if kept.fingerprint == record.fingerprint and not kept.is_gone:
        HarvestedRecord.objects.filter(pk=kept.pk).update(seen_at=timezone.now())
        return
    data_set = kept.data_set
    _fill(data_set, source, record)
    if kept.is_gone:
        DataSetMove.objects.create(data_set=data_set, by=None, from_stage=data_set.stage, to_stage=Stage.PUBLISHED, note=source.title)
        data_set.stage = Stage.PUBLISHED
    data_set.published_at = timezone.now()
    data_set.save()
    kept.fingerprint, kept.landing_page, kept.files = record.fingerprint, record.landing_page, record.files
    kept.seen_at, kept.is_gone = timezone.now(), False
    kept.save()
    refresh_contents(data_set)
    run.changed += 1


def _fill(data_set: DataSet, source: HarvestSource, record: Foreign) -> None:
    data_set.title, data_set.description = record.title, record.description or record.title
    data_set.keywords, data_set.licence = record.keywords, record.licence or Licence.OTHER
    data_set.topic, data_set.frequency = record.topic or source.topic, record.frequency or "irregular"
    data_set.period_from, data_set.period_to = as_day(record.period_from), as_day(record.period_to)
    data_set.link = record.landing_page or record.files[0]["url"]


def _remove_others(run: HarvestRun, source: HarvestSource, seen: set[str]) -> None:
    for kept in source.records.filter(is_gone=False).select_related("data_set").iterator(chunk_size=500):
        if kept.identifier in seen:
            continue
        with transaction.atomic():
            DataSetMove.objects.create(
                data_set=kept.data_set, by=None, from_stage=kept.data_set.stage, to_stage=Stage.ARCHIVED, note=f"{source.title}: ✕"
            )
            DataSet.objects.filter(pk=kept.data_set_id).update(stage=Stage.ARCHIVED, updated_at=timezone.now())
            HarvestedRecord.objects.filter(pk=kept.pk).update(is_gone=True)
        run.removed += 1


def start_due() -> int:
    """Hand sources whose time has come to the workers."""
    due: Any = HarvestSource.objects.filter(is_active=True).exclude(next_run_at__gt=timezone.now())
    started = 0
    for pk in due.values_list("pk", flat=True):
        send_soon("onedata.harvest", pk)
        started += 1
    return started

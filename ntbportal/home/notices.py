"""A person's notices: all of them, grouped by thing, to be marked read; and ending mails by their link."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from ntbportal.commons.access import EVERYONE, SIGNED_IN, audience
from ntbportal.commons.inbox import inbox_page, mark_read
from ntbportal.commons.notices import Notice
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.people import User
from ntbportal.commons.unsubscribing import subscription_of


@never_cache
@audience(SIGNED_IN)
def notices(request: HttpRequest) -> HttpResponse:
    """All notices, one line a thing; ?unread=1 only new ones. POST: act "all" marks all read, "mail"
    turns notices by e-mail on or off."""
    user: User = request.user  # type: ignore[assignment]
    if request.method == "POST":
        if request.POST.get("act") == "mail":
            user.wants_mail = request.POST.get("wants") == "on"
            user.save(update_fields=["wants_mail"])
            messages.success(request, _("Your choice has been saved."))
        else:
            number = mark_read(user)
            said = ngettext("%(n)s notice marked read.", "%(n)s notices marked read.", number)
            messages.success(request, said % {"n": number})
        return redirect("home:notices")
    before = whole_number(request.GET.get("before", ""), most=10**18) or 0
    unread = request.GET.get("unread") == "1"
    page = inbox_page(user, before=before, unread=unread)
    context = {"page": page, "unread": unread, "before": before}
    context["fresh"] = Notice.objects.unread_count(user)
    return render(request, "home/notices.html", context)


@never_cache
@audience(SIGNED_IN)
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice read, with all of the same thing, and go to its page."""
    user: User = request.user  # type: ignore[assignment]
    found = Notice.objects.filter(pk=pk, user=user, channel="in_app").first()
    if found is None:
        raise Http404
    mark_read(user, found)
    safe = found.path and url_has_allowed_host_and_scheme(found.path, allowed_hosts=None)
    return redirect(found.path if safe else "home:notices")


@csrf_exempt
@never_cache
@audience(EVERYONE)
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail: GET shows what is ended, POST ends it, also by the mail program itself
    (RFC 8058); only who reads the mail knows the address, so that no form of ours is needed."""
    found = subscription_of(token)
    if found is None:
        raise Http404
    subscription, number = found
    if request.method == "POST":
        subscription.end(number)
    context = {"title": subscription.title, "done": request.method == "POST"}
    return render(request, "home/unsubscribe.html", context)

"""Error pages that say what happened and what to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(
        request,
        "problem.html",
        {
            "title": _("This request cannot be read"),
            "text": _("Go back and try again. If it happens again, tell us what you did."),
        },
        status=400,
    )


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    return render(
        request,
        "problem.html",
        {
            "title": _("This page is not for your account"),
            "text": _("You are signed in, but your role does not open this page. If you need it, ask your administrator."),
        },
        status=403,
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(
        request,
        "problem.html",
        {
            "title": _("The form has expired"),
            "text": _("Go back, reload the page and send it again. Cookies must be allowed."),
        },
        status=403,
    )


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(
        request,
        "problem.html",
        {
            "title": _("This page does not exist"),
            "text": _("The address may be mistyped, or the page has moved. Search for it above."),
        },
        status=404,
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Without the usual page around it, as that may be what is broken."""
    try:
        return render(request, "500.html", status=500)
    except Exception:  # noqa: BLE001 - whatever it is, the person gets an answer
        return HttpResponse("Terjadi kesalahan. Coba lagi nanti. / Something went wrong. Try again later.", status=500)

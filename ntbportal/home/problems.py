"""Error pages that say what happened and what to do next."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
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


BACK_SOON = """<!doctype html><html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Segera kembali – Portal NTB</title><h1>Portal NTB segera kembali</h1>
<p>Basis data sedang tidak dapat dihubungi. Yang Anda ketik belum tersimpan; coba lagi sebentar lagi.
Keadaan darurat: hubungi <a href="tel:112">112</a>.</p>
<p lang="en">The portal is back soon: its database cannot be reached. What you typed has not been saved; try again in a
moment. Emergencies: call <a href="tel:112">112</a>.</p></html>"""


def is_without_database(error: BaseException | None) -> bool:
    """Whether the database is away, as against a question to it that is wrong."""
    while error is not None:
        if isinstance(error, InterfaceError):
            return True
        if isinstance(error, OperationalError):
            state = getattr(error.__cause__, "sqlstate", None)  # none: no connection; 57P0x: it shuts down or starts
            return state is None or str(state).startswith(("57P", "08", "53"))
        error = error.__cause__ or error.__context__
    return False


def broken(request: HttpRequest) -> HttpResponse:
    """Without the usual page around it, as that may be what is broken. Away is not broken: 503 says when
    to come back."""
    if is_without_database(sys.exc_info()[1]):
        return HttpResponse(BACK_SOON, status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
    try:
        return render(request, "500.html", status=500)
    except Exception:  # noqa: BLE001 - whatever it is, the person gets an answer
        return HttpResponse("Terjadi kesalahan. Coba lagi nanti. / Something went wrong. Try again later.", status=500)

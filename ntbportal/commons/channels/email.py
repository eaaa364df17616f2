"""E-mail, plain text, through Django's mail backend."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from ..notices import Notice, PermanentFailure, TemporaryFailure
from ..people import User
from ..unsubscribing import unsubscribe_path


class EmailChannel:
    name = "email"
    urgent_only = is_group = False

    def reaches(self, user: User) -> bool:
        return user.is_active and bool(user.email)

    def send(self, notice: Notice) -> None:
        if not notice.address:
            raise PermanentFailure("no e-mail address")
        with override(notice.user.language if notice.user else "id"):
            footer = _("This message was sent by the NTB portal. Please do not reply to it.")
            no_more = _("No more of these mails:")
        link = f"\n\n{settings.BASE_URL}{notice.path}" if notice.path else ""
        headers = {}
        if notice.unsubscribe:
            out = f"{settings.BASE_URL}{unsubscribe_path(notice.unsubscribe)}"
            headers = {"List-Unsubscribe": f"<{out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
            footer = f"{footer}\n{no_more} {out}"
        # The same notice always has the same Message-ID, so that mail servers can drop a doubled sending.
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
        message = EmailMessage(
            subject=notice.subject.replace("\n", " "),
            body=f"{notice.body}{link}\n\n-- \n{footer}\n",
            to=[notice.address],
            headers={"Message-ID": f"<notice-{notice.pk}@{domain}>", "Auto-Submitted": "auto-generated", **headers},
        )
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise PermanentFailure(str(error)) from error
        except smtplib.SMTPResponseException as error:
            kind = PermanentFailure if 500 <= error.smtp_code < 600 else TemporaryFailure
            raise kind(f"{error.smtp_code} {error.smtp_error!r}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise TemporaryFailure(str(error)) from error

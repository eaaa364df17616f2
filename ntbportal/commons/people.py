"""People who sign in, and what they are: a membership is a role, at an agency, for a region, for a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import connections, models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .agencies import Agency
from .places import PROVINCE_CODE, Region, lies_within
from .privacy import BlindIndexField, EncryptedTextField


class Role(models.TextChoices):
    CITIZEN = "citizen", _("Citizen")
    CADRE = "cadre", _("Posyandu cadre")
    MIDWIFE = "midwife", _("Midwife or puskesmas")
    OFFICER = "officer", _("Agency officer")
    COORDINATOR = "coordinator", _("NTB Care coordinator")
    PRODUCER = "producer", _("Data producer")
    WALIDATA = "walidata", _("Walidata")
    PEMBINA = "pembina", _("Pembina Data")
    LEADER = "leader", _("Leader")
    CSO = "cso", _("CSO partner")
    ADMIN = "admin", _("Administrator")


# Those who act for the government need a second factor to sign in (outside demo).
STAFF_ROLES = frozenset(Role) - {Role.CITIZEN, Role.CADRE, Role.CSO}


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, email: str | None = None, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, email=self.normalize_email(email) if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, email: str | None = None, password: str | None = None, **fields: Any) -> User:
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)

    def with_posts(self, pk: int) -> User | None:
        """Somebody and what they are today in one question: every page of somebody signed in asks both. Encrypted fields are read when
        asked for."""
        fields = [field for field in self.model._meta.concrete_fields if not isinstance(field, EncryptedTextField)]
        columns = ", ".join(f'p."{field.column}"' for field in fields)
        day = timezone.localdate()
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                f"SELECT {columns}, m.role, m.agency_id, m.region_id FROM commons_user p LEFT JOIN commons_membership m"
                " ON m.user_id = p.id AND m.valid_from <= %s AND (m.valid_until IS NULL OR m.valid_until >= %s)"
                " WHERE p.id = %s ORDER BY m.id",
                [day, day, pk],
            )
            rows = cursor.fetchall()
        if not rows:
            return None
        user = self.model.from_db(self.db, [field.attname for field in fields], rows[0][:-3])
        user.__dict__["posts"] = tuple(Post(*row[-3:]) for row in rows if row[-3] is not None)
        return user

    def holding(self, role: str, *, agency: Agency | None = None) -> models.QuerySet[User]:
        """Active people who hold a role today, optionally at one agency."""
        held = Membership.objects.today().filter(role=role)
        if agency is not None:
            held = held.filter(agency=agency)
        return self.filter(is_active=True, pk__in=held.values("user"))


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in, by e-mail or, for cadres without one, by user name."""

    username = models.CharField(
        _("user name"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This user name is taken.")},
    )
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    phone = EncryptedTextField(_("phone"), blank=True)
    phone_index = BlindIndexField(of="phone")
    language = models.CharField(_("language"), max_length=2, default="id", choices=[("id", "Bahasa Indonesia"), ("en", "English")])
    wants_mail = models.BooleanField(_("gets notices by e-mail"), default=True, help_text=_("Emergencies come in any case."))
    is_staff = models.BooleanField(_("may open the admin pages"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique", violation_error_message=_("This e-mail is taken."))
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def save(self, *args: Any, **options: Any) -> None:
        self.email = self.email or None
        super().save(*args, **options)

    def get_full_name(self) -> str:
        return self.full_name or self.username

    def get_short_name(self) -> str:
        words = [word for word in self.get_full_name().split() if not word.endswith(".")]
        return words[0] if words else self.username

    @cached_property
    def posts(self) -> tuple[Post, ...]:
        """Memberships valid today; read once per request."""
        if not self.pk:
            return ()
        rows = Membership.objects.today().filter(user=self).values_list("role", "agency_id", "region_id")
        return tuple(Post(*row) for row in rows)

    def is_one_of(self, *roles: str) -> bool:
        return any(post.role in roles for post in self.posts)

    def agencies_as(self, *roles: str) -> set[int]:
        """Ids of the agencies where the person holds one of the roles."""
        return {post.agency_id for post in self.posts if post.role in roles and post.agency_id}

    def regions_as(self, *roles: str) -> set[str]:
        """Codes of the regions for which the person holds one of the roles; no region means the whole province."""
        return {post.region_code or PROVINCE_CODE for post in self.posts if post.role in roles}

    def serves_region(self, code: str, *roles: str) -> bool:
        return any(lies_within(code, area) for area in self.regions_as(*roles))

    @property
    def needs_second_factor(self) -> bool:
        return self.is_staff or self.is_superuser or self.is_one_of(*STAFF_ROLES)


def end_mails(number: int) -> None:
    """No more notices by e-mail to a person; emergencies come in any case."""
    User.objects.filter(pk=number).update(wants_mail=False)


@dataclass(frozen=True)
class Post:
    """What somebody is today."""

    role: str
    agency_id: int | None
    region_code: str | None


class MembershipQuerySet(models.QuerySet["Membership"]):
    def today(self) -> MembershipQuerySet:
        day = timezone.localdate()
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)


@pghistory.track()
class Membership(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=12, choices=Role)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("agency"))
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("region"),
        help_text=_("Empty: the whole province."),
    )
    valid_from = models.DateField(_("from"), default=timezone.localdate)
    valid_until = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")), name="membership_dates_in_order"
            )
        ]
        indexes = [models.Index(fields=["role", "agency"], name="membership_role_agency")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    def clean(self) -> None:
        """A role is given to who somebody is: raises ValidationError while another may have signed up
        with their address."""
        super().clean()
        from allauth.account.models import EmailAddress

        if self.role == Role.CITIZEN or not self.user_id or not self.user.email:
            return
        claimed = EmailAddress.objects.filter(user=self.user_id, email__iexact=self.user.email, verified=False)
        if claimed.exists():
            raise ValidationError(
                _("%(email)s is not yet proven to be theirs: whoever signed up with it has not entered the code of the mail."),
                params={"email": self.user.email},
            )

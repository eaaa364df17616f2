"""Admin pages of the ground floor."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .admin_tables import TableAdmin
from .failures import send_again
from .models import Agency, FailedTask, Membership, Notice, PersonalDataAccess, Region, RegionalHoliday, User

admin.site.site_header = admin.site.site_title = _("NTB Portal: administration")
admin.site.unregister(Group)


class ReadOnly(admin.ModelAdmin):
    """For what may be looked at but never changed by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Region)
class RegionAdmin(ReadOnly):
    list_display = ["code", "name", "level", "bps_code"]
    list_filter = ["level"]
    search_fields = ["code", "name", "bps_code"]


@admin.register(Agency)
class AgencyAdmin(TableAdmin):
    list_display = ["short_name", "name", "kind", "region"]
    list_filter = ["kind"]
    search_fields = ["name", "short_name", "slug"]
    autocomplete_fields = ["region", "parent"]


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["agency", "region"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = ["username", "full_name", "email", "is_active"]
    list_filter = ["is_active", "is_staff", "memberships__role"]
    search_fields = ["username", "full_name", "email"]
    ordering = ["username"]
    filter_horizontal: list[str] = []
    inlines = [MembershipInline]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["full_name", "email", "phone", "language"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "full_name", "email", "usable_password", "password1", "password2"]})
    ]


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    list_display = ["subject", "channel", "recipient", "state", "tries", "created_at", "error"]
    list_filter = ["state", "channel"]
    fields = ["event", "channel", "recipient", "subject", "state", "tries", "next_try_at", "sent_at", "error"]
    date_hierarchy = "created_at"


@admin.register(PersonalDataAccess)
class PersonalDataAccessAdmin(ReadOnly):
    list_display = ["at", "user", "subject", "page"]
    search_fields = ["subject", "user__username"]
    list_select_related = ["user"]


@admin.register(RegionalHoliday)
class RegionalHolidayAdmin(TableAdmin):
    list_display = ["day", "name", "region"]
    autocomplete_fields = ["region"]


@admin.register(FailedTask)
class FailedTaskAdmin(ReadOnly):
    """Work that did not come to an end; what has been put right may be sent again."""

    list_display = ["name", "error", "times", "last_at", "sent_again_at"]
    list_filter = ["name"]
    actions = ["again"]

    @admin.action(description=_("Send again"))
    def again(self, request: HttpRequest, rows: Any) -> None:
        for one in rows:
            send_again(one)
        self.message_user(request, _("Handed to the workers again."))

"""What is asked of a reporter besides the text: the category in two levels, its questions, and which category fits the words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.cache import cache
from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .models import AnswerKind, Category, Question

LONGEST_ANSWER = 300


def questions_of(category: Category) -> list[Question]:
    """The questions of a category; within another one, that one's first."""
    ids = [category.parent_id, category.pk] if category.parent_id else [category.pk]
    found = Question.objects.filter(category__in=ids, is_active=True)
    return sorted(found, key=lambda one: (ids.index(one.category_id), one.position, one.pk))


def has_more(category: Category) -> bool:
    """Whether choosing this category leads to something else that is asked."""
    return bool(questions_of(category)) or category.children.filter(is_active=True).exists()


def field_of(question: Question) -> forms.Field:
    """The form field of a question."""
    label, required = question.text, question.is_required
    if question.answer_kind == AnswerKind.NUMBER:
        return forms.DecimalField(
            label=label, required=required, min_value=0, max_value=10**9, widget=forms.NumberInput(attrs={"inputmode": "decimal"})
        )
    if question.answer_kind == AnswerKind.DATE:
        return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    if question.answer_kind == AnswerKind.YES_NO:
        choices: list[tuple[str, Any]] = [("ya", _("yes")), ("tidak", _("no"))]
        return forms.ChoiceField(label=label, required=required, choices=choices, widget=forms.RadioSelect)
    if question.answer_kind == AnswerKind.CHOICE:
        return forms.ChoiceField(label=label, required=required, choices=[("", "–"), *question.choices])
    return forms.CharField(label=label, required=required, max_length=LONGEST_ANSWER)


def answers_of(questions: list[Question], values: dict[str, Any]) -> list[dict[str, Any]]:
    """What is kept with the case: question in both languages and the answer, so that a question changed later changes no
    old case. `values` are cleaned form values by field name q_<pk>; unanswered ones are left out."""
    return [
        {
            "question": one.pk,
            "id": one.text_id,
            "en": one.text_en,
            "value": str(values[f"q_{one.pk}"]),
            "public": one.is_public,
        }
        for one in questions
        if values.get(f"q_{one.pk}") not in (None, "")
    ]


def shown_answers(answers: list[dict[str, Any]], *, everything: bool) -> list[tuple[str, str]]:
    """(question, answer) in the reader's language: all of them, or those that are public."""
    language = "en" if (get_language() or "id").startswith("en") else "id"
    return [(one[language] or one["id"], one["value"]) for one in answers if everything or one["public"]]


def fitting_category(text: str) -> Category | None:
    """The category whose names, examples and words share most with the text, by Indonesian stems; None if nothing does.

    A stem counts 1 / number of the categories that have it; at least one whole point is needed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(to_tsvector('indonesian', %s))", [text[:2000]])
        stems = set(cursor.fetchone()[0])
    known = cache.get("care-category-stems")
    if known is None:
        known = _stems_of_categories()
        cache.set("care-category-stems", known, 300)
    having: dict[str, int] = {}
    for one in known.values():
        for stem in one:
            having[stem] = having.get(stem, 0) + 1
    points = {pk: sum(1 / having[stem] for stem in stems & one) for pk, one in known.items()}
    best = max(points, key=lambda pk: (points[pk], -pk), default=None)
    if best is None or points[best] < 1:
        return None
    return Category.objects.filter(pk=best, is_active=True).select_related("parent").first()


def _stems_of_categories() -> dict[int, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, tsvector_to_array(to_tsvector('indonesian', name_id || ' ' || hint_id || ' ' || words))"
            " FROM care_category WHERE is_active"
        )
        return {pk: set(stems) for pk, stems in cursor.fetchall()}

"""Migrations for a fresh database change the state once and the database once; they go back too."""

from __future__ import annotations

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from ntbportal.commons.migrating import Together

FIRST = Together(
    [
        migrations.CreateModel(
            "Branch",
            [("id", models.AutoField(primary_key=True)), ("tree", models.ForeignKey("commons.tree", models.CASCADE, related_name="+"))],
        ),
        migrations.CreateModel(
            "Tree",
            [
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=9)),
                ("lowest", models.ForeignKey("commons.branch", models.CASCADE, related_name="+", null=True)),  # a ring
                ("branches", models.ManyToManyField("commons.branch", related_name="+")),
            ],
        ),
    ]
)
SECOND = Together(
    [
        migrations.AddIndex("tree", models.Index(fields=["name"], name="tree_name")),
        migrations.AddConstraint("tree", models.UniqueConstraint(fields=["name"], name="one_tree")),
    ]
)


def tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if name.startswith(("commons_tree", "commons_branch"))}


@pytest.mark.django_db(transaction=True)
def test_tables_that_point_at_each_other_come_and_go_in_one_go() -> None:
    states = [ProjectState()]
    for operation in (FIRST, SECOND):
        states.append(states[-1].clone())
        operation.state_forwards("commons", states[-1])
        with connection.schema_editor() as editor:
            operation.database_forwards("commons", editor, states[-2], states[-1])
    assert tables() == {"commons_tree", "commons_branch", "commons_tree_branches"}
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "commons_tree")
    assert {"tree_name", "one_tree"} <= set(found)
    assert [one["foreign_key"] for one in found.values() if one["foreign_key"]] == [("commons_branch", "id")]
    for operation, before, after in ((SECOND, states[1], states[2]), (FIRST, states[0], states[1])):
        with connection.schema_editor() as editor:
            operation.database_backwards("commons", editor, after, before)
    assert tables() == set()

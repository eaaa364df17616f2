import threading
import uuid

import pytest
from django.db import connection

from care.models import Case


@pytest.mark.django_db
def test_the_second_sending_gives_the_same_receipt(report) -> None:
    key = uuid.uuid4()
    first, second = report(draft_key=key), report(draft_key=key)
    assert first.case == second.case
    assert first.pin
    assert second.pin == first.pin


@pytest.mark.django_db(transaction=True)
def test_two_sendings_at_the_same_moment_too(report) -> None:
    key = uuid.uuid4()
    start = threading.Barrier(4)
    codes: list[str] = []

    def send() -> None:
        start.wait()
        codes.append(report(draft_key=key).case.code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 4
    assert len(set(codes)) == 1
    assert Case.objects.filter(draft_key=key).count() == 1


def test_codes_can_be_read_aloud() -> None:
    from care.models.cases import new_code

    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert not set("".join(codes)) & set("01ILO")

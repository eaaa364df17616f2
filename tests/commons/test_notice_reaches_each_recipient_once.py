import pytest
from django.core import mail
from django.db import transaction

from ntbportal.commons.notices import Message, Notice, announce, send_waiting

HELLO = Message(event="case:1:answered:1", subject="Jawaban", body="Sudah dijawab.", path="/care/AAAA-2222/")


@pytest.fixture(autouse=True)
def _memory_mail(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.mark.django_db
def test_the_same_event_announced_twice_is_one_mail_and_one_inbox_entry(person) -> None:
    user = person("officer", agency="pupr")
    for _time in range(2):
        announce(HELLO, users=[user])
    send_waiting()
    send_waiting()
    assert [message.to for message in mail.outbox] == [[user.email]]
    assert Notice.objects.filter(user=user, channel="in_app").count() == 1
    assert not Notice.objects.due().exists()


@pytest.mark.django_db
def test_an_address_without_account_gets_mail_only(person) -> None:
    announce(HELLO, addresses=[("warga@example.org", "id"), ("Warga@example.org ", "id")])
    send_waiting()
    assert len(mail.outbox) == 1
    assert "/care/AAAA-2222/" in mail.outbox[0].body


@pytest.mark.django_db(transaction=True)
def test_nothing_is_announced_when_the_act_is_rolled_back(person) -> None:
    user = person("officer", agency="pupr")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        announce(HELLO, users=[user])
        raise ZeroDivisionError
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_announcement_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(RuntimeError):
        announce(HELLO, addresses=[("a@example.org", "id")])


@pytest.mark.django_db
def test_people_are_told_in_their_language(person) -> None:
    from django.utils.translation import gettext_lazy

    english, indonesian = person("officer", language="en"), person("officer", language="id")
    announce(Message(event="x", subject=gettext_lazy("Answer"), body=gettext_lazy("Answered")), users=[english, indonesian])
    assert Notice.objects.get(user=english, channel="email").subject == "Answer"
    assert Notice.objects.get(user=indonesian, channel="email").subject == "Jawaban"

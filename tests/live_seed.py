"""Run as a program: fills the database of a live desk with what browser tests need, through actions; prints JSON."""

import json

TOPICS = (
    ("extension", "Продлить займ или перенести дату", "Extend a loan or move the date", "calendar"),
    ("payments", "Платежи и списания", "Payments and charges", "ruble"),
    ("documents", "Справки и документы", "Statements and documents", "file"),
    ("account", "Вход и личные данные", "Sign-in and personal details", "user"),
    ("other", "Другой вопрос", "Something else", "chat"),
)
STAFF = (
    ("e.voronova@lad.example", "Елена Воронова", "Елена", "agent"),
    ("d.orlov@lad.example", "Дмитрий Орлов", "Дмитрий", "agent"),
    ("o.sedova@lad.example", "Ольга Седова", "Ольга", "supervisor"),
)
PASSWORD = "тихая река у моста 41"


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    _topics()
    print(json.dumps({"staff": {person[0]: _staff(*person) for person in STAFF}}))


def _topics() -> None:
    from tickets.models import Topic

    for position, (code, ru, en, icon) in enumerate(TOPICS):
        words = {"title_ru": ru, "title_en": en, "icon": icon, "position": position}
        Topic.objects.update_or_create(code=code, defaults=words)


def _staff(email: str, full_name: str, display_name: str, role: str) -> str:
    from identity import actions as identity
    from tickets import actions as tickets

    user = identity.create_staff(
        email=email, full_name=full_name, display_name=display_name, role=role, password=PASSWORD
    )
    if role == "agent":
        tickets.ensure_slots(user=user)
    return str(user.pk)


if __name__ == "__main__":
    main()

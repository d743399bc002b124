# ruff: noqa: E501  (a form of a letter is a line)
"""What a person typed, apart from the history a mail program put below or above it: programs people write with."""

import re
from collections import Counter

import pytest

from tests.corpora import ABSENT, MAIL
from tickets.rules.email import read_letter
from tickets.rules.email.reply import strip_reply

TYPED = "Спасибо, код пришёл!\n\nНо войти не могу."
QUOTE = "> Здравствуйте!\n> Код отправлен."
PLAIN = "Здравствуйте!\nКод отправлен."

BELOW = {
    "gmail ru": f"пн, 23 нояб. 2026 г. в 12:05, Лад <help@lad.example>:\n\n{QUOTE}\n",
    "gmail ru, two lines": f"пн, 23 нояб. 2026 г. в 12:05, Служба поддержки Лад\n<help@lad.example>:\n\n{QUOTE}\n",
    "gmail ru, older": f"23 ноября 2026 г., 12:05 пользователь Лад <help@lad.example> написал:\n\n{QUOTE}\n",
    "gmail ru, day": f"понедельник, 23 ноября 2026 г. пользователь Лад <help@lad.example>\nнаписал:\n\n{QUOTE}",
    "gmail en": f"On Mon, Nov 23, 2026 at 12:05 PM Lad <help@lad.example> wrote:\n\n{QUOTE}\n",
    "gmail en, two lines": f"On Mon, Nov 23, 2026 at 12:05 PM Lad <\nhelp@lad.example> wrote:\n\n{QUOTE}\n",
    "yandex": f'23.11.2026, 12:05, "Лад" <help@lad.example>:\n{PLAIN}',
    "yandex, words": f"23 ноября 2026, 12:05, \"Лад\" <help@lad.example>:\n{PLAIN}",
    "yandex, time first": f"12:05, 23 ноября 2026 г., Лад <help@lad.example>:\n{PLAIN}",
    "yandex, headers": f"----------------\nКому: anna@mail.example\nТема: Вход;\n23.11.2026, 12:05, \"Лад\" <help@lad.example>:\n{QUOTE}",
    "yandex mobile": f'-- \nОтправлено из мобильного приложения Яндекс Почты\n\n23.11.2026, 12:05, "Лад" <help@lad.example>:\n{PLAIN}',
    "mail.ru": f">Понедельник, 23 ноября 2026, 12:05 +03:00 от Лад <help@lad.example>:\n>\n{QUOTE}",
    "mail.ru, plain": f"Понедельник, 23 ноября 2026, 12:05 +03:00 от Лад <help@lad.example>:\n\n{PLAIN}",
    "mail.ru, signed": f"-- \nАнна Ковалёва\n\nПонедельник, 23 ноября 2026, 12:05 +03:00 от Лад <help@lad.example>:\n\n{PLAIN}",
    "mail.ru mobile": f"Отправлено из мобильной Почты Mail.ru\n\nпонедельник, 23 ноября 2026г., 12:05 +03:00 от Лад help@lad.example:\n\n{PLAIN}",
    "mail.ru android": f"--\nОтправлено из Mail.ru для Android\n\nпонедельник, 23 ноября 2026г., 12:05 +03:00 от Лад <help@lad.example>:\n\n{QUOTE}",
    "outlook ru": f"От: Лад <help@lad.example>\nОтправлено: 23 ноября 2026 г. 12:05\nКому: Анна\nТема: Вход\n\n{PLAIN}",
    "outlook ru, rule": f"________________________________\nОт: Лад <help@lad.example>\nОтправлено: понедельник, 23 ноября 2026 г. 12:05:00\nКому: Анна Ковалёва\nТема: Re: Вход\n\n{PLAIN}",
    "outlook ru, mailto": f"From: Лад [mailto:help@lad.example] \nSent: Monday, November 23, 2026 12:05 PM\nTo: Анна <anna@mail.example>\nSubject: RE: Вход\n\n{PLAIN}",
    "outlook original": f"-----Original Message-----\nFrom: Lad\nSent: Monday, November 23, 2026 12:05 PM\nTo: Anna\nSubject: Login\n\n{PLAIN}",
    "outlook original ru": f"-----Исходное сообщение-----\nОт: Лад\nОтправлено: 23.11.2026 12:05\nКому: Анна\nТема: Вход\n\n{PLAIN}",
    "outlook mobile ru": f"Получить Outlook для iOS<https://aka.ms/o0ukef>\n________________________________\nОт: Лад <help@lad.example>\nОтправлено: Monday, November 23, 2026 12:05:00 PM\nКому: Анна\nТема: Вход\n\n{PLAIN}",
    "outlook mobile en": f"Get Outlook for Android<https://aka.ms/AAb9ysg>\n________________________________\nFrom: Lad <help@lad.example>\nSent: Monday, November 23, 2026 12:05:00 PM\nTo: Anna\nSubject: Login\n\n{PLAIN}",
    "windows mail": f"Отправлено из приложения \"Почта\" для Windows\n\nОт: Лад\nОтправлено: 23 ноября 2026 г. в 12:05\nКому: Анна\nТема: Вход\n\n{PLAIN}",
    "iphone ru": f"Отправлено с iPhone\n\n> 23 нояб. 2026 г., в 12:05, Лад <help@lad.example> написал(а):\n> \n{QUOTE}",
    "ipad ru": f"Отправлено с моего iPad\n\n> 23 нояб. 2026 г., в 12:05, Лад <help@lad.example> написал(а):\n> \n{QUOTE}",
    "iphone ru, no quote marks": f"Отправлено с iPhone\n\n23 нояб. 2026 г., в 12:05, Лад <help@lad.example> написал(а):\n\n{PLAIN}",
    "iphone en": f"Sent from my iPhone\n\n> On 23 Nov 2026, at 12:05, Lad <help@lad.example> wrote:\n> \n{QUOTE}",
    "apple mail ru": f"23 нояб. 2026 г., в 12:05, Лад <help@lad.example> написал(а):\n\n{QUOTE}",
    "thunderbird ru": f"23.11.2026 12:05, Лад пишет:\n{QUOTE}",
    "thunderbird ru, address": f"23.11.2026 12:05, help@lad.example пишет:\n{QUOTE}",
    "thunderbird en": f"On 23.11.2026 12:05, Лад wrote:\n{QUOTE}",
    "the bat": f"Вы писали 23 ноября 2026 г., 12:05:\n\n{QUOTE}\n\n-- \nС уважением,\n Анна  mailto:anna@mail.example",
    "samsung": f"-------- Исходное сообщение --------\nОт: Лад <help@lad.example>\nДата: 23.11.2026 12:05 (GMT+03:00)\nКому: anna@mail.example\nТема: Вход\n\n{PLAIN}",
    "samsung, device": f"Отправлено с устройства Samsung Galaxy\n\n-------- Исходное сообщение --------\nОт: Лад <help@lad.example>\nДата: 23.11.2026 12:05 (GMT+03:00)\nКому: anna@mail.example\nТема: Вход\n\n{PLAIN}",
    "samsung, smartphone": "Отправлено со смартфона Samsung Galaxy.",
    "huawei": f"Отправлено с моего телефона HUAWEI\n\n-------- Исходное сообщение --------\nТема: Вход\nОтправитель: Лад\nКому: anna@mail.example\n\n{PLAIN}",
    "k-9": f"23 ноября 2026 г. 12:05:07 GMT+03:00, Лад <help@lad.example> пишет:\n{QUOTE}\n\n-- \nПростите за краткость, создано в K-9 Mail.",
    "our own marker": f"-- Ответьте выше этой линии --\n{PLAIN}",
    "ukrainian": f"пн, 23 лист. 2026 р. о 12:05 Лад <help@lad.example> пише:\n\n{QUOTE}",
    "german": f"Am Mo., 23. Nov. 2026 um 12:05 Uhr schrieb Lad <help@lad.example>:\n\n{QUOTE}",
    "french": f"Le lun. 23 nov. 2026 à 12:05, Lad <help@lad.example> a écrit :\n\n{QUOTE}",
    "spanish": f"El lun, 23 nov 2026 a las 12:05, Lad (<help@lad.example>) escribió:\n\n{QUOTE}",
    "turkish": f"Lad <help@lad.example>, 23 Kas 2026 Pzt, 12:05 tarihinde şunu yazdı:\n\n{QUOTE}",
    "signature": "-- \nАнна Ковалёва\n+7 900 000-00-00",
    "signature, em dash": "—\nАнна",
    "nothing": "",
}  # fmt: skip


@pytest.mark.parametrize("program", BELOW)
def test_what_was_typed_above_is_shown_and_the_rest_folded(program: str) -> None:
    reply = strip_reply(f"{TYPED}\n\n{BELOW[program]}")
    assert reply.text == TYPED
    assert bool(reply.trimmed) == bool(BELOW[program])


@pytest.mark.parametrize("program", BELOW)
def test_nothing_is_ever_deleted(program: str) -> None:
    for text in (f"{TYPED}\n\n{BELOW[program]}", f"{BELOW[program]}\n\n{TYPED}\n\n> Ещё?\n\nДа."):
        reply = strip_reply(text)
        assert Counter(text.split()) == Counter(f"{reply.text} {reply.trimmed}".split())


@pytest.mark.parametrize("head", ["23.11.2026 12:05, Лад пишет:\n", "On 23.11.2026 12:05, Лад wrote:\n\n"])
def test_what_was_typed_below_is_shown_too(head: str) -> None:
    reply = strip_reply(f"{head}{QUOTE}\n\n{TYPED}")
    assert reply.text == TYPED
    assert "Код отправлен." in reply.trimmed


def test_answers_between_the_lines_keep_what_they_answer() -> None:
    answers = "23.11.2026 12:05, Лад пишет:\n> Код пришёл?\n\nДа.\n\n> Вошли?\n\nНет."
    assert strip_reply(f"{answers}\n\n-- \nАнна").text == answers
    assert strip_reply(f"Здравствуйте!\n{answers}").text == f"Здравствуйте!\n{answers}"


def test_who_wrote_a_quote_further_down_is_folded() -> None:
    reply = strip_reply("Отвечаю ниже.\n\n23.11.2026 12:05, Лад пишет:\n> Код пришёл?\n\nДа.")
    assert (reply.text, reply.trimmed) == ("Отвечаю ниже.\n\n> Код пришёл?\n\nДа.", "23.11.2026 12:05, Лад пишет:")


KEPT = [
    "Он пишет: «верните деньги». Что делать?",
    "Вчера в 12:05 мне написал ваш сотрудник:\nсумма 500 рублей. Это верно?",
    "От: кого мне ждать ответа?\nКому писать?",
    "Мне 23.11.2026 пришло письмо, в нём пишет: долг 500.\nЭто правда?",
    "Документы:\n- паспорт\n- СНИЛС\n-Да",
    "Сумма: 500\nДата: 23.11.2026\nТема: возврат",
    "On Monday I paid 500.\nAnd your agent wrote:\nno payment came. Why?",
    "On 12.11.2026 I wrote to you.\nNo answer yet.",
    "On 12.11.2026 your agent wrote:\nyou owe 500. Is it true?",
    "12.11.2026 мне пишет ваш агент:\nдолг 500. Это верно?",
    "Отправлено 500 рублей с карты, проверьте",
    "Отправлено с карты Анны 500 рублей.\nПроверьте",
    "Вопрос — ответ\n—\nЕщё вопрос?",
    "5 > 3, верно?\nА 3 > 5?",
    "Sent from a magnificent torch of pixels",
    "-------- Пересылаемое сообщение --------\nОт: Банк\nКому: Анна\nТема: Долг\n\nВерните 500",
    "Смотрите ниже.\n\n---------- Forwarded message ---------\nFrom: Bank <a@b.example>\nDate: Mon\nTo: Anna\n\nPay 500",
    "> только цитата",
    "",
    "\n\n",
    "-- ",
    ">",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_like_history_is_kept(text: str) -> None:
    reply = strip_reply(text)
    assert reply.text.split() == text.split()
    assert reply.trimmed == ""


PAGES = {
    "gmail": '<div class="gmail_quote"><div class="gmail_attr">пн, 23 нояб. 2026 г. в 12:05, Лад &lt;<a>help@lad.example</a>&gt;:<br></div><blockquote class="gmail_quote">Старое</blockquote></div>',
    "gmail container": '<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">пн, 23 нояб. 2026 г. в 12:05, Лад:<br></div><blockquote>Старое</blockquote></div>',
    "apple": '<div><br><blockquote type="cite"><div>23 нояб. 2026 г., в 12:05, Лад &lt;help@lad.example&gt; написал(а):</div><div>Старое</div></blockquote></div>',
    "apple, signed": '<div dir="ltr">Отправлено с iPhone</div><div dir="ltr"><br><blockquote type="cite">23 нояб. 2026 г., в 12:05, Лад написал(а):<br>Старое</blockquote></div>',
    "outlook": '<hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><b>От:</b> Лад<br><b>Отправлено:</b> 23 ноября 2026 г.<br><b>Кому:</b> Анна<br><b>Тема:</b> Вход</div><div>Старое</div>',
    "outlook appendonsend": '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">От: Лад</div><div>Старое</div>',
    "outlook border": "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p><b>From:</b> Lad<br><b>Sent:</b> Monday<br><b>To:</b> Anna<br><b>Subject:</b> Login</p></div></div><p>Старое</p>",
    "outlook border ru": "<div style='border:none;border-top:solid #B5C4DF 1.0pt'><p><b>От:</b> Лад<br><b>Дата:</b> понедельник<br><b>Кому:</b> Анна<br><b>Тема:</b> Вход</p></div><p>Старое</p>",
    "outlook mac": '<div id="OLK_SRC_BODY_SECTION">Лад<br>Старое</div>',
    "mail.ru": '<blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px">Понедельник, 23 ноября 2026, 12:05 +03:00 от Лад &lt;help@lad.example&gt;:<br><div>Старое</div></blockquote>',
    "mail.ru collapse": '<div class="mail-quote-collapse"><blockquote>Старое</blockquote></div>',
    "yandex": '<div>23.11.2026, 12:05, "Лад" &lt;help@lad.example&gt;:</div><blockquote><div>Старое</div></blockquote>',
    "thunderbird": '<div class="moz-cite-prefix">23.11.2026 12:05, Лад пишет:<br></div><blockquote type="cite" cite="mid:1@x">Старое</blockquote>',
    "yahoo": '<div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Monday, Lad wrote:</div><div>Старое</div></div>',
    "protonmail": '<div class="protonmail_quote">On Monday, Lad wrote:<blockquote class="protonmail_quote" type="cite">Старое</blockquote></div>',
}  # fmt: skip


def page(body: str) -> bytes:
    head = b"From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return head + f"<html><body>{body}</body></html>".encode()


@pytest.mark.parametrize("program", PAGES)
def test_history_of_a_page_is_folded(program: str) -> None:
    letter = read_letter(page(f"<div>Спасибо!</div><div>Код пришёл.</div>{PAGES[program]}"))
    assert letter.reply_text == "Спасибо!\nКод пришёл."
    assert "Старое" in letter.text
    assert "Старое" in letter.trimmed


@pytest.mark.parametrize("program", sorted(set(PAGES) - {"apple, signed"}))
def test_a_page_of_history_alone_is_shown(program: str) -> None:
    assert "Старое" in read_letter(page(PAGES[program])).reply_text


def test_an_answer_between_quotes_of_a_page_is_kept() -> None:
    quote = '<blockquote type="cite">{}</blockquote>'
    letter = read_letter(page(f"{quote.format('Код?')}<div>Да.</div>{quote.format('Вошли?')}<div>Нет.</div>"))
    assert re.sub(r"\s+", " ", letter.reply_text) == "Код? Да. Вошли? Нет."


def test_a_page_that_was_passed_on_is_kept() -> None:
    forwarded = '<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>От: Банк</div>Верните 500</div>'
    assert "Верните 500" in read_letter(page(f"<div>Что делать?</div>{forwarded}")).reply_text


def words_lost(expected: str, got: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", expected)) - Counter(re.findall(r"\w+", got))


def lined(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def test_the_trimmer_set_is_folded_as_well_as_the_best() -> None:
    if not MAIL.is_dir():
        pytest.skip(ABSENT)
    files = sorted((MAIL / "reply" / "trimmer" / "emails").glob("*.txt"))
    exact = 0
    for path in files:
        trimmed = MAIL / "reply" / "trimmer" / "trimmed" / path.name
        expected = lined(trimmed.read_text() if trimmed.exists() else "")
        got = lined(strip_reply(path.read_text().replace("\r\n", "\n")).text)
        exact += expected == got
        assert not words_lost(expected, got), path.name
    assert (exact, len(files)) >= (59, 64)


# GitHub's visible text by the lines of the file (from 1): the letters lie beside the checkout, not in it.
GITHUB = {
    "correct_sig": "1",
    "email_1_1": "1-5",
    "email_1_2": "1-34",
    "email_1_3": "1-3",
    "email_1_4": "1",
    "email_1_5": "1-15",
    "email_1_6": "1-3",
    "email_1_7": "1",
    "email_1_8": "1-19",
    "email_2_1": "1",
    "email_2_2": "1",
    "email_2_3": "1",
    "email_BlackBerry": "1",
    "email_bullets": "1-9",
    "email_iPhone": "1",
    "email_long_quote": "1-8",
    "email_multi_word_sent_from_my_mobile_device": "1",
    "email_one_is_not_on": "1-5",
    "email_sent_from_my_not_signature": "1-3",
    "email_sig_delimiter_in_middle_of_line": "1-7",
    "greedy_on": "1-6",
    "pathological": "1-2",
}


def numbers(ranges: str) -> list[int]:
    ends = [each.partition("-") for each in ranges.split()]
    return [number for first, _, last in ends for number in range(int(first), int(last or first) + 1)]


def test_the_github_set_is_folded_as_well_as_the_best() -> None:
    if not MAIL.is_dir():
        pytest.skip(ABSENT)
    exact = 0
    for name, lines in GITHUB.items():
        whole = (MAIL / "reply" / "github" / f"{name}.txt").read_text().replace("\r\n", "\n")
        expected = lined("\n".join(whole.split("\n")[number - 1] for number in numbers(lines)))
        got = lined(strip_reply(whole).text)
        exact += expected == got
        assert not words_lost(expected, got), name
    assert (exact, len(GITHUB)) >= (21, 22)

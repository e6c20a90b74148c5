"""A header is read in any spelling and many languages, and turned down where it is only about a thing."""

import pytest

from meshwright.govern.classifying.headers import Header


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("first_name", "person_name"), ("FirstName", "person_name"), ("cust_LNAME", "person_name"),
        ("E-Mail", "email"), ("eMailAdresse", "email"), ("Geburtsdatum", "birth_date"),
        ("kundengeburtsdatum", "birth_date"), ("date de naissance", "birth_date"), ("FECHA_NACIMIENTO", "birth_date"),
        ("doğum tarihi", "birth_date"), ("födelsedatum", "birth_date"), ("data_urodzenia", "birth_date"),
        ("geboortedatum", "birth_date"), ("data di nascita", "birth_date"), ("生年月日", "birth_date"),
        ("imię", "person_name"), ("Soyadı", "person_name"), ("sobrenome", "person_name"), ("姓名", "person_name"),
        ("nr telefonu", "phone"), ("cepTelefonu", "phone"), ("codice_fiscale", "national_id"), ("PLZ", "postal_code"),
        ("blood_type", "health"), ("Marital Status", "marital_status"), ("ethnic_group", "ethnicity"),
    ],
)  # fmt: skip
def test_headers_mean_a_kind_in_any_spelling(name, kind):
    assert Header(name).word(kind)


@pytest.mark.parametrize(
    "name",
    ["email_verified", "phone_count", "has_email", "email_status", "address_type", "name_length", "age_days",
     "birth_date_known", "password_changed_at", "avg_salary", "num_emails_sent"],
)  # fmt: skip
def test_a_header_about_personal_data_means_none(name):
    assert not Header(name).means


def test_words_of_a_kind_do_not_turn_against_it():
    assert Header("blood_group").word("health") == "bloodgroup"
    assert Header("marital status").word("marital_status")


def test_a_weak_word_counts_only_when_asked_for():
    assert not Header("name").word("person_name")
    assert Header("name").word("person_name", weak=True) == "name"

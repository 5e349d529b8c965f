"""The SQL twin of `tech4value.tenancy.folding.fold`, for generated columns: hence immutable and free of any locale."""

from django.db import migrations

GREEK = ("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩς", "αβγδεζηθικλμνξοπρστυφχψωσ")
CYRILLIC = (
    "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏ",
    "абвгдежзийклмнопрстуфхцчшщъыьэюяђєѕіјљњћџ",
)
LATIN = ("ØøĐđŁłıĦħŦŧÐðŊŋÞ", "ooddllihhttddnnþ")

FOLD = f"""
CREATE OR REPLACE FUNCTION t4v_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(translate(
    regexp_replace(
        normalize(
            replace(replace(replace(replace(replace(replace(value,
                'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ß', 'ss'), 'ẞ', 'ss'),
            NFKD),
        '[' || chr(768) || '-' || chr(879) || ']', '', 'g'),
    '{LATIN[0] + GREEK[0] + CYRILLIC[0]}', '{LATIN[1] + GREEK[1] + CYRILLIC[1]}') COLLATE "C");
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [migrations.RunSQL(FOLD, "DROP FUNCTION t4v_fold(text)")]

"""Files whose rows or prices carry more than a day and a number: footnotes, totals, other years.

Adds its cases to those of `corpus`.
"""

from corpus import DAYS, PRICES, meant, named, refused, rows

# --- footnotes ------------------------------------------------------------------------------------
MARKS = (
    "¹", "①", "†", "ᵃ", "⁽¹⁾", " †", "*", "**", " *", "*)", " 1)", " (1)", "[a]", " r", "r", " (p)",
    " e", " est.", "xd", "~", "°",
)  # fmt: skip
NOTE = r"mark of a footnote, read without it \(first '101.25.*' on line 2\): 1$"
for _number, _mark in enumerate(MARKS):
    meant(
        f"note_{_number}",
        f"Date,Close\n{DAYS[0]},101.25{_mark}\n{DAYS[1]},1102.25\n{DAYS[2]},99.75\n",
        named("x", prices=(101.25, 1102.25, 99.75)),
        warned=NOTE,
    )
meant(
    "note_with_its_digit_behind_the_number",
    f"Date,Close\n{DAYS[0]},101.251)\n{DAYS[1]},1102.252)\n{DAYS[2]},99.75\n",
    named("x", prices=(101.25, 1102.25, 99.75)),
    warned=r"\(first '101.251\)' on line 2\): 2",
)
meant(
    "notes_on_all_rows",
    "Datum;Schluss\n" + rows("{d};{p} r", prices=("101,5", "1.102,25", "99,75")),
    warned=r"\(first '101,5 r' on line 2\): 3",
)
meant(
    "notes_before_the_numbers",
    "Date,Close\n" + rows("{d},{p}", prices=("*101.5", "~1102.25", "(e) 99.75")),
    warned=r"\(first '\*101.5' on line 2\): 3",
)
meant(
    "note_in_place_of_a_price",
    f"Date,Close\n{DAYS[0]},101.5\n2024-01-14,: c\n2024-01-13,*\n"
    + rows("{d},{p}", days=DAYS[1:], prices=PRICES[1:]),
    warned="left out rows without a price: 2.*mark of a footnote",
)
refused(
    "note_or_decimal",
    "Date,Close\n2024-01-15,101.51)\n2024-01-16,1102.25\n2024-01-17,99.5\n",
    r"'101.51\)' is not a price; mend that line",
)

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

# --- rows that sum up others ----------------------------------------------------------------------
WEEK = tuple(f"2024-01-{day}" for day in (15, 16, 17, 18, 19, 22))
CLOSES = (101.5, 102.25, 99.75, 100.5, 101.0, 103.0)  # sum 608, mean 101.33, median 101.25
SIX = "date,close\n" + rows("{d},{p}", days=WEEK, prices=CLOSES)
WITH_NOTES = "date,close,note\n" + rows("{d},{p},", days=WEEK, prices=CLOSES)
SUMMED = r"rows that sum up others \(first on line 8\): 1$"
for _name, _text in {
    "grand_total": f"{SIX}Grand Total,608.00\n",
    "total_and_mean_without_a_word": f"{SIX},608.00\n",
    "median_without_a_word": f"{SIX},101.25\n",
    "mean_of_rounded": f"{SIX},101.33\n",
    "deviation_without_a_word": f"{SIX},1.1796892\n",
    "mean_named_behind": f"{WITH_NOTES},101.33,Mean\n",
    "wrong_mean_named_behind": f"{WITH_NOTES},101.99,Average\n",
    "high_of_the_year": f"{SIX}52 Week High,110.25\n",
    "mean_of_a_month": f"{SIX}Jan 2024 Average,101.33\n",
    "mean_in_chinese": f"{SIX}平均值,101.33\n",
    "mean_in_russian": f"{SIX}Среднее значение,101.33\n",
    "dated_total": f"{SIX}2024-01-23,608.00\n",
    "dated_total_of_the_last_day": f"{SIX}2024-01-22,608.00\n",
    "dated_mean_that_is_named": f"{WITH_NOTES}2024-01-23,101.33,Mean\n",
}.items():
    meant(_name, _text, named("x", WEEK, CLOSES), warned=SUMMED)
meant(
    "totals_above_and_between",
    SIX.replace("date,close\n", "date,close\nMean,101.33\n").replace(
        "2024-01-19", "Subtotal,404.00\n2024-01-19"
    ),
    named("x", WEEK, CLOSES),
    warned=r"rows that sum up others \(first on line 2\): 2",
)
meant(
    "totals_of_each_symbol",
    "symbol,date,close\n"
    + "".join(
        rows(f"{symbol},{{d}},{{p}}", days=WEEK, prices=CLOSES) + f"{end}608\n"
        for symbol, end in (("A", "A,Total,"), ("B", ",,"))
    ),
    named("A", WEEK, CLOSES) | named("B", WEEK, CLOSES),
    warned=r"rows that sum up others \(first on line 8\): 2",
)
meant(
    "totals_of_columns",
    "date,AAA,BBB\n" + rows("{d},{p},7.5", days=WEEK, prices=CLOSES) + ",608,45\n",
    named("AAA", WEEK, CLOSES) | named("BBB", WEEK, (7.5,) * 6),
    warned=r"rows that sum up others \(first on line 8\): 1",
)
refused("no_date_and_no_total", f"{SIX},100.99\n", "line 8.*write the date, or remove that line")
meant("last_price_that_is_a_mean", f"{SIX}2024-01-23,101.33\n",
      named("x", (*WEEK, "2024-01-23"), (*CLOSES, 101.33)))  # fmt: skip
meant("last_price_that_is_a_sum_of_few", "date,close\n" + rows("{d},{p}", prices=(1.5, 2.0, 3.5)),
      named("x", prices=(1.5, 2.0, 3.5)))  # fmt: skip

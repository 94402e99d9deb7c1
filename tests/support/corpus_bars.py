"""Files whose rows or prices carry more than a day and a number: footnotes, totals, other years.

Adds its cases to those of `corpus`.
"""

from corpus import DAYS, PRICES, meant, named, refused, rows

from rnncli.dates import today

# --- footnotes ------------------------------------------------------------------------------------
MARKS = (
    "¹", "①", "†", "ᵃ", "⁽¹⁾", " †", "*", "**", " *", "*)", " 1)", " (1)", "[a]", " r", "r", " (p)",
    " e", " est.", "xd", "~", "°", "※", "(注)", "*1", " /1", " 2)3)", "(a)(b)", " p r", " pr",
    "<sup>1</sup>", "^1",
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

# --- other years ----------------------------------------------------------------------------------
RAJAB = ("1445/07/03", "1445/07/04", "1445/07/05")  # the three days, as Saudi Arabia counts them
DIGITS = {ord(str(digit)): chr(0x660 + digit) for digit in range(10)}
ARABIC = "التاريخ,الإغلاق\n"
for _name, _text in {
    "hijri_header": "Hijri date,close\n" + rows("{d},{p}", days=RAJAB),
    "hijri_letters": ARABIC + rows("{d},{p}", days=RAJAB),
    "hijri_day_first": ARABIC + rows("{d},{p}", days=("3/7/1445", "4/7/1445", "5/7/1445")),
    "hijri_digits": "date,close\n" + rows("{d},{p}", days=[day.translate(DIGITS) for day in RAJAB]),
    "hijri_marked": "date,close\n" + rows("{d} هـ,{p}", days=RAJAB),
    "hijri_month": "date,close\n" + rows("{d} Rajab 1445,{p}", days=(3, 4, 5)),
    "hijri_month_in_arabic": ARABIC + rows("{d} رجب 1445,{p}", days=(3, 4, 5)),
    "gregorian_years_in_arabic": ARABIC + rows("{d},{p}"),
}.items():
    meant(_name, _text)
meant(
    "hijri_new_year",
    "Hijri,close\n" + rows("{d},{p}", days=("1444-12-29", "1444-12-30", "1445-01-01")),
    named("x", ("2023-07-17", "2023-07-18", "2023-07-19")),
)
refused("hijri_without_a_sign", "date,close\n" + rows("{d},{p}", days=RAJAB), "--date-format hijri")
refused(
    "hijri_day_31",
    "Hijri,close\n1445/07/31,5\n1445/08/01,6\n",
    "line 2.*'1445/07/31' is not a date of the calendar",
)
THAI_DAYS = {
    "thai_short_years": "{:02}/01/67",
    "thai_short_years_and_months": "{} ม.ค. 67",
    "thai_short_years_english_months": "{:02}-Jan-67",
}
for _name, _form in THAI_DAYS.items():
    meant(_name, "วันที่,ราคาปิด\n" + rows("{d},{p}", days=[_form.format(d) for d in (15, 16, 17)]))
refused(
    "thai_or_gregorian_short_years",
    "วันที่,ราคาปิด\n" + rows("{d} ม.ค. 24,{p}", days=(15, 16, 17)),
    "may be of the Buddhist calendar or the Gregorian one; write the years with four digits",
)
THIS_YEAR = (today().year + 543) % 100  # 69 in 2026: of the sixties, or of today in Thailand
refused(
    "sixties_or_thailand",
    "date,close\n" + rows(f"{{d}}/01/{THIS_YEAR},{{p}}", days=(15, 16, 17)),
    "may be of 19.. or of the Buddhist year 25..; say which with --date-format %d/%m/%y or"
    " --date-format buddhist",
)
meant(
    "sixties_month_first",
    "date,close\n" + rows(f"01/{{d}}/{THIS_YEAR},{{p}}", days=(15, 16, 17)),
    named("x", [f"19{THIS_YEAR}-01-{day}" for day in (15, 16, 17)]),
)

# --- hours and days -------------------------------------------------------------------------------
AUTUMN = ("00:00", "01:00", "02:00", "02:00", "03:00", "04:00")  # of 27 October 2024 in Berlin
meant(
    "hour_that_occurs_twice",
    "time,close\n" + rows("2024-10-27 {d},{p}", days=AUTUMN, prices=CLOSES),
    named(
        "x",
        ["2024-10-26T23:00:00", "2024-10-27", *(f"2024-10-27T{h:02}:00:00" for h in (1, 2, 3, 4))],
        CLOSES,
    ),
    warned=r"summer time.*\(first 2024-10-27T02:00:00 on line 4\): 3$",
)
refused(
    "hour_twice_in_july",
    "time,close\n" + rows("2024-07-28 {d},{p}", days=AUTUMN, prices=CLOSES),
    "has two prices on 2024-07-28T02:00:00",
)

# --- units ----------------------------------------------------------------------------------------
for _one, _other in (("Pounds", "Pence"), ("£", "p"), ("EUR", "cent"), ("GBP", "GBX")):
    refused(
        f"prices_in_{_one}_then_{_other}",
        "date,currency,close\n" + "".join(
            f"{day},{_one if i < 3 else _other},{price if i < 3 else 100 * price}\n"
            for i, (day, price) in enumerate(zip(WEEK, CLOSES, strict=True))
        ),
        f"line 5: prices in {_other} after some in {_one}; split the file, or say --symbol-column",
    )  # fmt: skip

meant(
    "dates_with_notes",
    "Date,Close\n" + rows("{d},{p}", days=("2024-01-15*", "2024-01-16", "2024-01-17 (1)")),
    warned=r"dates with the mark of a footnote, .* \(first '2024-01-15\*' on line 2\): 2$",
)
meant(
    "quantiles_below",
    f"{SIX}count,6\nmean,101.33\n25%,100.6\n50%,101.25\nmax,103\n",
    named("x", WEEK, CLOSES),
    warned="left out",
)
meant("change_below", f"{SIX}% Change,1.48%\n", named("x", WEEK, CLOSES), warned="left out")
meant("no_value_in_europe", f"{SIX}2024-01-23,:\n", named("x", WEEK, CLOSES), warned="without a")
for _name, _days, _format in (
    ("year_first", [f"{THIS_YEAR}-01-{d}" for d in (15, 16, 17)], "%y-%m-%d"),
    ("together", [f"{d}01{THIS_YEAR}" for d in (15, 16, 17)], "%d%m%y"),
):
    refused(
        f"sixties_or_thailand_{_name}",
        "date,close\n" + rows("{d},{p}", days=_days),
        f"may be of 19.* say which with --date-format {_format} or --date-format buddhist",
    )
meant("thai_short_years_first", "วันที่,ราคาปิด\n" + rows("67-01-{d},{p}", days=(15, 16, 17)))
meant("about", "date,close\n" + rows("{d},ca. {p}"), warned=r"\(first 'ca. 101.5' on line 2\): 3$")
meant(
    "hour_that_occurs_twice_on_saturday",  # in Santiago
    "time,close\n"
    + rows(
        "{d},{p}",
        days=[
            f"2024-04-0{d} {h}:00"
            for d, h in ((6, 21), (6, 22), (6, 23), (6, 23), (7, "00"), (7, "01"))
        ],
        prices=CLOSES,
    ),
    named(
        "x",
        [
            "2024-04-06T20:00:00",
            *(f"2024-04-06T{h}:00:00" for h in (21, 22, 23)),
            "2024-04-07",
            "2024-04-07T01:00:00",
        ],
        CLOSES,
    ),
    warned=r"summer time.*\(first 2024-04-06T23:00:00 on line 4\): 3$",
)

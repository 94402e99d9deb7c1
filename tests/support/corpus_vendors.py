"""What brokers, exchanges, central banks and data sites export: cases of a few rows each.

Written from what is known of the formats, with numbers of our own. `MEANT` are the three days of
the corpus: 101.5, 1102.25 and 99.75.
"""

from typing import Any

from corpus import DAYS, PRICES, meant, named, refused, rows

US = ("01/15/2024", "01/16/2024", "01/17/2024")
EU = ("15/01/2024", "16/01/2024", "17/01/2024")
DE = ("15.01.2024", "16.01.2024", "17.01.2024")
BARE = ("20240115", "20240116", "20240117")
COMMA = ("101,50", "1.102,25", "99,75")
MARK = ("101.50", "1,102.25", "99.75")
LETTERS = ("15 Jan 2024", "16 Jan 2024", "17 Jan 2024")
TWICE = {
    s: list(zip(DAYS[:2], p, strict=True)) for s, p in (("A", (1.5, 2.5)), ("B", (10.5, 20.5)))
}


def vendor(name: str, head: str, row: str, days: Any = DAYS, prices: Any = PRICES, foot: str = "",
           series: str = "x", **more: Any) -> None:  # fmt: skip
    """Add three rows below a header: {d} is the day, {p} the price."""
    meant(
        f"vendor_{name}", head + rows(row, days=days, prices=prices) + foot, named(series), **more
    )


def two(name: str, head: str, row: str, days: Any = DAYS, **more: Any) -> None:
    """Add two rows of each of two symbols: {s} is the symbol."""
    body = "".join(
        row.format(s=symbol, d=days[i], p=price) + "\n"
        for symbol, pairs in TWICE.items()
        for i, (_, price) in enumerate(pairs)
    )
    meant(f"vendor_{name}", f"{head}\n{body}", TWICE, **more)


# --- brokers -------------------------------------------------------------------------------------
two(
    "interactive_brokers_flex",
    '"ClientAccountID","CurrencyPrimary","AssetClass","Symbol","ReportDate","Quantity","MarkPrice"',
    '"U1","USD","STK","{s}","{d}","10","{p}"',
    BARE,
)
vendor("interactive_brokers_bars", "Time,Open,High,Low,Close,Volume,WAP,Count\n",
       "{d},1,9999,0.5,{p},100,1.4,10", BARE)  # fmt: skip
two(
    "degiro_transactions",
    "Datum,Tijd,Product,ISIN,Beurs,Aantal,Koers,,Lokale waarde,,Waarde,,Wisselkoers,Order ID",
    '{d},00:00,APPLE INC,{s},NDQ,10,"{p}",USD,"-1855.00",USD,"-1700.00",EUR,"1.0900",abc',
    ("15-01-2024", "16-01-2024"),
)
refused(
    "vendor_trading_212",
    "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Exchange rate,Result,Total\n"
    "Market buy,2024-01-15 09:30:01,US1,AAPL,Apple,1.5,185.50,1.09,,255.1\n"
    "Market sell,2024-01-16 10:30:01,US1,AAPL,Apple,1.5,186.50,1.09,1.5,256.1\n",
    "no price column among .*; choose one with --column",
)
refused(
    "vendor_saxo_bid_and_ask",
    "Time,OpenBid,OpenAsk,HighBid,HighAsk,LowBid,LowAsk,CloseBid,CloseAsk,Volume\n"
    + rows("{d}T00:00:00Z,1.1,1.2,1.3,1.4,1.0,1.1,{p},1.25,0"),
    "'CloseBid' and 'CloseAsk' are closes; choose with --column",
)
vendor("saxo_chart", "Date;Time;Open;High;Low;Close\n", "{d};00:00;1,1;9999;1,0;{p}",
       ("15-01-2024", "16-01-2024", "17-01-2024"), ("101,5", "1102,25", "99,75"))  # fmt: skip
vendor(
    "schwab",
    '"Date","Open","High","Low","Close/Last","Volume"\n',
    '"{d}","$1.27","$9999.93","$1.30","${p}","47,317,433"',
    US,
    MARK,
)
two(
    "fidelity_without_dates",
    "Account Number,Symbol,Date,Quantity,Last Price,Last Price Change,Current Value",
    "X1,{s},{d},10,${p},-$2.29,$1836.30",
)
vendor("nordnet", "sep=;\nDatum;Stängningskurs;Högstakurs;Lägstakurs;Volym;Omsättning\n",
       "{d};{p};9999;0,5;47317433;8640000000", prices=("101,50", "1102,25", "99,75"))  # fmt: skip
vendor(
    "comdirect",
    '"Wertpapier: Apple (US0378331005)"\n\n"Datum";"Eröffnung";"Hoch";"Tief";"Schluss";"Volumen"\n',
    '"{d}";"167,90";"9.999,10";"66,20";"{p}";"12.345"',
    DE,
    COMMA,
)
vendor("portfolio_performance", "Date;Quote\n", "{d};{p}")
meant(
    "vendor_portfolio_performance_of_two",
    "Datum;Apple Inc.;Microsoft Corp.\n" + rows("{d};{p};389,47", prices=COMMA),
    named("Apple Inc.") | {"Microsoft Corp.": [(day, 389.47) for day in DAYS]},
)

# --- terminals -----------------------------------------------------------------------------------
meant(
    "vendor_bloomberg_fields_under_tickers",
    ",A,B\nDates,PX_LAST,PX_LAST\n1/15/2024,1.5,10.5\n1/16/2024,2.5,20.5\n",
    TWICE,
)
refused(
    "vendor_bloomberg_pairs_of_columns",
    "A US Equity,,B US Equity,\nDate,PX_LAST,Date,PX_LAST\n1/15/2024,1.5,1/15/2024,10.5\n"
    "1/16/2024,2.5,1/17/2024,20.5\n",
    r"two columns are called 'Date' \(1 and 3\); rename one$",
)
meant(
    "vendor_bloomberg_grid",
    "Date,A,B\n1/15/2024,1.5,10.5\n1/16/2024,2.5,20.5\n",
    TWICE,
)
vendor(
    "refinitiv_workspace",
    '"AAPL.OQ Price History","","",""\n"Exchange Date","Close","Net","%Chg"\n',
    '"{d}","{p}","-1.00","-0.50%"',
    ("15-Jan-2024", "16-Jan-2024", "17-Jan-2024"),
    MARK,
)
two(
    "refinitiv_tick_history",
    "#RIC,Domain,Date-Time,GMT Offset,Type,Open,High,Low,Last,Volume,No. Trades",
    "{s},Market Price,{d}T00:00:00.000000000Z,-5,Intraday 1Min,1,99,0.5,{p},100,10",
)
two("refinitiv_data_library", "Date,TR.PriceClose,TR.Volume,Instrument", "{d},{p},100,{s}")

# --- exchanges -----------------------------------------------------------------------------------
vendor(
    "boerse_frankfurt",
    "Datum;Eröffnung;Schluss;Tageshoch;Tagestief;Umsatz (EUR);Umsatz (Stk.)\n",
    "{d};169,50;{p};9.170,10;68,20;1.234.567,89;7.345",
    DE,
    COMMA,
)
vendor(
    "euronext",
    '"Historical Data"\n"From 2024-01-15 to 2024-01-17"\n"FR0000120271"\n'
    'Date;Open;High;Low;Last;Close;"Number of Shares";"Number of Trades";Turnover;vwap\n',
    "{d};59,50;9960,10;59,20;59,11;{p};1234567;7345;73456789;59,65",
    EU,
    ("101,50", "1102,25", "99,75"),
)
vendor("johannesburg", "Date,Open,High,Low,Close (c),Volume,Deals,Value (R)\n",
       "{d},1,9999,0.5,{p},12345,100,1234500", LETTERS)  # fmt: skip
two("b3_cotahist", "DATA;CODNEG;PREABE;PREMAX;PREMIN;PREMED;PREULT;PREOFC;TOTNEG;QUATOT;VOLTOT",
    "{d};{s};1,5;99,1;0,2;1,7;{p};1,91;12345;1000000;37700000,00", BARE)  # fmt: skip
vendor(
    "krx",
    '"일자","종가","대비","등락률","시가","고가","저가","거래량","거래대금","시가총액"\n',
    '"{d}","{p}","-1600","-2.20","1","9999","0.5","22683660","1629243456100","4238620000"',
    ("2024/01/15", "2024/01/16", "2024/01/17"),
)
vendor(
    "taiwan",
    '"113年01月 2330           各日成交資訊"\n'
    '"日期","成交股數","成交金額","開盤價","最高價","最低價","收盤價","漲跌價差","成交筆數",\n',
    '"{d}","27,997,826","16,549,618,748","590.00","593.00","589.00","{p}","+6.00","26,157",',
    ("113/01/15", "113/01/16", "113/01/17"),
    MARK,
    foot='"說明:"\n"符號說明:+/-/X表示漲/跌/不比價"\n',
    warned="lines below the last row: 2",
)
two(
    "tokyo_j_quants",
    "Date,Code,Open,High,Low,Close,UpperLimit,LowerLimit,Volume,AdjustmentFactor,AdjustmentClose",
    "{d},{s},1,99,0.5,{p},0,0,1000,1.0,50.75",
)
vendor(
    "bolsa_de_madrid_has_a_close_and_a_last",
    "Fecha;Cierre;Referencia;Volumen;Efectivo;Último;Máximo;Mínimo;Medio\n",
    "{d};{p};3,7030;1.234.567;4.600.000,12;3,7250;9.999,7400;3,6900;3,7150",
    EU,
    COMMA,
)
vendor(
    "borsa_italiana",
    "Data;Prezzo Apertura;Prezzo Massimo;Prezzo Minimo;Prezzo Chiusura;Var %;Volume Totale\n",
    "{d};15,2;9.999,5;15,1;{p};+0,5;1.234.567",
    EU,
    COMMA,
)
two(
    "nse_new_bhavcopy",
    "TradDt,BizDt,Sgmt,Src,FinInstrmTp,ISIN,TckrSymb,SctySrs,XpryDt,OpnPric,ClsPric,LastPric",
    "{d},{d},CM,NSE,STK,INE009A01021,{s},EQ,,1640,{p},1656",
)
meant(
    "vendor_nse_indices",
    "Index Name,Index Date,Open Index Value,High Index Value,Closing Index Value,Volume\n"
    + "".join(
        f"{s},{d},1,2,{p},9\n"
        for s, pairs in TWICE.items()
        for d, (_, p) in zip(("15-01-2024", "16-01-2024"), pairs, strict=True)
    ),
    TWICE,
)
vendor("six_swiss", "Date;Close;Open;High;Low;Volume\n", "{d};{p};98.90;9'999.10;98.20;1'234'567",
       DE, ("101.50", "1'102.25", "99.75"))  # fmt: skip
vendor(
    "nasdaq_nordic",
    "sep=;\nDate;Bid;Ask;Opening price;High price;Low price;Closing price;Average price;"
    "Total volume;Turnover;Trades;\n",
    "{d};182,60;182,70;181,27;9984,2;80,3;{p};182,11;47317433;8640000000;1000;",
    prices=("101,50", "1102,25", "99,75"),
)
meant(
    "vendor_asx_days_of_all_symbols",
    "".join(
        f"XAO,{d},7{i}47.2,7{i + 1}97.2,7{i}40.1,7{i + 1}50.2,0\n"
        f"BHP,{d},4{i}.1,4{i + 1}.5,4{i}.0,4{i + 1}.25,5000000\n"
        for i, d in enumerate((*BARE, "20240118"))
    ),
    {
        "XAO": [(f"2024-01-{15 + i}", 7150.2 + 100 * i) for i in range(4)],
        "BHP": [(f"2024-01-{15 + i}", 41.25 + i) for i in range(4)],
    },
)

# --- central banks -------------------------------------------------------------------------------
vendor("ecb_portal", 'DATE,TIME PERIOD,"US dollar/Euro (EXR.D.USD.EUR.SP00.A)"\n', "{d},{d},{p}")
two(
    "ecb_api",
    "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS",
    "EXR.D.USD.EUR.SP00.A,D,{s},EUR,SP00,A,{d},{p},A",
)
meant("vendor_ecb_rates", "Date,A,B,CYP,\n2024-01-16,2.5,20.5,N/A,\n2024-01-15,1.5,10.5,N/A,\n",
      TWICE)  # fmt: skip
meant("vendor_fred_of_two", "DATE,A,B\n2024-01-14,.,.\n2024-01-15,1.5,10.5\n2024-01-16,2.5,20.5\n",
      TWICE)  # fmt: skip
meant(
    "vendor_bank_of_england",
    "DATE,A,B\n15 Jan 2024,1.5,10.5\n16 Jan 2024,2.5,20.5\n",
    TWICE,
)
vendor("bank_of_england_rate", "Date Changed,Rate\n", "{d},{p}",
       ("15 Jan 24", "16 Jan 24", "17 Jan 24"))  # fmt: skip
vendor(
    "bundesbank",
    '"",BBEX3.D.USD.EUR.BB.AC.000,BBEX3.D.USD.EUR.BB.AC.000_FLAGS\n'
    '"",Euro-Referenzkurs der EZB / 1 EUR = ... USD / Vereinigte Staaten,\n'
    "Einheit,USD,\nDimension,eins,\nStand vom,2024-01-18,\n",
    "{d},{p},",
    foot="2024-01-18,.,Kein Wert vorhanden\n",
    warned="rows without a price: 1",
)
meant(
    "vendor_reserve_bank_of_australia",
    "F11.1  EXCHANGE RATES,,\nTitle,A$1=USD,Trade-weighted Index\nUnits,USD,Index\n\n"
    "Series ID,FXRUSD,FXRTWI\n15-Jan-2024,0.6683,61.60\n16-Jan-2024,0.6601,61.20\n",
    named("FXRUSD", DAYS[:2], (0.6683, 0.6601)) | named("FXRTWI", DAYS[:2], (61.6, 61.2)),
)
meant(
    "vendor_ministry_of_finance_japan",
    "国債金利情報,,,(単位 : %)\n基準日,1年,2年,3年\nS49.9.24,10.327,9.362,8.83\n"
    "H1.1.9,10.34,9.366,8.832\nR6.1.4,10.347,9.367,-\n",
    {
        "1年": [("1974-09-24", 10.327), ("1989-01-09", 10.34), ("2024-01-04", 10.347)],
        "2年": [("1974-09-24", 9.362), ("1989-01-09", 9.366), ("2024-01-04", 9.367)],
        "3年": [("1974-09-24", 8.83), ("1989-01-09", 8.832)],
    },
)

# --- coins ---------------------------------------------------------------------------------------
vendor("coingecko", "snapped_at,price,market_cap,total_volume\n", "{d} 00:00:00 UTC,{p},8e11,2e10")
vendor(
    "coinmarketcap",
    "timeOpen;timeClose;timeHigh;timeLow;name;open;high;low;close;volume;marketCap;timestamp\n",
    '"{d}T00:00:00.000Z";"{d}T23:59:59.999Z";"{d}T15:00:00.000Z";"{d}T03:00:00.000Z";"2781";'
    '1;9999;0.5;{p};238;845;"{d}T00:00:00.000Z"',
    series="2781",
)
vendor("kraken", "time,open,high,low,close,vwap,volume,count\n", "{d},1,9999,0.5,{p},1,100.5,10",
       ("1705276800", "1705363200", "1705449600"))  # fmt: skip
two("kraken_trades", '"txid","pair","time","type","ordertype","price","cost","fee","vol"',
    '"T1","{s}","{d} 00:00:00.1234","buy","limit",{p},380.0,0.6,0.01')  # fmt: skip
vendor("coinbase", "time,low,high,open,close,volume\n", "{d},0.5,9999,1,{p},1000.5",
       ("1705276800", "1705363200", "1705449600"))  # fmt: skip
vendor(
    "cryptodatadownload",
    "https://www.CryptoDataDownload.com\n"
    "Unix,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USD\n",
    "1705449600,{d} 00:00:00,BTC/USD,1,9999,0.5,{p},1000.5,42800000",
    series="BTC/USD",
)

# --- data sites ----------------------------------------------------------------------------------
vendor(
    "quandl_wiki",
    "Date,Open,High,Low,Close,Volume,Ex-Dividend,Split Ratio,Adj. Open,Adj. High,Adj. Low,"
    "Adj. Close,Adj. Volume\n",
    "{d},1,9999,0.5,{p},5000,0,1,79,80,78,79,35000",
)
vendor(
    "tiingo",
    "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash\n",
    "{d}T00:00:00.000Z,{p},9999,0.5,1,65603041,182.9,183.5,180.2,181.4,65603041,0.0",
)
vendor("polygon", "v,vw,o,c,h,l,t,n\n", "65603041,1,1,{p},9999,0.5,{d},767000",
       ("1705276800000", "1705363200000", "1705449600000"))  # fmt: skip
two("eodhd", "Code,Ex,Date,Open,High,Low,Close,Adjusted_close,Volume",
    "{s},US,{d},1,99,0.5,{p},182.9,65603041")  # fmt: skip
two(
    "marketstack",
    "open,high,low,close,volume,adj_high,adj_low,adj_close,adj_open,adj_volume,symbol,exchange,date",
    "1,99,0.5,{p},65603041.0,184.26,180.93,183.63,182.16,65603041.0,{s},XNAS,{d}T00:00:00+0000",
)
vendor("twelve_data", "datetime;open;high;low;close;volume\n", "{d};1;9999;0.5;{p};47317433")
vendor(
    "barchart",
    "Time,Open,High,Low,Latest,Change,%Change,Volume\n",
    "{d},1,9999,0.5,{p},-0.95,-0.52%,47317433",
    US,
    foot='"Downloaded from Barchart.com as of 01-18-2024 05:07am CST"\n',
    warned="lines below the last row: 1",
)
refused(
    "vendor_barchart_in_eighths",
    "Symbol,Time,Open,High,Low,Last,Change\nZCH24,01/17/2024,443,445,441,442-2,-1-2\n",
    "line 2, column Last: '442-2' is not a price",
)
vendor("marketwatch", "Date,Open,High,Low,Close,Volume\n",
       '{d},"4,739.13","4,744.23","14.82","{p}",', US, MARK)  # fmt: skip
vendor("morningstar", "Date,NAV,Daily Return %\n", "{d},{p},0.12", EU)
two("vanguard", "Trade date,Fund,NAV", "{d},{s},{p}", US)
vendor("google_sheets", "Date,Close\n", "{d} 0:00:00,{p}", ("1/15/2024", "1/16/2024", "1/17/2024"))
vendor("tradingview", "time,open,high,low,close,EMA,VWAP,Volume,Volume MA\n",
       "{d},1,9999,0.5,{p},180.1,181.2,47317433,5e7")  # fmt: skip
vendor("tradingview_compared", 'time,open,high,low,close,"SPX · TVC: close"\n',
       "{d},1,9999,0.5,{p},4739.2")  # fmt: skip

# --- platforms -----------------------------------------------------------------------------------
vendor("metatrader_5", "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n",
       "{d}\t1\t9999\t0.5\t{p}\t48000\t0\t3",
       ("2024.01.15", "2024.01.16", "2024.01.17"))  # fmt: skip
for _name, _end in (("metatrader_4", ",00:00"), ("firstrate", " 00:00:00")):
    meant(
        f"vendor_{_name}",
        f"2024.01.15{_end},1.08750,1.08850,1.08440,1.08820,48000\n"
        f"2024.01.16{_end},1.08820,1.09060,1.08470,1.08760,51000\n"
        f"2024.01.17{_end},1.08750,1.08980,1.08660,1.08970,47000\n",
        named("x", prices=(1.0882, 1.0876, 1.0897)),
    )
for _name, _end in (("ninjatrader", ""), ("histdata", " 000000")):
    meant(  # 1.0875 may be January of the year 875
        f"vendor_{_name}",
        f"20240115{_end};1.0875;1.0885;1.0844;1.0882;48000\n"
        f"20240116{_end};1.0882;1.0906;1.0847;1.0876;51000\n"
        f"20240117{_end};1.0875;1.0898;1.0866;1.0897;47000\n",
        named("x", prices=(1.0882, 1.0876, 1.0897)),
    )
vendor("sierra_chart", "Date, Time, Open, High, Low, Last, Volume, NumberOfTrades, BidVolume\n",
       "{d}, 00:00:00, 1, 9999, 0.5, {p}, 1000, 100, 500",
       ("2024/1/15", "2024/1/16", "2024/1/17"))  # fmt: skip
vendor("dukascopy", "Gmt time,Open,High,Low,Close,Volume\n",
       "{d} 00:00:00.000,1,9999,0.5,{p},48000", DE)  # fmt: skip

# --- investing.com in its languages --------------------------------------------------------------
for _name, _head, _days, _prices in (
    ("english", "Date,Price,Open,High,Low,Vol.,Change %", US, MARK),
    ("german", "Datum,Zuletzt,Eröffn.,Hoch,Tief,Vol.,+/- %", DE, COMMA),
    ("french", "Date,Dernier,Ouv., Plus Haut,Plus Bas,Vol.,Variation %", EU, COMMA),
    ("spanish", "Fecha,Último,Apertura,Máximo,Mínimo,Vol.,% var.", DE, COMMA),
    ("italian", "Data,Ultimo,Apertura,Massimo,Minimo,Vol.,Var. %", DE, COMMA),
    ("dutch", "Datum,Laatste,Open,Hoog,Laag,Vol.,+/- %", DE, COMMA),
    ("swedish", "Datum,Senaste,Öppning,Högst,Lägst,Vol.,+/- %", DAYS, COMMA),
    ("polish", "Data,Ostatnio,Otwarcie,Max.,Min.,Wol.,Zmiana%", DE, COMMA),
    ("finnish", "Päivämäärä,Viimeisin,Avaus,Ylin,Alin,Vol.,Muutos %", DE, COMMA),
    ("danish", "Dato,Seneste,Åben,Høj,Lav,Vol.,+/- %", DE, COMMA),
    ("czech", "Datum,Poslední,Otevření,Maximum,Minimum,Vol.,Změna %", DE, COMMA),
    ("hungarian", "Dátum,Utolsó,Nyitó,Max,Min,Forg.,Vált.% ", DE, COMMA),
    ("greek", "Ημερομηνία,Τελευταία,Άνοιγμα,Υψηλό,Χαμηλό,Όγκος,% Μετ.", DE, COMMA),
    ("hebrew", "תאריך,שער,פתיחה,גבוה,נמוך,נפח,שינוי %", DE, MARK),
    ("arabic", "التاريخ,الأخير,مفتوح,مرتفع,منخفض,الحجم,% التغير", EU, MARK),
    ("thai", "วันเดือนปี,ล่าสุด,เปิด,สูงสุด,ต่ำสุด,ปริมาณ,% เปลี่ยน", EU, MARK),
    ("vietnamese", "Ngày,Lần cuối,Mở,Cao,Thấp,KL,% Thay đổi", EU, MARK),
    ("korean", "날짜,종가,시가,고가,저가,거래량,변동 %", DAYS, MARK),
    ("chinese", "日期,收盘,开盘,高,低,交易量,涨跌幅", DAYS, MARK),
):
    _quoted = ",".join(f'"{cell}"' for cell in _head.split(","))
    vendor(f"investing_{_name}", f"{_quoted}\n",
           '"{d}","{p}","1","9999","1","47.32M","-0.52%"'.replace(".", "," if _prices is COMMA
                                                                 else "."),
           _days, _prices)  # fmt: skip

# --- what stands beside prices -------------------------------------------------------------------
for _name in ("Signal", "DayOfWeek", "Target"):
    meant(f"price_beside_{_name.lower()}", f"Date,SPY,{_name}\n" + rows("{d},{p},1"), named("SPY"))
refused(
    "code_among_symbols",
    "Date,A,B,Regime\n" + rows("{d},{p},2.5,1"),
    "'Regime' holds a few whole numbers and no prices; take it out, name it with --symbol-column,"
    " or say --layout wide",
)
vendor("price_called_index", "Date,Index\n", "{d},{p}")
meant("counter_called_index", "index,date,close\n0,2024-01-15,1.5\n1,2024-01-16,2.5\n",
      {"x": [("2024-01-15", 1.5), ("2024-01-16", 2.5)]})  # fmt: skip
meant("dates_under_the_name_of_a_field", "Units,USD\n" + rows("{d},{p}"), named("x"))
meant(
    "volumes_beside_symbols",
    "Date,A,A_vol,B,B_vol,B_return\n2024-01-15,1.5,100,10.5,200,0.1\n"
    "2024-01-16,2.5,101,20.5,201,0.2\n",
    TWICE,
    warned="derived from prices .B_return; ",
)
meant(
    "closes_and_adjusted_closes_of_two",
    "Date,A Close,A Adj Close,B Close,B Adj Close\n2024-01-15,1.5,1.4,10.5,10.4\n"
    "2024-01-16,2.5,2.4,20.5,20.4\n",
    TWICE,
)
meant(
    "adjusted_closes_of_two",
    "Date,A_adj_close,B_adj_close\n2024-01-15,1.5,10.5\n2024-01-16,2.5,20.5\n",
    TWICE,
)
meant(
    "value_beside_an_empty_column",
    "TIME_PERIOD,Value,Flag Codes\n" + rows("{d},{p},"),
    named("x"),
)

# --- tables above the data -----------------------------------------------------------------------
meant(
    "table_of_series_above_the_data",
    '"SERIES"\n"id","label","description"\n"RUSD","USD","US dollar"\n\n"OBSERVATIONS"\n'
    '"date","RUSD","REUR"\n' + rows('"{d}","{p}","1.5"'),
    named("RUSD") | named("REUR", prices=(1.5,) * 3),
    warned="lines of a table above the header: 4",
)
meant(
    "table_of_quotes_above_the_data",
    "Ticker,Price,Currency\nA,n/a,USD\n\nDate,Open,Close\n" + rows("{d},1,{p}"),
    warned="lines of a table above the header: 2",
)
meant(
    "table_of_funds_above_the_data",
    "Fund,Manager,Benchmark\nAlpha,Smith,B\nDay,A fund,B fund\n" + rows("{d},{p},1.5"),
    named("A fund") | named("B fund", prices=(1.5,) * 3),
)
meant(
    "table_above_dates_of_an_unknown_name",
    "Ticker,Price,Currency\nA,n/a,USD\n\nStichpunkt,Open,Close\n" + rows("{d},1,{p}"),
    named("x", prices=(1.0,) * 3),
    warned="lines of another header under the header: 2",
)
meant(
    "bars_that_pandas_made",
    ",price,price,price,price\n,open,high,low,close\ntime,,,,\n" + rows("{d},1,9999,0.5,{p}"),
)

# --- units that change ---------------------------------------------------------------------------
_UNITS = [("8420.5", "USD/t"), ("8450.0", "USD/t"), ("383.5", "USc/lb"), ("384.1", "USc/lb")]
_FOUR = (*DAYS, "2024-01-18")
for _name in ("unit", "ccy", "quote_currency", "freq", "interval"):
    meant(
        f"symbols_that_change_their_{_name}",
        f"date,symbol,{_name},price\n"
        + "".join(f"{d},CU,{u},{p}\n" for d, (p, u) in zip(_FOUR, _UNITS, strict=True)),
        named("CU", _FOUR, tuple(float(p) for p, _ in _UNITS)),
        warned=rf"symbols with more than one {_name} \(first CU: USD/t and USc/lb\): 1",
    )
meant(
    "texts_with_which_the_level_changes",
    "date,symbol,Desk,price\n"
    + "".join(f"{d},CU,{u},{p}\n" for d, (p, u) in zip(_FOUR, _UNITS, strict=True)),
    named("CU", _FOUR, tuple(float(p) for p, _ in _UNITS)),
    warned=r"symbols whose price changes its level with Desk \(first CU: USD/t and USc/lb\): 1",
)
meant(
    "texts_that_change_alone",
    "date,symbol,Desk,price\n"
    + "".join(f"{d},CU,{u},10{p}\n" for d, p, u in zip(_FOUR, "1324", "ABBA", strict=True)),
    named("CU", _FOUR, (101.0, 103.0, 102.0, 104.0)),
)

# --- amounts beside prices, and prices twice -----------------------------------------------------
_TENS = ("1234567", "2345678", "345678")
for _name, _head in (
    ("danish", "Dato;Lukkekurs;Omsætning"),
    ("russian", "Дата;Цена закрытия;Оборот"),
    ("ukrainian", "Дата;Ціна закриття;Обсяг"),
    ("bulgarian", "Дата;Затваряне;Оборот"),
    ("french_shares", "Date;Dernier cours;Titres échangés"),
    ("swedish_shares", "Datum;Senast betalt;Antal aktier"),
    ("number_of_deals", "Date;Closing;No. of deals"),
    ("finnish_turnover", "Päivä;Päätös;Vaihto"),
    ("estonian", "Kuupäev;Sulgemishind;Käive"),
    ("latvian", "Datums;Aizvēršanas cena;Apgrozījums"),
    ("lithuanian", "Data;Uždarymo kaina;Apyvarta"),
    ("icelandic", "Dagsetning;Lokaverð;Velta"),
    ("malay", "Tarikh;Harga Tutup;Jumlah Dagangan"),
    ("arabic_amount", "التاريخ;سعر الإغلاق;الكمية"),
):
    vendor(f"turnover_{_name}", f"{_head}\n", "{d};{p};1234567", ("15.01.2024", *DE[1:]), COMMA)
_AMOUNT = "'Oborka' may be a volume or a turnover; name the price with --column, or say --layout"
refused(
    "turnover_under_an_unknown_name",
    "date,Kapa,Oborka\n"
    + "".join(f"{d},{p},{v}\n" for d, p, v in zip(DAYS, PRICES, _TENS, strict=True)),
    _AMOUNT,
)
refused(
    "shares_that_change_wildly",
    "date,A,B,C,Oborka\n"
    + "".join(f"{d},1.5,2.5,3.5,{v}\n" for d, v in zip(DAYS, ("70", "500", "90"), strict=True)),
    _AMOUNT,
)
meant(
    "an_index_of_whole_points_beside_a_share",
    "date,A,IDX\n" + "".join(f"{d},1.5,{v}\n" for d, v in zip(DAYS, (901, 908, 905), strict=True)),
    named("A", prices=(1.5,) * 3) | named("IDX", prices=(901.0, 908.0, 905.0)),
)
for _name, _head in (
    ("brackets", "Close (USD),Close (EUR)"),
    ("brackets_turned", "Close (EUR),Close (GBP)"),
    ("behind", "Close USD,Close JPY"),
    ("joined", "close_usd,close_btc"),
    ("with_in", "Kurs in EUR,Kurs in USD"),
    ("signs", "Price ($),Price (€)"),
):
    refused(
        f"prices_in_two_currencies_{_name}",
        f"date,{_head}\n" + rows("{d},{p},1"),
        "are prices in two currencies; choose with --column",
    )
refused(
    "close_beside_one_in_euro",
    "date,Close,Close (EUR)\n" + rows("{d},{p},1"),
    "two columns are called 'Close' and 'Close .EUR.'.*choose with --column",
)
refused(
    "prices_in_parts_of_a_billionth",
    "ts_event,close,symbol\n" + rows("{d},{p}", prices=("185640000000,A",) * 3),
    "no number of 'close' is below 1e.09, as if in parts of 1e-9; divide them.*--column 'close'",
)
for _name in ("P/E", "RSI", "Beta", "Weight", "FX rate", "Ratio A/B", "Strike Price"):
    refused(
        f"no_symbol_called_{_name.replace(' ', '_')}",
        f"date,A,B,{_name}\n" + rows("{d},{p},2.5,14.5"),
        f"take out {_name}, or say --layout wide",
    )
vendor("price_of_the_day_before", "Date,Close T-1,Close T\n", "{d},1,{p}")

# --- clocks, spellings, ends ---------------------------------------------------------------------
refused(
    "clock_without_am_and_pm",
    "time,close\n" + rows("2024-01-15 {d},{p}", days=("11:00", "12:00", "01:00")),
    "line 4: times go back from 12:00 to 01:00, as on a clock of 12 hours without AM and PM",
)
meant(
    "times_out_of_order",
    "time,close\n2024-01-15 15:00,1\n2024-01-15 14:00,2\n2024-01-15 16:00,3\n2024-01-16 10:00,4\n"
    "2024-01-16 09:00,5\n",
    named("x", ("2024-01-15T14:00:00", "2024-01-15T15:00:00", "2024-01-15T16:00:00",
                "2024-01-16T09:00:00", "2024-01-16T10:00:00"), (2.0, 1.0, 3.0, 5.0, 4.0)),
    warned=r"times of day out of order \(first on line 3\): 2|dates out of order",
)  # fmt: skip
meant(
    "symbols_that_differ_by_case",
    "date,symbol,close\n"
    + "".join(
        f"{d},{s},{p}\n" for d, s, p in zip(DAYS, ("a.b", "A.B", "A-B"), PRICES, strict=True)
    ),
    {s: [(d, p)] for d, s, p in zip(DAYS, ("a.b", "A.B", "A-B"), PRICES, strict=True)},
    warned=r"symbols that differ by case or marks alone \(first a.b and A.B\): 3",
)
for _name in ("series", "label"):
    refused(
        f"symbols_in_a_column_called_{_name}",
        f"date,{_name},close\n2024-01-15,A,1\n2024-01-16,A,2\n2024-01-17,B,9\n2024-01-18,B,8\n",
        f"column {_name} may hold symbols",
    )
meant("boards_of_the_nse", "Date,Series,Close\n2024-01-15,EQ,101.5\n2024-01-16,EQ,1102.25\n"
      "2024-01-17,BE,99.75\n2024-01-18,BE,99.5\n",
      named("x", (*DAYS, "2024-01-18"), (*PRICES, 99.5)))  # fmt: skip
for _name in ("sym", "Commodity", "coin", "Wertpapier", "underlying"):
    meant(f"name_in_{_name}", f"date,{_name},close\n" + rows("{d},A,{p}"), named("A"))
meant(
    "cut_off_behind_the_mark",
    "date,close\n" + rows("{d},{p}", prices=("17.25", "17.35", "17.45")) + "2024-01-18,17.4",
    named("x", (*DAYS, "2024-01-18"), (17.25, 17.35, 17.45, 17.4)),
    warned="last lines without end whose price has fewer decimals than all others: 1",
)
_VOLUMES = "date,close,volume\n" + rows("{d},{p},250000") + "2024-01-18,99.5,"
_FOUR_DAYS = named("x", (*DAYS, "2024-01-18"), (*PRICES, 99.5))
meant(
    "cut_off_before_a_volume", _VOLUMES, _FOUR_DAYS,
    warned=r"last lines without end whose last cell is empty, as no other is \(volume\): 1",
)  # fmt: skip
meant("a_volume_that_is_not_there_yet", f"{_VOLUMES}\n", _FOUR_DAYS)
meant("a_small_volume_without_end_of_line", f"{_VOLUMES}12", _FOUR_DAYS)

# --- dates with words round them, clocks, hours --------------------------------------------------
for _name, _dates in (
    ("weekday_german", ("Mo, 15.01.2024", "Di, 16.01.2024", "Mi, 17.01.2024")),
    ("weekday_french", ("lun. 15/01/2024", "mar. 16/01/2024", "mer. 17/01/2024")),
    ("weekday_behind", ("2024-01-15(Mon)", "2024-01-16(Tue)", "2024-01-17(Wed)")),
    ("word_for_year", ("15 января 2024 г.", "16 января 2024 г.", "17 января 2024 г.")),  # noqa: RUF001
    ("czech_blanks", ("15. 1. 2024", "16. 1. 2024", "17. 1. 2024")),
    ("digits_day_first", ("15012024", "16012024", "17012024")),
    ("oracle", tuple(f"{d}-Jan-24 12.00.00.000000000 AM" for d in (15, 16, 17))),
    ("spans_of_a_day", tuple(f"{d} 00:00 - {d} 01:00" for d in DE)),
):
    vendor(f"dates_{_name}", "Date;Close\n", "{d};{p}", _dates)
refused(
    "clock_column_and_open_dates",
    "Date,Time,Close\n" + rows("{d},09:30,{p}", days=("01/02/2024", "02/03/2024", "03/04/2024")),
    "read as %m/%d/%Y or %d/%m/%Y; say which with --date-format",
)
refused(
    "clock_of_am_and_pm_and_open_dates",
    "Time,Close\n" + rows("{d} 09:30:00 AM,{p}", days=("01/02/2024", "02/03/2024", "03/04/2024")),
    "read as %m/%d/%Y %I:%M %p or %d/%m/%Y %I:%M %p; say which with --date-format",
)
refused(
    "hours_in_a_column",
    "Date,Hour,Price\n" + rows("{d},0,{p}\n{d},1,{p}\n{d},2,{p}"),
    "line 1: the hour is in column 'Hour', apart from the date; join them",
)
refused(
    "dates_of_which_none_is_named", "date,close\n" + rows("{d},{p}", days=("ein", "zwei", "drei")),
    "'ein' is not a date; write dates as 2024-01-31$",
)  # fmt: skip
refused(
    "one_point_among_commas",
    "Datum;Schluss\n15.01.2024;101,5\n16.01.2024;102,25\n17.01.2024;99.75\n18.01.2024;99,5\n",
    "line 4, column Schluss: '99.75' is not a price; mend that line",
)
refused(
    "epochs_that_change",
    "time,close\n1704153600000,1\n1704240000000,2\n1704326400000000,3\n1704412800000000,4\n",
    "line 4, column time: '1704326400000000' is not written like the dates above it",
)
refused(
    "encodings_mixed",
    b"date,B\xc3\xb6rse,close\n" + rows("{d},M,{p}").encode() + b"2024-01-18,\xf6,1\n",
    "line 1: the text is UTF-8 in some lines and not in others; save it in one encoding",
)
refused("parted_by_carets", "date^close\n" + rows("{d}^{p}"), "--delimiter '.'")
refused("sql_dump", "-- dump\nINSERT INTO p VALUES ('2024-01-15',1);\n", "line 2: an SQL dump")
refused(
    "unnamed_symbols",
    ",,close\n2024-01-15,A,1.5\n2024-01-16,A,1.6\n2024-01-17,B,9\n2024-01-18,B,9.1\n",
    "column 2 may hold symbols, .*--symbol-column 2,",
)
refused(
    "long_table_without_a_known_name",
    "Period;Grupp;Tal;Värde\n" + rows("{d};A;1,5;{p}"),
    "no price column among .*; choose one with --column, or take out Grupp$",
)
refused(
    "no_header_between_blanks",
    "15.01.2024   1,5 5 6\n16.01.2024   1,6 7 8\n17.01.2024   1,7 7 8\n",
    "add a header row such as 'date ... close', with a name for each",
)
meant("commas_between_blanks", "date close\n" + rows("{d}   {p}", days=DE, prices=COMMA))
for _mark in (
    "#NV", r"\N", "(null)", "k.A.", "n.d.", "s/d", "b.d.", "н/д", "ND", "NC", "closed", "Holiday",
    "Suspended", "missing",
):  # fmt: skip
    vendor(f"missing_as_{_mark}", "date;close\n", "{d};{p}", foot=f"2024-01-18;{_mark}\n",
           warned="rows without a price: 1")  # fmt: skip
for _name, _foot in (
    ("affected", "(30 rows affected)"), ("selected", "30 rows selected."),
    ("average", "Average,434.5"), ("total", "Total,1303.5"),
):  # fmt: skip
    vendor(f"foot_{_name}", "date,close\n", "{d},{p}", foot=_foot + "\n",
           warned="lines below the last row: 1")  # fmt: skip
vendor("foot_between_blanks", "date close\n", "{d} {p}", foot="(30 rows affected)\n",
       warned="lines below the last row: 1")  # fmt: skip
vendor("boursorama_close", "date;clos;Zut\n", "{d};{p};3.5")
vendor("dutch_last", "datum;Laatst;Zut\n", "{d};{p};3.5")
meant("a_quoted_line_above_the_header", '"20244"\t"10l"\n"date"\t"close"\n' + rows('"{d}"\t"{p}"'))

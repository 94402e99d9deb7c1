"""What vendors call their columns, in the languages their files come in.

Names are as `bare_name` leaves them: in lower case, without blanks, brackets and punctuation.
"""

import re
import unicodedata

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2060\ufeff"
_PUNCTUATION = re.compile(r"[\s<>_\-.*/#()\[\]%$:'\"’·+±]+")


def bare_name(name: str) -> str:
    """Return a header name in lower case, without brackets, blanks and punctuation."""
    folded = unicodedata.normalize("NFC", name.strip(INVISIBLE)).casefold().replace("i\u0307", "i")
    return _PUNCTUATION.sub("", folded)


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.casefold().split())


# Where several are present, the first in this order is taken.
DATES = _names(
    """
    datetime date timestamp tradedate traddt observationdate snappedat opentime windowstart
    pricedate tradingdate quotedate exchangedate asofdate date1 基準日 effectivedate businessdate
    timeperiod day dates ds time data datum fecha tarih 日期 日付 日付け データ日付 날짜 일자 дата
    dato tanggal ngày päivämäärä päiväys dátum ημερομηνία التاريخ תאריך วันที่ 交易日期 交易日 时间
    month period ts dt begin dateutc datetimeutc gmttime localtime timestamputc unixtimestamp unix
    epoch week year handelstag börsentag kurstag tradingday tradeday séance día giorno dzień 年月日
    день monat mois mes mese miesiąc tag jour session quarter woche semaine jahr année año anno
    rok วันเดือนปี datadate caldt dlycaldt mthcaldt mcaldt navdate
    """
)
ATTRIBUTES = frozenset(_names("currency country"))  # symbols only where there are several
WEAK_SYMBOLS = frozenset(_names("id code stock currency country name index security asset"))
# dates only if the cells are
WEAK_DATES = frozenset(
    _names(
        """
        day ds dt ts begin data month period week year timeperiod time epoch
        tag jour giorno session quarter woche semaine jahr année año anno rok
        """
    )
)
MARKETS = frozenset(  # where, or in what, a symbol is traded
    _names(
        """
        exchange exch mic market venue bourse börse boerse handelsplatz beurs currency curcdd ccy
        quotecurrency pricecurrency currencycode curr cur waehrung währung devise divisa moneda
        valuta valuutta moeda waluta měna валюта unit units uom einheit unité unidad pricetype
        interval freq frequency
        """
    )
)
TIMES = _names("time timeofday hora uhrzeit zeit heure время tijd tid ora orario godzina saat 시간")
SYMBOLS = _names(
    """
    symbol ticker tickers symbols tic tscode uniqueid tickersymbol tckrsymb code instrument
    stockcode 股票代码 证券代码 代码 コード 종목코드 stock security asset pair isin wkn name company
    scripname 名称 銘柄 종목명 indexname country currency id secid
    tradingcode schemename schemecode walor ric codneg fund fundname fundcode permno gvkey cusip
    sedol figi mnemonic mnemo epic sym commodity coin wertpapier titolo papel 銘柄コード product
    instrumentname underlying index
    """
)
PRICES = _names(  # closes, then prices, then last trades
    """
    close closelast closeprice closingprice closeclosepriceadjustedforsplits priceclose trpriceclose
    zamkniecie zamknięcie kurszamknięcia 收盘价 收盘 收市價 收盤價 終値 종가 закрытие clôture
    cloture prixclôture coursdeclôture cierre preciocierre preciodecierre fechamento chiusura
    prezzochiusura schluss schlusskurs kapanış slotkoers slot stängning stängningskurs sluttkurs
    slutkurs penutupan závěr záróár záró päätöskurssi κλείσιμο الإغلاق đóngcửa closep clspric
    closingindexvalue legalcloseprice settle settlement settlementprice closeunadjusted preult price
    cours kurs kurz koers cena цена prix precio preço prezzo שער last lastprice latest pxlast
    lasttrade lastsale ltp markprice ostatnio dernier dern último ultimo precioúltimo últimoprecio
    ultimoprecio ultprezzo zuletzt letzter letzterkurs şimdi simdi laatste senaste seneste siste
    terakhir poslední utolsó viimeisin τελευταία אחרון الأخير ล่าสุด lầncuối zadnja
    valeurliquidative valorliquidativo liquidationvalue netassetvalue navpershare nav rücknahmepreis
    pretinchidere preţinchidere prețînchidere clot ราคาปิด שערנעילה
    päätös sulgemishind aizvēršanascena uždarymokaina затваряне ценазакрытия ціназакриття
    kapanis derniercours senastbetalt lokaverð hargatutup سعرالإغلاق closing lukkekurs
    zamknieciekursu kurssi záverečnýkurz zaključnitečaj zadnjacijena fecho giáđóngcửa
    clos boursoramaclos laatst قیمتپایانی
    prccd prccm prc dlyprc mthprc dlyclose priceusd closeusd closepriceusd priceusdt adjclose
    adjustedclose closeadj closeadjusted adjclosing adjustedcloseprice adjcloseprice
    adjcloseadjustedclosepriceadjustedforsplitsanddividendandorcapitalgaindistributions value
    obsvalue
    """
)
OTHERS = frozenset(
    _names(
        """
        open high low volume vol volumes openint openinterest oi adjclose adjustedclose adjusted
        adjopen adjhigh adjlow adjvolume openprice highprice lowprice change changepercent chg
        pctchg changepct changepercentage changeratio prevclose preclose previousclose average avg
        vwap wap turnover amount trades numtrades numberoftrades nooftrades count dividend dividends
        dividendamount divcash exdividend splitratio splitfactor splitcoefficient stocksplits split
        splits marketcap totalvolume quotevolume closetime spread bid ask per interval series index
        rownames returns return ret tickvol tickvolume pxopen pxhigh pxlow pxvolume net pctchange
        capitalgains transactions barcount up down
        adjcloseadjustedclosepriceadjustedforsplitsanddividendandorcapitalgaindistributions timeopen
        timehigh timelow timeclose flags obsstatus abertura apertura máxima mínima máximo mínimo
        massimo minimo maximo var variación variazione ouv ouverture plushaut plusbas haut bas
        plushautjour variation variação otwarcie najwyzszy najnizszy najwyższy najniższy max min
        maks wolumen wol zmiana eröffn eröffnung hoch tief tageshoch tagestief erster stuecke
        volumen umsatz hoog laag verschil hög låg högst lägst høy lav højest lavest lukket senest
        açılış yüksek düşük hac fark откр открытие макс мин объём объем изм 开盘价 最高价 最低价
        成交量 成交额 开盘 最高 最低 高 低 交易量 涨跌幅 涨跌额 涨跌 振幅 换手率 始値 高値 安値
        出来高 変化率 前日比 시가 고가 저가 거래량 변동 등락률 전일비 pembukaan tertinggi terendah
        perubahan otevření maximum minimum změna nyitó mở cao thấp kl thayđổi títulos titulos
        quantità quantita aantal quantidade objem promet units shares stück qty quantity quantité
        cantidad patrimonio partícipes participes actifnet antal numberofshares noofshares
        sharestraded forgalom obrót khốilượng volumetraded tickqty contracts menge bidsize asksize
        bidprice askprice offer offerprice ausgabepreis nractiuni fees fee commission peratio
        priceearnings dividendyield divyield dayofweek weekday weekofyear signal position target
        decimals unitmult sharesoutstanding totalnetassets total sum mean median std stdev единиц
        omsætning omsetning omsatt omsättning vaihto vaihtoeur vaihdettu käive apgrozījums apyvarta
        оборот обсяг обороти
        ciro obrot obrót wartośćobrotu titreséchangés titresechanges antalaktier velta
        jumlahdagangan jumlah الكمية قيمةالتداول
        noofdeals deals nbdetitres nboftrades numberofdeals contratación contratacion capitaux
        efectivo negócios negocios
        promet objemobchodů valoare controvalore τζίρος omzet מחזור 売買高 売買代金 handelsvolumen
        gehandelteaktien
        mktcap marketcapitalization piyasadeğeri marktkapitalisierung حجمالتداول количество
        prediction predicted forecast label isholiday holiday status flag obsflag confstatus quality
        iid permco conm comnam ncusip shrout cfacpr cfacshr ajexdi ajpm cshoc curcdd exchcd shrcd
        hexcd sic siccd trdstat secstat prcstd divd retx dlyret dlyretx mthret dlyprcflg exchg loc
        """
    )
)
SIGNED_PRICES = frozenset(_names("prc dlyprc mthprc altprc"))  # below zero: a mean of bid and ask
WEAK_PRICES = frozenset(_names("value obsvalue nav"))  # prices only if nothing speaks against it
OPENS = _names(
    """
    open openprice pxopen openingprice opnpric openindexvalue eroeffnung abertura apertura ouv
    ouverture otwarcie erster eröffn eröffnung eröffnungskurs avaus öppen öppning åben åpning açılış
    откр открытие 开盘价 开盘 開盤價 開盤 開市價 始値 시가 pembukaan otevření nyitó άνοιγμα פתיחה
    الافتتاح افتتاح مفتوح เปิด mở mởcửa prezzoapertura precioapertura preabe ราคาเปิด
    שערפתיחה prcod openprc dlyopen
    """
)
HIGHS = _names(
    """
    high highprice highindexvalue hghpric högstakurs höchst höchstkurs pxhigh timehigh máxima máximo
    maximo massimo max maks maximum plushaut haut plushautjour najwyzszy najwyższy hoch tageshoch
    hoog hög högst høy højest yüksek макс 最高价 最高價 最高 高 高値 고가 tertinggi cao adjhigh ylin
    høj υψηλό גבוה مرتفع الأعلى สูงสุด prezzomassimo preciomáximo premax ราคาสูงสุด prchd askhi
    dlyhigh
    """
)
LOWS = _names(
    """
    low lowprice lowindexvalue lwpric lägstakurs tiefst tiefstkurs pxlow timelow mínima mínimo
    minimo min minimum plusbas bas najnizszy najniższy tief tagestief laag låg lägst lav lavest
    düşük мин 最低价 最低價 最低 低 安値 저가 terendah thấp adjlow alin χαμηλό נמוך منخفض الأدنى
    ต่ำสุด prezzominimo preciomínimo premin ราคาต่ำสุด prcld bidlo dlylow
    """
)
FLAGS = frozenset(  # texts that repeat and are no symbols
    _names(
        """
        true false yes no y n t f up down flat increasing decreasing unchanged rise fall
        buy sell hold long short bull bear bullish bearish positive negative neutral
        """
    )
)
SUMMARIES = frozenset(  # what a row below the last one is called
    _names(
        """
        average avg mean median total totals sum min max minimum maximum count std stdev summe
        gesamt durchschnitt mittelwert mittel moyenne somme promedio media suma średnia среднее
        итого gemiddelde totaal medel genomsnitt gjennomsnitt keskiarvo ortalama toplam průměr átlag
        """
    )
)
CANDLE = frozenset(
    _names(
        """open high low close adjclose volume dividends stocksplits capitalgains
        pxopen pxhigh pxlow pxlast pxvolume last price value"""
    )
)
VOLUMES = _names(
    """
    volume vol volumes totalvolume volumetraded volumetotale sharestraded totaltradedquantity
    totaltradequantity tottrdqty ttltrdqnty ttltradgvol noofshares umsatzstk umsatzstück 成交股數
    quatot numberofshares stuecke stück títulos titulos volumen volym wolumen wol 成交量 交易量
    出来高 거래량 объём объем hac hacim objem forgalom obrót khốilượng kl حجم الحجم όγκος נפח ปริมาณ
    omsatt antalaktier titreséchangés titresechanges الكمية 売買高 handelsvolumen gehandelteaktien
    обсяг nbdetitres forg tagesvolumen pxvolume tickvol tickvolume umsatz cshtrd cshtrm dlyvol
    """
)
ADJUSTED = ("adjopen", "adjhigh", "adjlow", "adjvolume")  # beside an adjusted close
SHORT = {"o": "Open", "h": "High", "l": "Low", "c": "Close", "v": "Volume", "t": "Timestamp"}

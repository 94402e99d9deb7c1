"""The terms that the page explains where they stand, and together at its end."""

UNROLLED_DEFINITIONS = {
    "day": ("Day", "One copy of the network. Every copy has the same weights and biases, so that"
        " more days need no more parameters."),
    "input": ("x", "The input of the day: in StatLand a price that is low (0), medium (0.5) or"
        " high (1)."),
    "w1_input": ("W1\u00b7x", "The input times the input weight."),
    "w2_before": ("W2\u00b7y(t-1)", "The state of the day before times the recurrent weight: the"
        " feedback loop."),
    "bias": ("Bias", "The bias b1 of the unit."),
    "sum": ("Sum", "W1\u00b7x + W2\u00b7y(t-1) + b1: what the activation function is given."),
    "activation": ("y", "The state: the activation function of the sum. It goes up to the output,"
        " and on to the copy of the next day."),
    "state_norm": ("State norm", "Length of the vector of states of the top layer."),
    "output": ("out", "The output of the day, W3\u00b7y + b2. That of the last day is the"
        " prediction; the others may be ignored."),
    "gradient": ("Gradient", "How much the prediction changes with the input of this day; of a"
        " network of several units, the norm of its derivative by the states of the day."),
    "loop_factor": ("Loop factor", "What the feedback loop multiplies a gradient by on its way back"
        " from the last day to this one: W2 times the slope of the activation function, once for"
        " every later day. Beyond 100 gradients explode, below 0.01 they vanish."),
}  # fmt: skip

DEFINITIONS = {
    "symbol": ("Symbol", "The name of the series in the price file."),
    "last": ("Last price", "The last known price, at the cutoff. Repeating it is the naive"
        " forecast, which is hard to beat."),
    "cutoff": ("Cutoff", "The last date whose price was known when a forecast was made."),
    "ahead": ("{Rows} ahead", "How many {rows} after the cutoff a price is forecast for."),
    "median": ("Median", "The forecast: the price is as likely to be above it as below it."),
    "range": ("80 % range", "A prediction interval: the actual price should lie inside it in 80"
        " of 100 cases, and in 10 each above and below it. Other levels likewise."),
    "width": ("Range in %", "The width of the prediction interval over the last price: how far"
        " the price may move. The widest may move most, in either direction."),
    "usual": ("Against usual", "Today's range over the mean of this symbol's ranges in the"
        " backtest, the same number of {rows} ahead: 2 means twice as uncertain as usual."),
    "rise": ("Chance of a rise", "The probability that the price is above the last one, read from"
        " the forecast's distribution. Near 50 % the forecast takes no side."),
    "care": ("Careful", "Whether there is a reason not to rely on the forecast of this symbol."),
    "outcomes": ("Outcomes", "Forecasts whose actual price is known: a number of {rows} ahead from"
        " each cutoff."),
    "actual": ("Actual price", "The price that followed, and how far it was from the last price"
        " before."),
    "limit": ("Limit passed", "The end of the prediction interval that the actual price was"
        " beyond."),
    "change": ("Change", "The median over the last price. Where it is 0, the forecast is the last"
        " price: how far the price may move is known better than which way."),
    "class": ("Class", "The most likely class on the last date of the forecast."),
    "coverage": ("Coverage", "The share of actual prices inside the prediction interval. It"
        " should be near the level: 80 % for an 80 % range. Less: too narrow; more: too wide."),
    "fault": ("About the data", "What was odd in the price files, each kind once a file: how often,"
        " where first, and whether the numbers were left out, mended, or used as they are."),
    "judged": ("Not by chance", "A symbol's range is called too narrow or too wide where chance"
        " does not explain its coverage among all symbols: by the rule of Benjamini and Hochberg,"
        " at most one in 20 of the named symbols is expected to be named by chance. Of all symbols,"
        " about one in a hundred is outside the band of each alone by chance."),
    "band": ("By chance", "The range of coverage that chance alone explains in 99 of 100 cases"
        " if the intervals are right, given how many outcomes move together."),
    "interval_score": ("Interval score", "The width of the interval, plus a penalty for each"
        " price outside it. Lower is better: narrow, and rarely wrong."),
    "log_score": ("Log score", "The negative logarithm of the density that the forecast gave to"
        " the actual price. Lower is better; a difference of 0.01 is small."),
    "crps": ("CRPS", "Continuous ranked probability score: the distance of the whole forecast"
        " distribution from the actual price. Lower is better; of a point it is the MAE."),
    "mae": ("MAE", "Mean absolute error of the forecast line, in log returns in percent (1 is"
        " about 1 % of the price), or in usual one-step changes for prices at or below zero."),
    "pit": ("PIT histogram", "Where the actual prices fell in their forecast distributions, in"
        " ten bins. Flat: calibrated. High at both ends: ranges too narrow; high in the"
        " middle: too wide; sloping: the forecast leans to one side."),
    "p": ("p", "Diebold-Mariano test: how often a difference as large would arise between two"
        " equally good forecasts. Below 0.05 it counts as a difference. The heading"
        " names the score that is tested."),
    "baseline": ("Baseline", "A simple method that a model has to beat: naive (the last price),"
        " drift (its trend), ewma (normal ranges as wide as recent moves), ewma-t and har-t"
        " (the same with heavier tails, or several horizons), harx-t (with high, low, volume),"
        " naive-conformal (ranges as wide as past errors)."),
    "miss": ("Widths outside", "How far the actual price lay beyond the limit that it passed, in"
        " widths of the interval."),
    "loss": ("Loss", "What training makes small, mean over the days of training, and of the days"
        " that were held out."),
    "gradient_norm": ("Gradient norm", "Length of the gradient of a training step before clipping."
        " A norm that grows without end means exploding gradients."),
    "clipped": ("Clipped", "Share of training steps whose gradient was longer than the limit, and"
        " was shortened to it."),
    "lag": ("Gradient by lag", "How much the error of the last day depends on the state of the"
        " network a number of days before, relative to the last day. It falls to nothing where"
        " gradients vanish, and grows beyond 100 where they explode."),
    "epoch": ("Epoch", "One pass of training over all series. The weights are those of the"
        " checkpoint that was saved after it."),
    "flow": ("Verdict", "Vanishing: next to nothing of a gradient is left after a few lags."
        " Exploding: it grows a hundredfold at some lag. Healthy: neither."),
    "memory": ("Memory", "The largest lag at which a hundredth of the gradient is left: how far"
        " back the network can learn from."),
    "drift": ("Drift", "Coverage of recorded forecasts outside what chance explains: the ranges no"
        " longer fit the market."),
}  # fmt: skip

PORTFOLIO_DEFINITIONS = {
    "night": ("Night", "A portfolio after one cutoff: its quantities, and what they might lose,"
        " were recorded before the prices that followed were known."),
    "confidence": ("Confidence", "How often a loss should be smaller than the value at risk: at"
        " 95 % it is larger in 5 of 100 nights."),
    "var": ("Value at risk", "The loss that is exceeded as rarely as the confidence says, in the"
        " currency of the portfolio; in percent, of the sum of the sizes of its positions."),
    "shortfall": ("Expected shortfall", "The mean loss in the nights whose loss is beyond the value"
        " at risk."),
    "beyond": ("Losses beyond", "In how many of the known nights the loss was at least the value at"
        " risk, beside the number that the confidence promises."),
    "zone": ("Zone", "The traffic light of the Basel Committee: green where this number of losses"
        " beyond is usual, yellow from the 95 %, red from the 99.99 % of its distribution on."),
    "kupiec": ("Kupiec p", "How often right values at risk would have a number of losses beyond as"
        " unusual as this. Below 0.05 there were too many or too few."),
    "christoffersen": ("Christoffersen p", "The same of their number and of pairs in a row: below"
        " 0.05 they are too many, too few, or come in clusters."),
    "duration": ("Duration p", "The same of the time between losses beyond: below 0.05 it is not"
        " random."),
    "shortfall_p": ("Shortfall p", "Acerbi and Szekely's test: below 0.05 losses beyond are larger"
        " than the expected shortfall says."),
}  # fmt: skip


def in_rows(text: str, row: str) -> str:
    """A text with what a row of prices is called in the place of {rows} and {Rows}."""
    return text.replace("{rows}", f"{row}s").replace("{Rows}", f"{row.capitalize()}s")

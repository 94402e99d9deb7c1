"""Train, forecast, evaluate: a data frame in, data frames out."""

from pathlib import Path

import pandas as pd

import rnncli

frame = pd.read_csv(Path(__file__).parents[2] / "data" / "market.csv")
prices = rnncli.Prices.from_frame(frame)
model = rnncli.train(prices, hidden_size=8, epochs=10)
forecast = model.predict(prices, horizon=5, level=(80, 95))
print(forecast.to_frame(style="nixtla").head())
print(model.evaluate(prices, horizon=1, folds=10, baselines="naive,ewma").verdict)
print(model.gradients(prices).verdict)
model.save("market.model")
print(rnncli.load("market.model"))

"""What a notebook or a program uses: prices in, models, forecasts and their scores as data frames.

A thin layer over the stages, as the command line is another one. Its classes are those of the
stages with methods added, so that whatever takes a model or a forecast takes these.

    keywords    settings from keyword arguments: names, types and bounds checked
    reading     price files and data frames as `Prices`
    results     forecasts, evaluations and gradient reports, each with `to_frame`
    model       `train`, `load`, and what a model can be asked
"""

"""rnncli: forecast price sequences with recurrent networks compiled to machine code.

The modules in reading order, which is also the flow of the data:

    errors       the faults a user can meet, and the exit status of each
    settings     every option of every stage, with its default: written here only
    arrays       names for the arrays that pass between stages
    clock        what time it is, and what day
    formats/     what a price file is: bytes, dialect, header, numbers, dates, columns, tables
    prices       read_prices: many series, each of its own length, checked
    overview     what each series holds, for `rnncli inspect`
    statland     the toy market the tool is explained with
    bins         classes of values: edges, labels, codes
    listing      names of a list with commas
    volatility   how far a series has moved of late
    scalers      what a scale needs of a series, or why it does not fit
    features     what a day is known by beside its price
    preparation  log returns, scalers, bins: what was fitted, applied and inverted
    prepare      the fit on the past only; every series as the network sees it
    footing      what prices ahead are built on
    cells/       the compiled kernels: all of Numba lives here
    network      layers and head over one flat parameter vector
    propagate    a network over a group of lanes, forward and back
    student      the Student-t distribution in NumPy alone
    distributions  forecasts as distributions: quantiles, density, CRPS
    binned       the same for probabilities of classes
    heads        what the outputs mean: a value, a distribution, classes; its loss
    draws        a value drawn from the outputs of a day
    norms        of gradients: the global one and clipping, those of states by day
    optim        SGD, Adam, the running mean of the weights, the learning rate's schedule
    threads      lane groups side by side, results in order
    rollout      a network over many series: outputs, states at cutoffs, days ahead
    walks        from drawn values to prices
    sampling     several days ahead by drawing: paths
    outlook      quantiles of the prices ahead: exact for the next row, then of paths
    dropout      units hidden from the layer above, for a step
    heldback     a pass over the validation days: loss, dead and saturated units
    batching     which days are trained on together
    tasks        what training asks of a form of network: steps of pieces
    chunks       a step of every day: truncated back-propagation through time, the state carried
    forms        what goes in and comes out, where a path is forecast at once
    windows      a step of windows and the paths after them, for those forms
    snapshot     a training between two epochs, to go on from
    epochs       what a training comes to, and where it may be broken off
    train        the steps: gradients added up, clipped, an update; when to stop
    intervals    bounds from the model's own past errors
    calibration  how far past errors correct a model's own distribution
    validate     the error beside naive's, and the bounds, on the days held back
    defaults     what settings that were left open come to
    stages       where the time of a run goes
    runlog       what a run did, for programs: a JSON object an event
    kernelcache  the folder of compiled kernels: its state, or why there is none
    warmup       the kernels of default runs, compiled ahead of time
    outcomes     what came after a cutoff; the unit of scores
    origins      shared cutoffs, and what was known at each
    predictive   a model's forecasts as distributions, from every cutoff at once
    garch        GARCH(1,1) with Student's t, an extra
    classical    AutoARIMA, AutoETS and Theta, an extra
    search       the lowest point of a function
    constant     Student's t of a constant scale
    baselines    naive, drift, EWMA volatility, naive with conformal bounds
    metrics      scores of forecasts
    skill        the Diebold-Mariano test
    audit        the dates that each part of a model saw
    folds        which cutoffs, and whether to train again for them
    processes    others of this machine that work for this one, and end with it
    pool         tasks side by side, whoever dies of one replaced
    evaluate     every series from every cutoff, by the model and each baseline
    scoreboard   the scores put together
    verdict      what they show, in words; what a script requires
    rolling      the whole of `rnncli evaluate`
    placebo      the same where there is nothing to find
    doctor       what this machine has
    files        the one writer: whole or not at all
    filenames    a name for the file of a symbol, and back
    sealed       the format of every file of ours: tensors and JSON under a digest, no code
    modelfile    save and load a model
    checkpoint   a training on disk, to go on from or to look into by epoch
    fit          the whole of `rnncli train`
    roster       a folder of models, one a symbol
    fleet        the whole of `rnncli train --per-series`
    cluster      a Dask cluster as those who do the tasks, an extra
    workers      who does tasks, as the settings say
    trail        what dates leave behind, row by row
    future       dates of the rows ahead
    answer       what a model says after the last row of every series
    fingerprint  a number for the rows of a series, row by row or all at once
    tally        what a series leaves behind beside the network's states, likewise
    statefile    what is kept of series between two runs
    warm         on from there, where their rows are still the same
    adaptive     bounds that follow how often they failed of late
    forecast     what a forecast holds; parts of it, and many joined
    predict      the whole of `rnncli predict`
    each         forecasts of each symbol by a model of its own
    samples      the whole of `rnncli predict --paths`
    rowstream    rows of prices as they come, one by one
    follow       the whole of `rnncli predict --follow`: a forecast after every row
    ledgerfile   the file of the ledger: SQLite, whole runs or nothing
    ledger       what was forecast, when, by which model
    recorded     all forecasts of a ledger, read back
    settle       each old forecast found in prices, and what came
    binomial     how many of n may be expected inside a bound
    laidout      old forecasts scored as those of an evaluation
    standing     how good old forecasts were, by group
    live         the whole of `rnncli score`
    job          what a nightly job is told: tables, settings, an example
    groups       prices of many files, some at a time
    traces       whether the prices that a model was trained on are still what they were
    hindsight    what came of the forecasts of the last nights
    stale        whether a model must be trained anew, and why
    incumbents   the models that a night begins with
    places       the files that a job reads and keeps: none is written over
    night        what a night finds and comes to
    sweep        forecasts of very many series, some at a time
    survey       all prices of a night, read once
    retrain      the model of a night, trained and saved
    batch        the whole of `rnncli batch`
    recompute    forward and back through whole series, chunk by chunk
    lags         how far gradients reach: norm by lag, memory, the verdict
    paths        the same for the forms that forecast a path
    gradients    the report of what flowed back, by parameter and by lag
    compare      the whole of `rnncli gradients`: models, or untrained cells side by side
    unroll       every number of the network, copy by copy
    report/      results as tables, charts, figures, CSV and JSON
    cli/         the commands; the one boundary where an error becomes a line

This module imports nothing, so that `rnncli --help` is instant.
"""

__version__ = "0.1.0"

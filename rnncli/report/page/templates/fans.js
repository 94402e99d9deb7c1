// Fan charts of symbols, drawn when they are opened.

function dateText(ticks) {
  const text = new Date(ticks * DATA.fans.unit * 1000).toISOString();
  return DATA.fans.unit === 86400 ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}

function fanOf(number) {
  const [symbol, calendar, cutoff, past, ahead, median, ranges, rise, undated] = DATA.fans.symbols[number];
  const ticks = [cutoff];
  const steps = undated ? past.slice(1).map(() => 1) : DATA.fans.steps[calendar];
  for (let k = steps.length - 1; k >= 0; k--) ticks.unshift(ticks[0] - steps[k]);
  return {symbol, past, ahead, median, ranges, rise, undated, ticks: [...ticks, ...ahead]};
}

function fanChart(number) {
  const fan = fanOf(number), rows = fan.past.length, last = fan.past[rows - 1];
  const after = (values, first) => [...Array(rows - 1).fill(null), first, ...values];
  const areas = fan.ranges.map(([low, high], k) => ({kind: "area", ink: k ? "shade2" : "shade", name: `${DATA.fans.levels[k]} % range`, low: after(low, last), high: after(high, last)}));
  return {
    title: fan.symbol, yLabel: "price", xLabel: fan.undated ? "row" : "date", money: true,
    x: fan.ticks, dates: fan.undated ? null : fan.ticks.map(dateText),
    marks: [...areas,
      {kind: "rule", ink: "quiet", name: "last price", at: last},
      {kind: "line", ink: "ink", name: "price", y: [...fan.past, ...fan.ahead.map(() => null)]},
      {kind: "line", ink: "main", name: "median", dashed: true, y: after(fan.median, last)}],
  };
}

function fanTable(number) {
  const fan = fanOf(number), levels = DATA.fans.levels;
  const head = make("tr", {}, ...["Date", "Median", ...[...levels].reverse().map((level) => `${level} % range`), "Chance of a rise"].map((text) => make("th", {scope: "col"}, text)));
  const rows = fan.ahead.map((tick, k) => make("tr", {},
    make("th", {scope: "row"}, fan.undated ? String(tick) : dateText(tick)), make("td", {}, money(fan.median[k])),
    ...[...fan.ranges].reverse().map(([low, high]) => make("td", {}, `${money(low[k])} … ${money(high[k])}`)),
    make("td", {}, known(fan.rise[k]) ? `${Math.round(100 * fan.rise[k])} %` : "–")));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
}

function toggleFan(row, wanted) {
  const button = row.querySelector("button");
  const open = button.getAttribute("aria-expanded") === "true";
  if (open === (wanted ?? !open)) return;
  button.setAttribute("aria-expanded", String(!open));
  if (open) { row.nextElementSibling.remove(); return; }
  const figure = make("figure", {class: "chart", "data-fan": row.dataset.number}, make("figcaption"));
  const why = row.querySelector(".why");
  const reasons = why ? [make("p", {}, make("strong", {}, "Careful: "), `${why.textContent}.`)] : [];
  const inner = make("div", {class: "inner"}, ...reasons, figure, fanTable(Number(row.dataset.number)));
  row.after(make("tr", {class: "fan"}, make("td", {colspan: row.cells.length}, inner)));
  draw(figure, fanChart(Number(row.dataset.number)));
}

const TABLE = document.getElementById("table");
if (TABLE) {
  TABLE.tBodies[0].addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-number]");
    if (row && event.target.closest("button")) toggleFan(row);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-open]");
    if (!link) return;
    const row = TABLE.querySelector(`tr[data-number="${link.dataset.open}"]`);
    row.hidden = false;
    toggleFan(row, true);
    row.scrollIntoView({block: "center"});
    row.querySelector("button").focus();
  });
}

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

// The symbol that is open stands above the table, so that no scroll box cuts it off.

const TABLE = document.getElementById("table"), OPENED = document.getElementById("opened");

function rowOf(number) { return TABLE.querySelector(`tr[data-number="${number}"]`); }

function closeFan() {
  const button = TABLE.querySelector("[aria-expanded=true]");
  if (button) { button.setAttribute("aria-expanded", "false"); button.closest("tr").classList.remove("open"); }
  OPENED.replaceChildren();
}

function goTo(place) {
  closeFan();
  place.scrollIntoView({block: "center"});
  place.focus();
}

function backButton(text, place) {
  const button = make("button", {type: "button", class: "press"}, text);
  button.addEventListener("click", () => goTo(place));
  return button;
}

function openFan(number, from) {
  closeFan();
  const row = rowOf(number), button = row.querySelector("button"), why = row.querySelector(".why");
  button.setAttribute("aria-expanded", "true");
  row.classList.add("open");
  const inTable = row.hidden ? document.getElementById("search") : button;
  const back = make("div", {class: "controls"}, backButton("Back to the table", inTable));
  if (from !== button) back.append(backButton(`Back to the ${from.closest("#trust") ? "misses" : "summary"}`, from));
  const reasons = why ? [make("p", {}, make("strong", {}, "Careful: "), `${why.textContent}.`)] : [];
  const figure = make("figure", {class: "chart", "data-fan": number}, make("figcaption"));
  const list = make("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": `Forecast of ${button.textContent}`}, fanTable(Number(number)));
  const panel = make("div", {class: "panel"}, back, ...reasons, figure, list);
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape" && TIP.hidden) goTo(from); });
  OPENED.append(panel);
  draw(figure, fanChart(Number(number)));
  panel.scrollIntoView({block: "start"});
  back.querySelector("button").focus({preventScroll: true});
}

if (TABLE) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-open], #table tbody .link");
    if (!link) return;
    const number = link.dataset.open ?? link.closest("tr").dataset.number;
    if (link.getAttribute("aria-expanded") === "true") closeFan(); else openFan(number, link);
  });
}

// Charts: axes, marks, a key, and values under the pointer or by arrow keys.

const INNER = {left: 56, right: 14, top: 10, bottom: 40};

function niceTicks(low, high, count) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((one) => one * power >= rough * 0.999);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(k * step);
  return ticks;
}

function logTicks(low, high) {
  const ticks = [];
  const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
  const every = Math.max(1, Math.ceil((last - first) / 6));
  for (let power = first; power <= last; power += every) ticks.push(10 ** power);
  const inside = (all) => all.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  if (inside(ticks).length > 1) return inside(ticks);
  const finer = inside(ticks.flatMap((tick) => [tick, 2 * tick, 5 * tick]));
  return finer.length > 1 ? finer : inside(niceTicks(low, high, 4));
}

function extent(chart) {
  const values = [];
  let zero = false;
  for (const mark of chart.marks) {
    for (const name of ["y", "low", "high"]) if (mark[name]) values.push(...mark[name].filter(known));
    if (known(mark.at)) values.push(mark.at);
    zero = zero || mark.kind === "bars";
  }
  let low = Math.min(...values), high = Math.max(...values);
  if (chart.logY) return [Math.max(low, 1e-12) / 1.2, Math.max(high, 1e-12) * 1.2];
  if (zero) low = Math.min(0, low);
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [zero && low === 0 ? 0 : low - room, high + room];
}

function scales(chart, width, height) {
  const [low, high] = extent(chart);
  const texts = chart.x.length > 0 && typeof chart.x[0] === "string";
  const bars = chart.marks.some((mark) => mark.kind === "bars");
  const f = chart.logY ? Math.log10 : (v) => v;
  const y = (v) => INNER.top + (height - INNER.top - INNER.bottom) * (1 - (f(Math.max(v, chart.logY ? low : v)) - f(low)) / (f(high) - f(low)));
  const inner = width - INNER.left - INNER.right;
  const banded = texts || bars;
  const first = chart.x[0], last = chart.x[chart.x.length - 1];
  const x = banded ? (k) => INNER.left + inner * (k + 0.5) / chart.x.length
    : (k) => INNER.left + inner * (last === first ? 0.5 : (chart.x[k] - first) / (last - first));
  return {x, y, low, high, band: inner / chart.x.length, banded, texts};
}

function pathOf(points) {
  let path = "", open = false;
  for (const [x, y] of points) {
    if (known(y)) path += `${open ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    open = known(y);
  }
  return path;
}

const MARKS = {
  area(svg, mark, at, chart) {
    const both = chart.x.map((_, k) => k).filter((k) => known(mark.low[k]) && known(mark.high[k]));
    if (!both.length) return;
    const wide = at.banded && both.length === 1 ? at.band / 3 : 0;
    const ends = wide ? [[at.x(both[0]) - wide, both[0]], [at.x(both[0]) + wide, both[0]]] : both.map((k) => [at.x(k), k]);
    const up = ends.map(([x, k]) => [x, at.y(mark.high[k])]);
    const down = ends.map(([x, k]) => [x, at.y(mark.low[k])]).reverse();
    svg.append(make("path", {class: `mark f-${mark.ink}`, d: `${pathOf([...up, ...down])}Z`}));
  },
  line(svg, mark, at) {
    const points = mark.y.map((v, k) => [at.x(k), known(v) ? at.y(v) : NaN]);
    svg.append(make("path", {class: `mark line s-${mark.ink}${mark.dashed ? " dashed" : ""}`, d: pathOf(points)}));
  },
  dots(svg, mark, at) {
    mark.y.forEach((v, k) => { if (known(v)) svg.append(make("circle", {class: `mark f-${mark.ink}`, cx: at.x(k).toFixed(1), cy: at.y(v).toFixed(1), r: mark.ink === "warn" ? 5 : 3})); });
  },
  bars(svg, mark, at) {
    mark.y.forEach((v, k) => {
      if (!known(v)) return;
      const top = Math.min(at.y(v), at.y(0)), size = Math.abs(at.y(v) - at.y(0));
      svg.append(make("rect", {class: `mark bar f-${mark.ink}`, x: (at.x(k) - at.band * 0.4).toFixed(1), y: top.toFixed(1), width: (at.band * 0.8).toFixed(1), height: size.toFixed(1)}));
    });
  },
  rule(svg, mark, at, chart, width) {
    const y = at.y(mark.at).toFixed(1);
    svg.append(make("line", {class: `mark rule s-${mark.ink}`, x1: INNER.left, x2: width - INNER.right, y1: y, y2: y}));
  },
};

function drawAxes(svg, chart, at, width, height) {
  const bottom = height - INNER.bottom;
  for (const tick of chart.logY ? logTicks(at.low, at.high) : niceTicks(at.low, at.high, 5)) {
    const y = at.y(tick).toFixed(1);
    svg.append(make("line", {class: "grid", x1: INNER.left, x2: width - INNER.right, y1: y, y2: y}));
    svg.append(make("text", {x: INNER.left - 6, y: Number(y) + 4, "text-anchor": "end"}, short(tick)));
  }
  svg.append(make("line", {class: "axis", x1: INNER.left, x2: width - INNER.right, y1: bottom, y2: bottom}));
  let room = -Infinity;
  for (const [x, text] of xTicks(chart, at, width)) {
    const half = text.length * 3.4;
    if (x - half < room || x + half > width + 4) continue;
    room = x + half + 8;
    svg.append(make("text", {x: x.toFixed(1), y: bottom + 16, "text-anchor": "middle"}, text));
  }
  svg.append(make("text", {x: (INNER.left + width - INNER.right) / 2, y: height - 6, "text-anchor": "middle"}, `${chart.xLabel}`));
}

function xTicks(chart, at, width) {
  if (chart.dates) return dateTicks(chart, at);
  if (at.banded) return chart.x.map((value, k) => [at.x(k), String(value)]);
  const first = chart.x[0], last = chart.x[chart.x.length - 1];
  const whole = niceTicks(first, last, Math.min(8, width / 70)).filter((tick) => Number.isInteger(tick));
  const place = (value) => INNER.left + (width - INNER.left - INNER.right) * (last === first ? 0.5 : (value - first) / (last - first));
  return whole.map((value) => [place(value), String(value)]);
}

function dateTicks(chart, at) {
  const ticks = [];
  let before = "";
  chart.dates.forEach((date, k) => {
    const month = date.slice(0, 7);
    if (month !== before && before) ticks.push([at.x(k), month]);
    before = month;
  });
  return ticks.length > 1 ? ticks : [[at.x(0), chart.dates[0]], [at.x(chart.dates.length - 1), chart.dates[chart.dates.length - 1]]];
}

function drawKey(chart) {
  const names = new Set();
  const list = make("ul", {class: "key"});
  for (const mark of chart.marks) {
    if (names.has(mark.name)) continue;
    names.add(mark.name);
    const swatch = make("svg", {viewBox: "0 0 22 10", "aria-hidden": "true"});
    if (mark.kind === "area" || mark.kind === "bars") swatch.append(make("rect", {class: `f-${mark.ink}`, width: 22, height: 10}));
    else if (mark.kind === "dots") swatch.append(make("circle", {class: `f-${mark.ink}`, cx: 11, cy: 5, r: 4}));
    else swatch.append(make("line", {class: `line s-${mark.ink}${mark.kind === "rule" ? " rule" : mark.dashed ? " dashed" : ""}`, x1: 0, x2: 22, y1: 5, y2: 5}));
    list.append(make("li", {}, swatch, mark.name));
  }
  return list;
}

function valuesAt(chart, k) {
  const list = make("dl");
  const tell = (name, text) => list.append(make("dt", {}, name), make("dd", {}, text));
  const format = chart.money ? money : short;
  const names = new Set();
  for (const mark of chart.marks) {
    if (names.has(mark.name) || mark.kind === "rule") continue;
    names.add(mark.name);
    if (mark.kind === "area") { if (known(mark.low[k])) tell(mark.name, `${format(mark.low[k])} … ${format(mark.high[k])}`); }
    else if (known(mark.y[k])) tell(mark.name, format(mark.y[k]));
  }
  return [make("strong", {}, chart.dates ? chart.dates[k] : `${chart.xLabel} ${chart.x[k]}`), list];
}

function draw(figure, chart) {
  if (chart.rows) { drawMap(figure, chart); return; }
  const width = Math.max(280, Math.min(figure.clientWidth || 640, 960)), height = Math.round(Math.min(340, Math.max(220, width * 0.5)));
  const svg = make("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", tabindex: "0", "aria-label": `${chart.title}: ${chart.yLabel} by ${chart.xLabel}; arrow keys read the values`});
  const at = scales(chart, width, height);
  drawAxes(svg, chart, at, width, height);
  for (const mark of chart.marks) MARKS[mark.kind](svg, mark, at, chart, width);
  const cursor = make("line", {class: "cursor", y1: INNER.top, y2: height - INNER.bottom, visibility: "hidden"});
  svg.append(cursor);
  let place = -1;
  const show = (k, x, y) => {
    place = Math.max(0, Math.min(chart.x.length - 1, k));
    cursor.setAttribute("x1", at.x(place)); cursor.setAttribute("x2", at.x(place)); cursor.setAttribute("visibility", "visible");
    const box = svg.getBoundingClientRect();
    showTip(valuesAt(chart, place), x ?? box.left + at.x(place) * box.width / width, y ?? box.top + box.height / 3);
  };
  const hide = () => { cursor.setAttribute("visibility", "hidden"); hideTip(); };
  const point = (event) => {
    const box = svg.getBoundingClientRect(), x = (event.clientX - box.left) * width / box.width;
    let best = 0;
    chart.x.forEach((_, k) => { if (Math.abs(at.x(k) - x) < Math.abs(at.x(best) - x)) best = k; });
    show(best, event.clientX, event.clientY);
  };
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (step) { event.preventDefault(); show(place < 0 ? 0 : place + step); }
  });
  replaceDrawing(figure, chart.title, chart.yLabel, svg, drawKey(chart));
}

function replaceDrawing(figure, title, unit, svg, key) {
  figure.querySelector("figcaption").replaceChildren(title, " ", make("span", {class: "hint"}, `(${unit})`));
  for (const old of figure.querySelectorAll(":scope > svg, :scope > .key")) old.remove();
  figure.append(svg, key);
}

function drawAll() {
  for (const figure of document.querySelectorAll("figure[data-chart]")) draw(figure, DATA.charts[figure.dataset.chart]);
  for (const figure of document.querySelectorAll("figure[data-fan]")) draw(figure, fanChart(Number(figure.dataset.fan)));
}

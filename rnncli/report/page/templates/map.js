// A map: a cell a value, the darker (or lighter) the larger, on a logarithmic scale.

function mapInk(chart, value) {
  const share = Math.log(value / chart.low) / Math.log(chart.high / chart.low || 10);
  return value > 1 + 1e-9 && chart.high > 2 ? {class: "cell mark f-warn", "fill-opacity": Math.max(0.35, share).toFixed(3)}
    : {class: "cell mark f-main", "fill-opacity": (0.04 + 0.96 * share).toFixed(3)};
}

function mapKey(chart) {
  const list = make("ul", {class: "key"});
  const powers = logTicks(chart.low, chart.high);
  for (const value of chart.high > powers[powers.length - 1] * 2 ? [...powers, chart.high] : powers) {
    const swatch = make("svg", {viewBox: "0 0 22 10", "aria-hidden": "true"});
    swatch.append(make("rect", {...mapInk(chart, value), width: 22, height: 10}));
    list.append(make("li", {}, swatch, short(value)));
  }
  return list;
}

function drawMap(figure, chart) {
  const width = Math.max(280, Math.min(figure.clientWidth || 640, 960)), columns = chart.x.length, rows = chart.rows.length;
  const cell = {x: (width - INNER.left - INNER.right) / columns, y: Math.max(6, Math.min(24, 260 / rows))};
  const bottom = INNER.top + cell.y * rows, height = Math.round(bottom + INNER.bottom);
  const left = (k) => INNER.left + cell.x * k, top = (r) => bottom - cell.y * (r + 1);
  const svg = make("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", tabindex: "0", "aria-label": `${chart.title}: ${chart.zLabel} by ${chart.xLabel} across and ${chart.yLabel} up; arrow keys read the values`});
  chart.z.forEach((values, r) => values.forEach((value, k) => svg.append(make("rect",
    {...mapInk(chart, value), x: left(k).toFixed(1), y: top(r).toFixed(1), width: cell.x.toFixed(1), height: cell.y.toFixed(1)}))));
  const every = Math.ceil(14 / cell.y);
  chart.rows.forEach((row, r) => { if ((rows - 1 - r) % every === 0) svg.append(make("text", {x: INNER.left - 6, y: (top(r) + cell.y / 2 + 4).toFixed(1), "text-anchor": "end"}, String(row))); });
  const apart = Math.ceil(48 / cell.x);
  chart.x.forEach((lag, k) => { if (k % apart === 0) svg.append(make("text", {x: (left(k) + cell.x / 2).toFixed(1), y: bottom + 16, "text-anchor": "middle"}, String(lag))); });
  svg.append(make("text", {x: (INNER.left + width - INNER.right) / 2, y: height - 6, "text-anchor": "middle"}, chart.xLabel));
  const cursor = make("rect", {class: "framed", width: cell.x, height: cell.y, visibility: "hidden"});
  svg.append(cursor);
  let at = [-1, 0];
  const show = (k, r, x, y) => {
    at = [Math.max(0, Math.min(columns - 1, k)), Math.max(0, Math.min(rows - 1, r))];
    for (const [name, value] of [["x", left(at[0])], ["y", top(at[1])], ["visibility", "visible"]]) cursor.setAttribute(name, value);
    const box = svg.getBoundingClientRect(), [from, next] = [chart.x[at[0]], chart.x[at[0] + 1]];
    const lags = next > from + 1 ? `${from} to ${next - 1}` : from;
    showTip([make("strong", {}, `${chart.yLabel} ${chart.rows[at[1]]}, ${chart.xLabel}: ${lags}`), make("br"), `${chart.zLabel} ${chart.z[at[1]][at[0]] <= chart.low ? "at most " : ""}${short(chart.z[at[1]][at[0]])}`],
      x ?? box.left + left(at[0] + 1) * box.width / width, y ?? box.top + top(at[1]) * box.height / height);
  };
  const hide = () => { cursor.setAttribute("visibility", "hidden"); hideTip(); };
  const point = (event) => {
    const box = svg.getBoundingClientRect(), scale = width / box.width;
    show(Math.floor(((event.clientX - box.left) * scale - INNER.left) / cell.x), Math.floor((bottom - (event.clientY - box.top) * scale) / cell.y), event.clientX, event.clientY);
  };
  for (const [name, does] of [["pointermove", point], ["pointerdown", point], ["pointerleave", hide], ["blur", hide]]) svg.addEventListener(name, does);
  svg.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
    if (step) { event.preventDefault(); show(at[0] + step[0], at[1] + step[1]); }
  });
  replaceDrawing(figure, chart.title, `${chart.zLabel} as colour, ${chart.yLabel} upwards`, svg, mapKey(chart));
}

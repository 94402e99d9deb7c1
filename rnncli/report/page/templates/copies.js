// The copies of an unrolled network as a picture: as many as there is room for, around one day.

const COPY = {width: 150, height: 268, box: 96, top: 74, middle: 128, bottom: 182};

// A number with room in the picture: three digits or so, a power of ten where it is large.
function brief(value) {
  if (!known(value)) return "–";
  const rounded = Number(value.toPrecision(Math.abs(value) < 1e4 && Math.abs(value) >= 100 ? 4 : 3));
  return Math.abs(value) >= 1e6 ? rounded.toExponential() : String(rounded);
}

function arrow(x1, y1, x2, y2, kind) {
  const size = 6, along = Math.atan2(y2 - y1, x2 - x1);
  const corner = (turn) => `${(x2 + size * Math.cos(along + turn)).toFixed(1)} ${(y2 + size * Math.sin(along + turn)).toFixed(1)}`;
  return make("g", {class: `arrow ${kind}`},
    make("line", {x1, y1, x2, y2}),
    make("path", {d: `M${x2} ${y2}L${corner(2.6)}L${corner(-2.6)}Z`}));
}

function label(x, y, text, kind = "", anchor = "middle") {
  return make("text", {x, y, "text-anchor": anchor, class: kind}, text);
}

function window_(days, day, room) {
  const count = Math.max(1, Math.min(days, Math.floor(room / COPY.width)));
  const first = Math.max(0, Math.min(days - count, day - 1 - Math.floor(count / 2)));
  return [first, first + count];
}

// What is known of day t (from 0) after a step: its values, what flowed back to it, whether it is the one.
function stateOf(t, days, step) {
  const back = step > days ? 2 * days - step : days;
  return {forward: t < Math.min(step, days), back: t >= back, now: t === (step > days ? back : step - 1)};
}

function drawCopy(svg, net, t, x, step) {
  const c = net.columns, days = c.input.length, state = stateOf(t, days, step);
  const cx = x + COPY.width / 2, half = COPY.box / 2, faint = state.forward ? "" : " faint";
  const known_ = (values, name) => (state.forward ? `${name} ${brief(values[t])}` : name);
  svg.append(
    arrow(cx, COPY.height - 52, cx, COPY.bottom + 3, `s-ink${faint}`), arrow(cx, COPY.top, cx, COPY.top - 34, `s-ink${faint}`),
    make("rect", {class: `copy${faint}${state.now ? " now" : ""}`, x: cx - half, y: COPY.top, width: COPY.box, height: COPY.bottom - COPY.top, rx: 8}),
    label(cx, COPY.top + 20, `day ${t + 1}`, "strong"),
    label(cx, COPY.top - 42, known_(c.output, "out"), t === days - 1 ? "strong" : ""),
    label(cx, COPY.height - 36, known_(c.input, "x")));
  if (net.unit) {
    svg.append(label(cx, COPY.middle + 2, known_(c.sum, "sum")), label(cx, COPY.middle + 24, known_(c.activation, "y")));
    svg.append(label(cx + 7, COPY.bottom + 22, `×${brief(net.unit.w1)}`, "", "start"), label(cx + 7, COPY.top - 12, `×${brief(net.unit.w3)}`, "", "start"));
  } else svg.append(label(cx, COPY.middle + 12, known_(c.state_norm, "norm")));
  if (state.back) svg.append(label(cx, COPY.height - 16, `loop factor ${brief(c.loop_factor[t])}`, "back"));
}

function drawLoop(svg, net, t, x, step) {
  const c = net.columns, days = c.input.length, half = COPY.box / 2;
  const from = x + COPY.width / 2 + half + 3, to = x + COPY.width * 1.5 - half - 3, middle = (from + to) / 2;
  svg.append(arrow(from, COPY.middle - 12, to, COPY.middle - 12, `s-main${stateOf(t + 1, days, step).forward ? "" : " faint"}`));
  if (net.unit) svg.append(label(middle, COPY.middle - 20, `×${brief(net.unit.w2)}`, "loop"));
  if (!stateOf(t, days, step).back) return;
  svg.append(arrow(to, COPY.middle + 14, from, COPY.middle + 14, "s-other"));
  const factor = net.unit ? net.unit.w2 * c.slope[t + 1] : c.loop_factor[t] / c.loop_factor[t + 1];
  if (known(factor)) svg.append(label(middle, COPY.middle + 30, `×${brief(factor)}`, "back"));
}

function drawCopies(place, net, step) {
  const days = net.columns.input.length, width = Math.max(280, place.clientWidth || 640);
  const day = step > days ? 2 * days - step + 1 : step;
  const [first, end] = window_(days, day, width - 24);
  const left = (width - (end - first) * COPY.width) / 2;
  const svg = make("svg", {viewBox: `0 0 ${width} ${COPY.height}`, role: "img", "aria-label": `Copies of days ${first + 1} to ${end} of ${days}`});
  for (let t = first; t < end; t++) {
    const x = left + (t - first) * COPY.width;
    drawCopy(svg, net, t, x, step);
    if (t + 1 < end) drawLoop(svg, net, t, x, step);
  }
  if (first > 0) svg.append(label(left - 2, COPY.middle + 2, "…"));
  if (end < days) svg.append(label(width - left + 2, COPY.middle + 2, "…"));
  place.replaceChildren(svg);
}

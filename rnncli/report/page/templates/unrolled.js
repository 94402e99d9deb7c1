// The network unrolled: computed for what is chosen, as `rnncli unroll` does, and played step by step.

const ASKED = DATA.unrolled;
const PLAYER = Object.fromEntries(["case", "days", "w2", "activation", "reset", "play", "before", "after", "step", "told", "copies", "prediction", "rule", "verdict", "numbers"].map((id) => [id, document.getElementById(id)]));
const SLOPES = {relu: (sum) => (sum > 0 ? 1 : 0), tanh: (sum) => 1 - Math.tanh(sum) ** 2};
const STEPS = {longest: 900, shortest: 60, all: 15000};  // milliseconds
let net, timer = null;

// A number as the tables of the terminal show it: whole ones in full, others with five digits or so.
function figures(value) {
  if (!known(value)) return "–";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e21) return String(BigInt(value));
  if (size < 1e-4) return String(Number(value.toPrecision(3)));
  if (size >= 1e9) return Number(value.toPrecision(3)).toExponential();
  const digits = size >= 1 ? Math.max(0, 5 - String(Math.trunc(size)).length) : size < 1e-3 ? 6 : 5;
  return String(Number(value.toFixed(digits)));
}

function unrollUnit(unit, values) {
  const c = {input: values, w1_input: [], w2_before: [], bias: [], sum: [], activation: [], output: [], gradient: [], loop_factor: [], slope: []};
  let before = 0;
  values.forEach((x, t) => {
    c.w1_input.push(unit.w1 * x);
    c.w2_before.push(unit.w2 * before);
    c.bias.push(unit.b1);
    c.sum.push(c.w1_input[t] + c.w2_before[t] + unit.b1);
    before = unit.activation === "tanh" ? Math.tanh(c.sum[t]) : Math.max(c.sum[t], 0);
    c.activation.push(before);
    c.slope.push(SLOPES[unit.activation](c.sum[t]));
    c.output.push(unit.w3 * before + unit.b2);
  });
  let factor = 1;
  for (let t = values.length - 1; t >= 0; t--) {
    c.loop_factor[t] = factor;
    const local = unit.w3 * unit.w1 * c.slope[t];
    c.gradient[t] = local === 0 ? 0 : local * factor;
    const round = unit.w2 * c.slope[t];
    factor = round === 0 || factor === 0 ? 0 : factor * round;
  }
  return c;
}

function judge(unit, c) {
  const dead = unit.activation === "relu" && unit.w2 !== 0 ? c.activation.lastIndexOf(0) + 1 : 0;
  if (dead > 1) return ["dead", `relu is off on day ${dead} (slope 0), so no gradient reaches an earlier day`];
  const factor = c.loop_factor[0], size = Math.abs(factor);
  const sentence = `the loop factor of the first day is ${size >= ASKED.exploding && size < 1e21 ? String(BigInt(Math.round(factor))) : Number(factor.toPrecision(3))}`;
  if (size >= ASKED.exploding) return ["exploding", `${sentence}, ${ASKED.exploding} or more`];
  if (size <= ASKED.vanishing) return ["vanishing", `${sentence}, ${ASKED.vanishing} or less`];
  return ["healthy", `${sentence}, between ${ASKED.vanishing} and ${ASKED.exploding}`];
}

function chosenCase() { return PLAYER.case.selectedIndex > 0 ? ASKED.cases[PLAYER.case.selectedIndex - 1] : {values: ASKED.columns.input, next: null}; }

function chosen() {
  if (!ASKED.unit) return {unit: null, columns: ASKED.columns, verdict: [ASKED.verdict, ASKED.reason], next: null};
  const unit = {...ASKED.unit, w2: PLAYER.w2.dataset.moved ? Number(PLAYER.w2.value) : ASKED.unit.w2, activation: PLAYER.activation.value};
  const {values, next} = chosenCase(), days = Number(PLAYER.days.value);
  const padded = [...values.slice(0, days), ...Array(Math.max(0, days - values.length)).fill(0)];
  const columns = unrollUnit(unit, padded);
  return {unit, columns, verdict: judge(unit, columns), next: days === values.length ? next : null};
}

function tellForward(t) {
  const {unit, columns: c} = net, at = (name, k = t) => figures(c[name][k]);
  if (!unit) return `Forward, day ${t + 1}: x = ${at("input")} and the states of the day before give states of norm ${at("state_norm")}; out = ${at("output")}.`;
  const loop = t ? ` + W2·y(${t}) = ${short(unit.w2)} × ${at("activation", t - 1)}` : " + no day before";
  return `Forward, day ${t + 1}: W1·x = ${short(unit.w1)} × ${at("input")}${loop} + b1 = ${short(unit.b1)} make a sum of ${at("sum")}; y = ${unit.activation}(${at("sum")}) = ${at("activation")}; out = ${short(unit.w3)} × ${at("activation")} + ${short(unit.b2)} = ${at("output")}.`;
}

function tellBack(t) {
  const {unit, columns: c} = net, days = c.input.length, at = (name, k = t) => figures(c[name][k]);
  const gradient = unit ? ` The prediction changes by ${at("gradient")} for each 1 of this day's input.` : ` The gradient by the states has a norm of ${at("gradient")}.`;
  if (t === days - 1) return `Back, day ${days}: it starts here, with a loop factor of 1.${gradient}`;
  const round = unit ? `times W2 and the slope of ${unit.activation} on day ${t + 2}, ${short(unit.w2)} × ${at("slope", t + 1)}, ` : "";
  return `Back, day ${t + 1}: the loop factor ${at("loop_factor", t + 1)} ${round}is now ${at("loop_factor")}.${gradient}`;
}

function showStep(step) {
  const days = net.columns.input.length;
  PLAYER.step.value = step;
  document.getElementById("step-shown").textContent = `${step} of ${2 * days}`;
  drawCopies(PLAYER.copies, net, step);
  PLAYER.told.textContent = step === 0 ? "Nothing has been fed yet." : step <= days ? tellForward(step - 1) : tellBack(2 * days - step);
  const now = step === 0 ? -1 : step <= days ? step - 1 : 2 * days - step;
  [...PLAYER.numbers.tBodies[0].rows].forEach((row, t) => row.classList.toggle("own", t === now && step < 2 * days));
}

function fillNumbers() {
  const names = Object.keys(ASKED.columns);
  PLAYER.numbers.tBodies[0].replaceChildren(...net.columns.input.map((_, t) => make("tr", {},
    make("th", {scope: "row"}, String(t + 1)), ...names.map((name) => make("td", {}, figures(net.columns[name][t]))))));
}

function fillCharts() {
  const c = net.columns, {forward, back} = DATA.charts, finite = (values) => values.map((v) => (known(v) ? v : null));
  forward.x = back.x = c.input.map((_, t) => t + 1);
  [c.input, c.activation ?? c.state_norm, c.output].forEach((values, k) => { forward.marks[k].y = finite(values); });
  back.marks[0].y = c.loop_factor.map((v) => (known(v) && v !== 0 ? Math.abs(v) : null));
  for (const name of ["forward", "back"]) draw(document.querySelector(`figure[data-chart="${name}"]`), DATA.charts[name]);
}

function pause() {
  clearInterval(timer);
  timer = null;
  PLAYER.play.textContent = "Play";
}

function play() {
  if (timer) { pause(); return; }
  const last = Number(PLAYER.step.max);
  let step = Number(PLAYER.step.value) >= last ? 0 : Number(PLAYER.step.value);
  showStep(step);
  PLAYER.play.textContent = "Pause";
  timer = setInterval(() => {
    showStep(++step);
    if (step >= last) pause();
  }, Math.max(STEPS.shortest, Math.min(STEPS.longest, STEPS.all / last)));
}

// After a choice: all is computed anew, and shown whole.
function choose() {
  pause();
  net = chosen();
  const days = net.columns.input.length;
  PLAYER.step.max = 2 * days;
  if (net.unit) {
    document.getElementById("days-shown").textContent = days;
    document.getElementById("w2-shown").textContent = short(net.unit.w2);
  }
  const expected = ASKED.names.find(([value]) => value === net.next);
  PLAYER.prediction.textContent = figures(net.columns.output[days - 1]);
  PLAYER.rule.textContent = expected ? `; StatLand's rule says ${expected[1]} (${expected[0]}).` : "";
  PLAYER.verdict.textContent = `${net.verdict[0]}: ${net.verdict[1]}.`;
  fillNumbers();
  fillCharts();
  showStep(2 * days);
}

function reset() {
  PLAYER.case.selectedIndex = 0;
  PLAYER.days.value = ASKED.columns.input.length;
  PLAYER.w2.value = ASKED.unit.w2;
  delete PLAYER.w2.dataset.moved;
  PLAYER.activation.value = ASKED.unit.activation;
  choose();
}

if (ASKED.unit) {
  PLAYER.case.addEventListener("change", () => { PLAYER.days.value = chosenCase().values.length; choose(); });
  PLAYER.days.addEventListener("input", choose);
  PLAYER.w2.addEventListener("input", () => { PLAYER.w2.dataset.moved = "yes"; choose(); });
  PLAYER.activation.addEventListener("change", choose);
  PLAYER.reset.addEventListener("click", reset);
}
PLAYER.play.addEventListener("click", play);
PLAYER.step.addEventListener("input", () => { pause(); showStep(Number(PLAYER.step.value)); });
for (const [id, by] of [["before", -1], ["after", 1]]) {
  PLAYER[id].addEventListener("click", () => { pause(); showStep(Math.max(0, Math.min(Number(PLAYER.step.max), Number(PLAYER.step.value) + by))); });
}
window.addEventListener("resize", () => showStep(Number(PLAYER.step.value)));
choose();

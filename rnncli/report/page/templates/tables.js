// Tables that sort, and the search in the one of forecasts.

function valueOf(row, column, numeric) {
  const cell = row.cells[column];
  const text = cell.dataset.v ?? cell.textContent.trim();
  if (!numeric && cell.dataset.v === undefined) return text;
  const value = parseFloat(text.replace("−", "-").replace(/[,<]/g, ""));
  return Number.isNaN(value) ? -Infinity : value;
}

function sortBy(table, head) {
  const column = head.cellIndex, numeric = head.dataset.kind === "num";
  const down = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : numeric;
  const body = table.tBodies[0];
  const keyed = [...body.rows].map((row) => [valueOf(row, column, numeric), row]);
  const compare = (a, b) => typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  keyed.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])));
  body.append(...keyed.map(([, row]) => row));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
}

for (const table of document.querySelectorAll("table.sortable")) {
  table.tHead.addEventListener("click", (event) => {
    const head = event.target.closest("th");
    if (head && event.target.closest("button")) sortBy(table, head);
  });
}

function filter() {
  const wanted = document.getElementById("search").value.trim().toLowerCase();
  const careful = document.getElementById("careful").checked;
  let shown = 0, all = 0;
  TABLE.classList.toggle("reasons", careful);
  for (const row of TABLE.tBodies[0].rows) {
    row.hidden = !(row.cells[0].textContent.toLowerCase().includes(wanted) && (!careful || "careful" in row.dataset));
    all += 1;
    shown += row.hidden ? 0 : 1;
  }
  document.getElementById("shown").textContent = shown ? `${shown} of ${all} symbols` : `No symbol${careful ? " to be careful with" : ""}${wanted ? ` whose name has “${wanted}”` : ""}`;
}

// A table that is wider than its box says so, also once it is opened or its reasons are shown.
const widths = new ResizeObserver((entries) => {
  for (const {target} of entries) {
    const box = target.closest(".scroll");
    box.previousElementSibling.hidden = box.scrollWidth <= box.clientWidth;
  }
});
for (const table of document.querySelectorAll("table.sortable")) {
  widths.observe(table);
  widths.observe(table.closest(".scroll"));
}

if (TABLE) {
  document.getElementById("search").addEventListener("input", filter);
  document.getElementById("careful").addEventListener("change", filter);
  filter();
}

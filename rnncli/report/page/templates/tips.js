"use strict";
const DATA = JSON.parse(document.getElementById("data").textContent);
const TIP = document.getElementById("tip");

// Small tools, and the tip: definitions and values, for pointer and keyboard.

function make(name, attributes = {}, ...children) {
  const svg = ["svg", "g", "path", "line", "rect", "circle", "text", "title"].includes(name);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const known = (value) => typeof value === "number" && Number.isFinite(value);

function short(value) {
  if (!known(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e9) return Number(value.toPrecision(3)).toExponential();
  if (size !== 0 && size < 0.001) return String(Number(value.toPrecision(3)));
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4;
  return String(Number(value.toFixed(digits)));
}

function money(value) {
  if (!known(value)) return "–";
  const size = Math.abs(value);
  return size >= 1e9 || (size > 0 && size < 0.001) ? value.toExponential(4) : value.toFixed(size >= 100 ? 2 : size >= 10 ? 3 : 4).replace(/\B(?=(\d{3})+\.)/g, ",");
}

function showTip(content, x, y) {
  TIP.replaceChildren(...content);
  TIP.hidden = false;
  const box = TIP.getBoundingClientRect();
  const left = Math.max(8, Math.min(x + 14, document.documentElement.clientWidth - box.width - 8));
  const below = y + 18 + box.height < window.innerHeight;
  TIP.style.left = `${left + window.scrollX}px`;
  TIP.style.top = `${(below ? y + 18 : Math.max(4, y - box.height - 10)) + window.scrollY}px`;
}

function hideTip() { TIP.hidden = true; }

function definitionOf(target) {
  const cell = target.closest("td");
  const own = target.closest("[data-def]");
  if (own) return own.dataset.def;
  const head = cell && cell.closest("table").tHead;
  const above = head && head.rows[0].cells[cell.cellIndex];
  return above && above.dataset.def;
}

function tellDefinition(event) {
  if (event.target.closest(".chart, .panel")) return;
  const cell = event.target.closest("td"), why = cell && cell.querySelector(".why");
  const key = definitionOf(event.target);
  const term = key && document.getElementById(`def-${key}`);
  if (!term) { hideTip(); return; }
  const box = event.target.getBoundingClientRect();
  const pointed = event.type === "mouseover" || event.type === "click";
  showTip([make("strong", {}, term.textContent), make("br"), why ? why.textContent : term.nextElementSibling.textContent],
    pointed && event.clientX ? event.clientX : box.left, pointed && event.clientY ? event.clientY : box.bottom - 12);
}

document.addEventListener("mouseover", tellDefinition);
document.addEventListener("focusin", (event) => {
  if (event.target.closest("[data-def]") && event.target.matches(":focus-visible")) tellDefinition(event); else hideTip();
});
document.addEventListener("click", (event) => { if (event.target.closest(".term")) tellDefinition(event); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });
for (const term of document.querySelectorAll(".term, thead button")) term.setAttribute("aria-describedby", `def-${term.closest("[data-def]").dataset.def}`);

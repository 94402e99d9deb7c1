// What happens at once, when the width changes, and before print.

drawAll();
let drawn = document.documentElement.clientWidth;
window.addEventListener("resize", () => {
  if (document.documentElement.clientWidth === drawn) return;
  drawn = document.documentElement.clientWidth;
  drawAll();
});
window.addEventListener("beforeprint", () => { hideTip(); for (const one of document.querySelectorAll("details")) one.open = true; });

"use strict";
(() => {
  const tip = document.getElementById("tip");
  for (const title of document.querySelectorAll("svg > * > title")) {
    title.parentNode.dataset.tip = title.textContent;
    title.remove();
  }
  const show = (event) => {
    const at = event.target.closest ? event.target.closest("[data-tip]") : null;
    tip.hidden = !at;
    if (!at) return;
    tip.textContent = at.dataset.tip;
    const left = Math.min(event.clientX + 12, window.innerWidth - tip.offsetWidth - 8);
    const top = event.clientY - tip.offsetHeight - 12;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${top < 8 ? event.clientY + 16 : top}px`;
  };
  document.addEventListener("pointermove", show);
  document.addEventListener("pointerdown", show);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });
  const choice = document.getElementById("goal");
  const goals = [...document.querySelectorAll("article.goal")];
  const choose = () => {
    for (const goal of goals) goal.hidden = choice.value !== "" && goal.id !== choice.value;
  };
  choice.addEventListener("change", choose);
  if (goals.length > 1) {
    document.getElementById("choice").hidden = false;
    choice.value = goals.length > 3 ? goals[0].id : "";
    choose();
  }
})();

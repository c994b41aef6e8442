"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const tip = document.getElementById("tip");
  for (const title of all("svg[role=img] * > title")) {
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
  const parts = all("[data-goals]");
  const choose = () => {
    for (const part of parts) {
      const about = part.dataset.goals.split(" ");
      part.toggleAttribute("hidden", choice.value !== "" && !about.includes(choice.value));
    }
    for (const section of all("main > section")) {
      const own = [...section.querySelectorAll("[data-goals]")];
      section.hidden = own.length > 0 && own.every((part) => part.hasAttribute("hidden"));
    }
  };
  choice.addEventListener("change", choose);
  if (choice.options.length > 2) {
    document.getElementById("choice").hidden = false;
    choice.value = choice.options.length > 8 ? parts[0].dataset.goals : "";
    choose();
  }

  for (const link of all("a[data-from]")) {
    const text = document.getElementById(link.dataset.from).textContent;
    link.href = `data:application/json;charset=utf-8,${encodeURIComponent(text)}`;
    link.parentNode.hidden = false;
  }

  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const part of closed) part.open = true;
  });
  window.addEventListener("afterprint", () => { for (const part of closed) part.open = false; });
})();

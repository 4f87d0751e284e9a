// Keys: / to the box, j and k along the hits, o opens one, n and p along what is marked in an article.
// They can be switched off (WCAG 2.1.4), and never act while something is typed.

import { remember, start, store } from "./search-box.js";

const SWITCH = "khobao.keys";

function inText(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function focusHit(step) {
  const links = [...document.querySelectorAll(".hits h2 a")];
  const at = links.findIndex((link) => link.closest("li").contains(document.activeElement));
  const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step];
  next?.focus();
  next?.closest("li").scrollIntoView({ block: "nearest" });
}

class Marks {
  constructor(bar) {
    this.marks = [...document.querySelectorAll(".story mark")];
    this.at = -1;
    this.place = bar?.querySelector("[data-place]");
    if (!bar || !this.marks.length) return;
    bar.hidden = false;
    bar.querySelector("[data-step='1']").addEventListener("click", () => this.go(1));
    bar.querySelector("[data-step='-1']").addEventListener("click", () => this.go(-1));
    const first = this.marks.findIndex((mark) => `#${mark.id}` === location.hash);
    if (first >= 0) this.at = first;
    this.tell();
  }

  go(step) {
    const count = this.marks.length;
    if (!count) return;
    this.marks[this.at]?.classList.remove("current");
    this.at = this.at < 0 && step < 0 ? count - 1 : (this.at + step + count) % count;
    const mark = this.marks[this.at];
    mark.classList.add("current");
    mark.scrollIntoView({ block: "center" });
    this.tell();
  }

  tell() {
    this.place.textContent = `${this.at + 1}/${this.marks.length}`;
  }
}

function main() {
  start();
  const marks = new Marks(document.querySelector(".along"));
  const { query, found } = document.querySelector("main").dataset;
  if (query && Number(found)) remember(query);

  for (const button of document.querySelectorAll("[data-copies]")) {
    // Browsers lend the clipboard to pages with a secure address alone.
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
      button.textContent = button.dataset.done;
    });
  }

  const choice = document.getElementById("keys");
  let on = store(SWITCH) !== false;
  if (choice) {
    choice.closest("[hidden]").hidden = false;
    choice.checked = on;
    choice.addEventListener("change", () => {
      on = choice.checked;
      store(SWITCH, on);
    });
  }
  const actions = {
    "/": () => {
      const box = document.getElementById("q");
      box?.focus();
      box?.select();
    },
    j: () => focusHit(1),
    k: () => focusHit(-1),
    o: () => document.activeElement.closest(".hits li")?.querySelector("h2 a").click(),
    n: () => marks.go(1),
    p: () => marks.go(-1),
  };
  addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
    if (on && plain && actions[event.key] && !inText(event.target)) {
      event.preventDefault();
      actions[event.key]();
    }
  });
}

main();

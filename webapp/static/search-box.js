// The search box: completion as an editable combobox with a list (ARIA Authoring Practices),
// recent searches that stay in this browser, and a form that leaves out what is not set.

const RECENT = "khobao.recent";
const MOST_RECENT = 8;
const WAIT = 80; // milliseconds after the last key

export function store(name, value) {
  try {
    if (value === undefined) return JSON.parse(localStorage.getItem(name) ?? "null");
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Storage may be full or forbidden; then nothing is remembered.
  }
  return null;
}

function recent() {
  const found = store(RECENT);
  return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
}

export function remember(query) {
  const others = recent().filter((one) => one !== query);
  store(RECENT, [query, ...others].slice(0, MOST_RECENT));
}

// Text with its marked parts in <b>, as nodes: whatever it holds is inert.
function marked(text, highlights) {
  const nodes = [];
  let at = 0;
  // Places are counted in code points, as the server counts them.
  const letters = Array.from(text);
  const slice = (start, end) => letters.slice(start, end).join("");
  for (const [start, end] of highlights) {
    const bold = document.createElement("b");
    bold.textContent = slice(start, end);
    nodes.push(slice(at, start), bold);
    at = end;
  }
  nodes.push(slice(at));
  return nodes;
}

class SearchBox {
  constructor(input) {
    this.input = input;
    this.form = input.form;
    this.words = input.dataset;
    this.options = [];
    this.active = -1;
    this.asked = null;
    this.list = document.createElement("ul");
    this.list.id = "suggestions";
    this.list.className = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.words.suggestions);
    this.list.hidden = true;
    this.status = document.createElement("p");
    this.status.className = "unseen";
    this.status.setAttribute("role", "status");
    input.parentElement.append(this.list, this.status);
    for (const [name, value] of [
      ["role", "combobox"],
      ["aria-autocomplete", "list"],
      ["aria-expanded", "false"],
      ["aria-controls", this.list.id],
    ])
      input.setAttribute(name, value);
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("click", () => this.options.length || this.typed());
    input.addEventListener("blur", () => this.close());
    // Before the input loses the focus to it.
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.stay();
    });
    this.list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) this.choose(Number(item.dataset.number));
    });
    this.form.addEventListener("submit", () => this.leaveOut());
  }

  typed() {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (!text) {
      this.asked?.abort();
      const found = recent().map((query) => ({ text: query, highlights: [], id: null }));
      if (found.length) found.push({ text: this.words.forget, highlights: [], forget: true });
      this.show(found);
      return;
    }
    this.timer = setTimeout(() => this.ask(text), WAIT);
  }

  async ask(text) {
    this.asked?.abort();
    this.asked = new AbortController();
    const address = `${this.words.source}?${new URLSearchParams({ q: text })}`;
    try {
      const answer = await fetch(address, { signal: this.asked.signal });
      if (!answer.ok || this.input.value.trim() !== text) return;
      this.show((await answer.json()).suggestions);
    } catch {
      // Superseded by the next key, or the network is gone: the box works without.
    }
  }

  show(options) {
    if (document.activeElement !== this.input) return;
    this.options = options;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(
      ...options.map((option, number) => {
        const item = document.createElement("li");
        item.id = `suggestion-${number}`;
        item.dataset.number = number;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        if (option.id) item.className = "title";
        if (option.forget) item.className = "forget";
        item.append(...marked(option.text, option.highlights));
        return item;
      }),
    );
    this.list.hidden = !options.length;
    this.input.setAttribute("aria-expanded", String(options.length > 0));
    this.status.textContent = options.length
      ? this.words.count.replace("{count}", options.length)
      : "";
  }

  // Answers that are still on their way do not change a list that somebody chooses from.
  stay() {
    clearTimeout(this.timer);
    this.asked?.abort();
  }

  close() {
    this.stay();
    this.options = [];
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  move(step) {
    this.stay();
    const count = this.options.length;
    // Beyond either end lies the input itself.
    this.active = ((this.active + 1 + step + count + 1) % (count + 1)) - 1;
    for (const item of this.list.children)
      item.setAttribute("aria-selected", String(Number(item.dataset.number) === this.active));
    if (this.active < 0) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    const item = this.list.children[this.active];
    this.input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "Escape" && this.options.length) {
      event.preventDefault();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.options.length) this.move(event.key === "ArrowDown" ? 1 : -1);
      else this.typed();
    } else if (event.key === "Enter" && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    }
  }

  choose(number) {
    const option = this.options[number];
    if (option.forget) {
      store(RECENT, []);
      this.close();
    } else if (option.id) {
      location.assign(this.words.article.replace("ID", encodeURIComponent(option.id)));
    } else {
      this.input.value = option.text;
      this.close();
      this.form.requestSubmit();
    }
  }

  // An address without empty and default values is shorter to send to somebody.
  leaveOut() {
    for (const field of this.form.querySelectorAll("[name]:not([name=q])")) {
      const usual = field.dataset.usual ?? "";
      if (field.value === usual) field.disabled = true;
    }
    // The page may be shown again from the browser's memory.
    addEventListener("pageshow", () => {
      for (const field of this.form.querySelectorAll(":disabled")) field.disabled = false;
    });
  }
}

export function start() {
  const input = document.getElementById("q");
  if (input) new SearchBox(input);
}

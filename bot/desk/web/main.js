// The page: every chair's column, the tabs of a narrow screen, and the stream that brings what changes.
import { Chair } from "./chair.js";
import { askChair } from "./dialogs.js";
import { el, recall, remember } from "./dom.js";
import { setZone, t } from "./words.js";

const desk = document.getElementById("desk");
const tabs = document.getElementById("tabs");
const line = document.getElementById("line");
const chairs = new Map();
const narrow = matchMedia("(max-width: 719.98px)");
let chosen = recall("chair");
let beat = 15_000; // how often the stream shows that it lives; the program says how often in truth

// build makes the columns once; should the chairs themselves change, the page starts anew.
function build(state) {
  const ids = state.chairs.map((c) => c.id).join();
  if (chairs.size) {
    if (ids !== [...chairs.keys()].join()) location.reload();
    return;
  }
  desk.replaceChildren();
  desk.style.setProperty("--chairs", state.chairs.length);
  for (const about of state.chairs) {
    const chair = new Chair(about, state.places, mark);
    chair.tab = el(
      "button",
      { class: "tab", role: "tab", id: `tab-${about.id}`, "aria-controls": `chair-${about.id}`, "data-role": about.role, onclick: () => choose(about.id, true) },
      el("span", { class: "face", "aria-hidden": "true" }, chair.initials),
      el("span", { class: "tab-name" }, about.name.split(" ")[0].replace(/[.,:;]+$/, "")),
      el("span", { class: "unread", hidden: true }),
    );
    chair.root.addEventListener("focusin", () => choose(about.id, false));
    chairs.set(about.id, chair);
    tabs.append(chair.tab);
    desk.append(chair.root);
  }
  desk.removeAttribute("aria-busy");
  tabs.addEventListener("keydown", walk);
  narrow.addEventListener("change", layout);
  choose(chairs.has(chosen) ? chosen : state.chairs[0].id, false);
  layout();
  const sight = new IntersectionObserver(layout, { threshold: [0.45, 0.55] });
  for (const chair of chairs.values()) sight.observe(chair.root);
}

// walk moves between the tabs by the arrow keys.
function walk(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const ids = [...chairs.keys()];
  const id = ids[(ids.indexOf(chosen) + step + ids.length) % ids.length];
  choose(id, true);
  chairs.get(id).tab.focus();
}

function choose(id, show) {
  chosen = id;
  remember("chair", id);
  for (const [other, chair] of chairs) {
    const on = other === id;
    chair.tab.setAttribute("aria-selected", on);
    chair.tab.tabIndex = on ? 0 : -1;
    chair.root.classList.toggle("chosen", on);
    chair.listen(on);
  }
  if (!show) return;
  const { root, tab } = chairs.get(id);
  tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (!narrow.matches) root.scrollIntoView({ block: "nearest", inline: "center" });
  layout();
}

// layout tells the columns whether they are tab panels, and reads what has come into view.
function layout() {
  for (const chair of chairs.values()) {
    chair.root.setAttribute("role", narrow.matches ? "tabpanel" : "region");
    if (chair.visible()) chair.shown();
    mark(chair);
  }
}

// mark shows how much of a chair is not read yet.
function mark(chair) {
  if (!chair.tab) return;
  const n = chair.unread();
  const badge = chair.tab.querySelector(".unread");
  badge.hidden = n === 0;
  badge.textContent = n > 99 ? "99+" : n;
  chair.tab.setAttribute("aria-label", chair.about.name + (n ? `, ${t("unread", { n })}` : ""));
  let all = 0;
  for (const c of chairs.values()) all += c.unread();
  document.title = (all && document.hidden ? `(${all}) ` : "") + t("title");
}

function connected(yes) {
  line.textContent = t(yes ? "online" : "offline");
  line.classList.toggle("off", !yes);
}

// connect follows the stream. The browser comes back by itself and says what it saw last; where it gives up, so that
// the place is lost, the program sends everything anew.
function connect(wait) {
  const stream = new EventSource("/desk/events");
  // A connection may die without a word: three beats missed are one.
  let watch;
  const alive = () => {
    clearTimeout(watch);
    watch = setTimeout(() => {
      stream.close();
      connected(false);
      connect(wait);
    }, 3 * beat);
  };
  alive();
  stream.onopen = () => {
    alive();
    wait = 500;
    connected(true);
  };
  stream.onerror = () => {
    connected(false);
    if (stream.readyState !== EventSource.CLOSED) return;
    clearTimeout(watch);
    setTimeout(() => connect(Math.min(wait * 2, 8000)), wait);
  };
  const on = (name, fn) => stream.addEventListener(name, (event) => (alive(), fn(JSON.parse(event.data))));
  on("beat", () => {});
  on("state", (state) => {
    const first = chairs.size === 0;
    setZone(state.zone);
    beat = state.beat;
    alive();
    build(state);
    for (const about of state.chairs) chairs.get(about.id).all(about.messages ?? [], about.menu);
    layout();
    if (first) invited();
  });
  on("message", ({ chair, message }) => {
    chairs.get(chair)?.put(message);
    const c = chairs.get(chair);
    if (c) mark(c);
  });
  on("answer", (answer) => chairs.get(answer.chair)?.answered(answer));
  on("commands", (menus) => {
    for (const [id, menu] of Object.entries(menus)) chairs.get(id)?.setMenu(menu);
  });
}

// invited asks who takes the start word in the address, once.
async function invited() {
  const address = new URL(location.href);
  const word = address.searchParams.get("start");
  if (!word || !/^[\w-]{1,64}$/.test(word)) return;
  const id = await askChair([...chairs.values()].map((c) => c.about));
  address.searchParams.delete("start");
  history.replaceState(null, "", address);
  if (!id) return;
  choose(id, true);
  chairs.get(id).say({ text: `/start ${word}` });
}

document.addEventListener("visibilitychange", layout);
// What is dropped beside a chair must not open in the page's place; words may be dropped where one writes.
for (const type of ["dragover", "drop"]) {
  document.addEventListener(type, (e) => {
    if (e.dataTransfer?.types.includes("Files") || !e.target.closest?.("textarea, input")) e.preventDefault();
  });
}
for (const a of document.querySelectorAll(".languages a")) {
  const address = new URL(location.href);
  address.searchParams.set("lang", a.hreflang);
  a.href = address.search;
}
connect(500);

// A chair: its header, what was said, and the composer below.
import { Outbox, press } from "./api.js";
import { Composer } from "./composer.js";
import { alertBox } from "./dialogs.js";
import { calm, el, icon, nonce, recall, remember } from "./dom.js";
import { draw, drawWaiting, plain } from "./message.js";
import { clock, dayKey, dayName, has, lang, t } from "./words.js";

const near = 80; // px from the end that still count as being there
const together = 5 * 60_000; // messages of one side within this stand close

export class Chair {
  constructor(about, places, mark) {
    this.about = about;
    this.mark = mark;
    this.messages = new Map(); // by number
    this.nodes = new Map();
    this.presses = new Map(); // by key: the button that waits
    this.menu = [];
    this.initials = about.name.split(/\s+/).slice(0, 2).map((w) => w[0]).join("").toUpperCase();
    this.outbox = new Outbox(about.id, () => this.drawOutbox());
    this.build(places);
    this.drawOutbox();
    this.outbox.run();
  }

  build(places) {
    const { about } = this;
    const role = has(`role_${about.role}`) ? t(`role_${about.role}`) : about.role;
    this.list = el("ol", { class: "list" });
    this.waiting = el("ol", { class: "list waiting" });
    this.empty = this.emptyState();
    this.stream = el("div", { class: "stream", tabindex: "0", role: "log", "aria-label": t("chat_with", { name: about.name }), "aria-live": "off", onscroll: () => this.scrolled() },
      this.empty, this.list, this.waiting);
    this.end = el("button", { class: "to-end", type: "button", hidden: true, "aria-label": t("to_end"), onclick: () => this.toEnd(true) },
      icon("down"), el("span", { class: "count" }));
    this.toasts = el("div", { class: "toasts", role: "status" });
    this.composer = new Composer(this, places);
    this.root = el("section", { class: "chair", id: `chair-${about.id}`, "data-role": about.role, "aria-label": about.name },
      el("header", { class: "who" },
        el("button", { type: "button", class: "skip", onclick: () => this.composer.field.focus() }, t("to_field")),
        el("span", { class: "face", "aria-hidden": "true" }, this.initials),
        el("div", { class: "who-text" },
          el("h2", {}, about.name),
          el("p", { class: "role" }, role), about.title && el("p", { class: "title", title: about.title }, about.title))),
      el("div", { class: "body" }, el("div", { class: "talk" }, this.stream, this.end, this.toasts), this.composer.root));
    this.root.addEventListener("dragover", (e) => e.dataTransfer.types.includes("Files") && e.preventDefault());
    this.root.addEventListener("drop", (e) => {
      if (!e.dataTransfer.files.length) return;
      e.preventDefault();
      this.composer.take(e.dataTransfer.files);
    });
    // What grows below (a photo that arrives, a keyboard on the phone) must not push the end out of sight.
    new ResizeObserver(() => this.atEnd && this.toEnd(false)).observe(this.stream);
    new ResizeObserver(() => this.atEnd && this.toEnd(false)).observe(this.list);
    this.atEnd = true;
  }

  emptyState() {
    const { role, starters } = this.about;
    const kind = has(`empty_${role}`) ? role : "resident";
    const list = starters ?? t(`starters_${kind}`);
    return el("div", { class: "empty", hidden: true },
      el("p", { class: "empty-head" }, t(`empty_${kind}`)),
      el("p", {}, t(`empty_${kind}_more`)),
      el("div", { class: "starters" },
        ...(Array.isArray(list) ? list : []).map((starter) => {
          const [label, text] = Array.isArray(starter) ? starter : [starter, starter];
          return el("button", { type: "button", class: "starter", onclick: () => this.say({ text }) }, label);
        })));
  }

  // all brings the history in line with what the program says it is.
  all(list, menu) {
    this.setMenu(menu);
    const numbers = new Set(list.map((m) => m.n));
    for (const [n, node] of this.nodes) {
      if (numbers.has(n)) continue;
      node.remove();
      this.nodes.delete(n);
      this.messages.delete(n);
    }
    const quiet = this.messages.size === 0;
    for (const message of list) this.put(message, quiet);
    this.loaded = true;
    const read = Number(recall(`read.${this.about.id}`));
    this.read ??= read <= this.top() ? read : 0; // a fresh store counts from one again
    this.refresh();
    if (quiet) this.toEnd(false);
  }

  // put shows a message, or shows it as it is now.
  put(message, quiet = false) {
    const old = this.messages.get(message.n);
    if (old && JSON.stringify(old) === JSON.stringify(message)) return;
    this.messages.set(message.n, message);
    let node = draw(message, this);
    if (old) {
      const now = node;
      node = this.nodes.get(message.n);
      const held = node.contains(document.activeElement) ? document.activeElement.textContent : null;
      this.renew(node, now, JSON.stringify(old.keyboard) === JSON.stringify(message.keyboard));
      if (!quiet && old.edited !== message.edited && !message.mine) this.flash(node);
      if (held !== null && !node.contains(document.activeElement)) this.holdFocus(node, held);
      this.requote(message);
    } else {
      const next = this.after(message.n);
      if (next) next.before(node);
      else this.list.append(node);
      if (!quiet && !calm()) node.classList.add("arrives");
    }
    this.nodes.set(message.n, node);
    if (message.mine) this.outboxDone(message.key);
    if (quiet) return;
    this.refresh();
    if (old) return;
    const here = message.mine && this.outbox.own.has(message.key);
    if (here || this.atEnd) this.toEnd(!message.mine);
    else this.refreshEnd();
    if (message.want && !message.mine && this.root.classList.contains("chosen")) this.composer.replyTo(message, false);
  }

  // renew gives a message the parts of now. Buttons that stay the same stay in their place: a finger may be on one.
  renew(node, now, sameKeys) {
    node.classList.remove("changed", "arrives");
    node.querySelector(".said").replaceWith(now.querySelector(".said"));
    if (sameKeys) {
      for (const key of node.querySelectorAll(".key")) key.removeAttribute("aria-busy");
      return;
    }
    node.querySelector(".keys")?.remove();
    const keys = now.querySelector(".keys");
    if (keys) node.append(keys);
  }

  after(n) {
    let found = null;
    for (const [other, node] of this.nodes) if (other > n && (!found || other < found.n)) found = { n: other, node };
    return found?.node;
  }

  // requote lets the answers to a message quote it as it reads now.
  requote(message) {
    for (const [n, m] of this.messages) {
      if (Number(m.reply_to) === message.n) this.nodes.get(n)?.querySelector(".quote span")?.replaceChildren(plain(message));
    }
  }

  // holdFocus keeps the keyboard where it was when a card is drawn anew.
  holdFocus(node, text) {
    const buttons = [...node.querySelectorAll("button, a")];
    (buttons.find((b) => b.textContent === text) ?? buttons[0] ?? this.stream).focus({ preventScroll: true });
  }

  flash(node) {
    node.classList.add("changed");
    requestAnimationFrame(() => {
      const box = node.getBoundingClientRect();
      const view = this.stream.getBoundingClientRect();
      if (box.bottom < view.top + 40 || box.top > view.bottom - 40) {
        const go = () => node.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
        this.toast(t("changed"), { icon: box.top < view.top ? "up" : "down", act: go });
      }
    });
  }

  // refresh sets what depends on neighbours: days, distances, whose last message may be edited.
  refresh() {
    this.empty.hidden = !this.loaded || this.messages.size > 0 || this.outbox.list.length > 0;
    for (const day of this.list.querySelectorAll(".day")) day.remove();
    const order = [...this.messages.values()].sort((a, b) => a.n - b.n);
    let before = null;
    let last = null;
    for (const m of order) {
      const node = this.nodes.get(m.n);
      if (!before || dayKey(before.time) !== dayKey(m.time)) {
        node.before(el("li", { class: "day" }, el("span", {}, dayName(m.time))));
        before = null;
      }
      node.classList.toggle("close", !!before && before.mine === m.mine && m.time - before.time < together);
      node.classList.remove("may-edit");
      if (m.mine) last = m;
      before = m;
    }
    this.lastOwn = last && !last.location ? last : null;
    if (this.lastOwn) this.nodes.get(last.n).classList.add("may-edit");
    if (this.visible()) this.shown();
  }

  // Unread marks.
  visible() {
    const { left, right, width } = this.root.getBoundingClientRect();
    const shown = Math.min(right, innerWidth) - Math.max(left, 0);
    return !document.hidden && width > 0 && shown >= width / 2;
  }

  top() {
    return Math.max(0, ...this.messages.keys());
  }

  shown() {
    this.read = this.top();
    remember(`read.${this.about.id}`, this.read);
  }

  unread() {
    if (this.visible()) return 0;
    let n = 0;
    for (const m of this.messages.values()) if (m.n > this.read && !m.mine) n++;
    return n;
  }

  listen(on) {
    this.stream.setAttribute("aria-live", on ? "polite" : "off");
  }

  // Scrolling.
  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.stream;
    this.atEnd = scrollHeight - scrollTop - clientHeight < near;
    if (this.atEnd) this.seen = this.top();
    this.refreshEnd();
  }

  refreshEnd() {
    this.end.hidden = this.atEnd;
    let n = 0;
    for (const m of this.messages.values()) if (m.n > (this.seen ?? Infinity) && !m.mine) n++;
    this.end.querySelector(".count").textContent = n || "";
    this.end.setAttribute("aria-label", n ? `${t("newer")}: ${n}` : t("to_end"));
  }

  toEnd(smooth) {
    this.atEnd = true;
    this.seen = this.top();
    this.stream.scrollTo({ top: this.empty.hidden ? this.stream.scrollHeight : 0, behavior: smooth && !calm() ? "smooth" : "instant" });
    this.refreshEnd();
  }

  goTo(n) {
    const node = this.nodes.get(Number(n));
    if (!node) return;
    node.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    node.classList.remove("changed");
    requestAnimationFrame(() => node.classList.add("changed"));
  }

  quote(ref) {
    const m = this.messages.get(Number(ref));
    return m ? plain(m) : null;
  }

  // What leaves.
  say(message) {
    this.outbox.add(message);
    this.toEnd(false);
  }

  drawOutbox() {
    if (!this.waiting) return;
    const known = new Set([...this.messages.values()].filter((m) => m.mine).map((m) => m.key));
    this.waiting.replaceChildren(...this.outbox.list.filter((m) => !known.has(m.key)).map((m) => drawWaiting(m, this)));
    if (this.empty) this.refreshEmpty();
    if (this.atEnd) this.toEnd(false);
  }

  refreshEmpty() {
    this.empty.hidden = !this.loaded || this.messages.size > 0 || this.outbox.list.length > 0;
  }

  outboxDone(key) {
    if (this.outbox.list.some((m) => m.key === key)) this.drawOutbox();
  }

  async press(message, data, button) {
    if (button.getAttribute("aria-busy")) return;
    const key = nonce();
    button.setAttribute("aria-busy", "true");
    this.presses.set(key, button);
    const done = () => {
      this.presses.delete(key);
      button.removeAttribute("aria-busy");
    };
    try {
      const request = press(this.about.id, message.n, data, key);
      this.outbox.follow(request);
      await request;
      setTimeout(done, 4000); // an engine that never answers
    } catch (fault) {
      done();
      this.toast(t(fault.code ? `error_${fault.code}` : "not_pressed"));
    }
  }

  answered({ key, note, alert }) {
    const button = this.presses.get(key);
    if (!button) return; // another page's press
    this.presses.delete(key);
    button.removeAttribute("aria-busy");
    if (note && alert) alertBox(note);
    else if (note) this.toast(note);
  }

  toast(text, { icon: sign, act } = {}) {
    const body = act ? el("button", { type: "button", class: "toast", onclick: () => (act(), node.remove()) }, icon(sign), text) : el("p", { class: "toast" }, text);
    const node = el("div", {}, body);
    this.toasts.replaceChildren(node);
    setTimeout(() => node.remove(), Math.max(4000, text.length * 90));
  }

  setMenu(menu = {}) {
    this.menu = menu[lang] ?? menu[""] ?? [];
  }

  time(ms) {
    return clock(ms);
  }
}

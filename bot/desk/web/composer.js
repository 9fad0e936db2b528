// The composer: text, photos, a place, commands, a reply, an edit of one's own last message.
import { edit, upload, Refusal } from "./api.js";
import { el, icon } from "./dom.js";
import { askPlace } from "./picker.js";
import { plain, whole } from "./message.js";
import { shrink } from "./photos.js";
import { t } from "./words.js";

const most = 10; // photos in one message

export class Composer {
  constructor(chair, places) {
    this.chair = chair;
    this.places = places;
    this.photos = []; // { url, photo | promise }
    this.field = el("textarea", {
      rows: 1, placeholder: t("message"), "aria-label": t("message_for", { name: chair.about.name }), maxlength: 4096, enterkeyhint: "send",
      oninput: () => this.typed(), onkeydown: (e) => this.keydown(e), onbeforeinput: (e) => this.lineBreak(e), onpaste: (e) => this.pasted(e),
    });
    this.file = el("input", { type: "file", accept: "image/jpeg,image/png,image/webp", multiple: true, hidden: true, tabindex: -1, onchange: () => this.take(this.file.files) });
    this.more = el("button", { type: "button", class: "tool", "aria-label": t("attach"), title: t("attach"), "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => this.toggle() }, icon("plus"));
    this.go = el("button", { type: "submit", class: "tool go", "aria-label": t("send"), title: t("send"), disabled: true }, icon("send"));
    const item = (sign, fn) => el("button", { type: "button", role: "menuitem", onclick: () => (this.toggle(false), fn()) }, icon(sign), t(sign));
    this.menu = el("div", { class: "menu", role: "menu", hidden: true, onkeydown: (e) => this.walk(e, this.menu, () => (this.toggle(false), this.more.focus())) },
      item("photo", () => this.file.click()), item("place", () => this.place()), item("commands", () => this.slash()));
    this.commands = el("div", { class: "menu commands", hidden: true, "aria-label": t("commands"), onkeydown: (e) => this.walk(e, this.commands, () => (this.hideCommands(), this.field.focus())) });
    this.context = el("div", { class: "context", hidden: true });
    this.tray = el("ul", { class: "tray", hidden: true });
    this.root = el("form", { class: "composer", onsubmit: (e) => (e.preventDefault(), this.send()) },
      this.menu, this.commands, this.context, this.tray, el("div", { class: "inputs" }, this.more, this.file, this.field, this.go));
    this.root.addEventListener("focusout", (e) => {
      if (this.root.contains(e.relatedTarget)) return;
      this.toggle(false);
      this.hideCommands();
    });
    chair.stream.addEventListener("dragover", (e) => e.preventDefault());
    chair.stream.addEventListener("drop", (e) => (e.preventDefault(), this.take(e.dataTransfer.files)));
  }

  typed() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight + 2, 180)}px`;
    this.go.disabled = !this.field.value.trim() && !this.photos.length;
    const word = /^\/(\S*)$/.exec(this.field.value);
    if (word && !this.editing) this.showCommands(word[1].toLowerCase());
    else this.hideCommands();
  }

  keydown(e) {
    this.shift = e.shiftKey;
    if (e.isComposing) return;
    if (e.key === "Escape" && !this.commands.hidden) {
      this.hideCommands();
    } else if (e.key === "Escape" && (this.reply || this.editing)) {
      this.clearContext();
    } else if (e.key === "ArrowUp" && !this.field.value && this.chair.lastOwn) {
      e.preventDefault();
      this.edit(this.chair.lastOwn);
    } else if ((e.key === "ArrowDown" || e.key === "Tab") && !this.commands.hidden && !e.shiftKey) {
      e.preventDefault();
      this.commands.querySelector("button")?.focus();
    }
  }

  // lineBreak sends instead of breaking the line, unless Shift is held. Keyboards on glass give no keydown for it.
  lineBreak(e) {
    if (e.inputType !== "insertLineBreak" || this.shift) return;
    e.preventDefault();
    if (!this.go.disabled) this.send();
  }

  // walk moves through a menu by the arrow keys.
  walk(e, menu, leave) {
    const items = [...menu.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[e.key];
    if (e.key === "Escape") leave();
    else if (to === undefined) return;
    else items[(to + items.length) % items.length]?.focus();
    e.preventDefault();
  }

  toggle(open = this.menu.hidden) {
    this.menu.hidden = !open;
    this.more.setAttribute("aria-expanded", String(open));
    if (open) {
      this.hideCommands();
      this.menu.querySelector("button").focus();
    }
  }

  // Commands.
  slash() {
    this.field.value = "/";
    this.field.focus();
    this.typed();
  }

  showCommands(start) {
    const list = this.chair.menu.filter((c) => c.name.startsWith(start));
    this.commands.hidden = !list.length && start !== "";
    this.commands.replaceChildren(...(list.length
      ? list.map((c) => el("button", { type: "button", onclick: () => this.command(c.name) }, el("b", {}, `/${c.name}`), el("span", {}, c.about)))
      : [el("p", {}, t("no_commands"))]));
  }

  hideCommands() {
    this.commands.hidden = true;
  }

  command(name) {
    this.field.value = "";
    this.typed();
    this.field.focus();
    this.chair.say({ text: `/${name}` });
  }

  // Reply and edit.
  replyTo(m, focus) {
    this.clearContext();
    this.reply = m.n;
    this.showContext("reply", t("reply_to"), plain(m));
    if (focus) this.field.focus();
  }

  edit(m) {
    this.clearContext();
    this.editing = m;
    this.field.value = whole(m);
    this.showContext("edit", t("editing"), plain(m));
    this.typed();
    this.field.focus();
  }

  showContext(sign, head, text) {
    this.context.replaceChildren(icon(sign), el("p", {}, el("b", {}, head), el("span", {}, text)),
      el("button", { type: "button", class: "act", "aria-label": t("cancel"), title: t("cancel"), onclick: () => (this.clearContext(), this.field.focus()) }, icon("close")));
    this.context.hidden = false;
  }

  clearContext() {
    if (this.editing) this.field.value = "";
    this.reply = this.editing = null;
    this.context.hidden = true;
    this.typed();
  }

  // Photos go up at once, so that sending needs no wait.
  pasted(e) {
    const list = [...e.clipboardData.files].filter((f) => f.type.startsWith("image/"));
    if (!list.length) return;
    e.preventDefault();
    this.take(list);
  }

  take(files) {
    for (const file of [...files]) {
      if (this.photos.length >= most) {
        this.chair.toast(t("error_many"));
        break;
      }
      const item = { url: URL.createObjectURL(file) };
      item.promise = shrink(file).then(upload).then((photo) => (item.photo = photo), (fault) => {
        this.remove(item);
        this.chair.toast(t(fault instanceof Refusal ? `error_${fault.code}` : "error_later"));
      }).finally(() => this.drawTray());
      this.photos.push(item);
    }
    this.file.value = "";
    this.drawTray();
    this.field.focus();
  }

  remove(item) {
    URL.revokeObjectURL(item.url);
    this.photos = this.photos.filter((p) => p !== item);
    this.drawTray();
  }

  drawTray() {
    this.tray.hidden = !this.photos.length;
    this.tray.replaceChildren(...this.photos.map((p, i) => el("li", { "aria-busy": p.photo ? null : "true" },
      el("img", { src: p.url, alt: t("photo_n", { n: i + 1, all: this.photos.length }) }),
      el("button", { type: "button", class: "act", "aria-label": t("remove_photo", { n: i + 1 }), onclick: () => this.remove(p) }, icon("close")))));
    this.typed();
  }

  async place() {
    const place = await askPlace(this.places);
    if (place) this.chair.say({ location: place, reply: this.takeReply() });
    this.field.focus();
  }

  takeReply() {
    const n = this.reply;
    if (n) this.clearContext();
    return n ? String(n) : undefined;
  }

  async send() {
    const text = this.field.value.trim();
    if (this.editing) return this.sendEdit(text);
    if (this.photos.some((p) => !p.photo)) {
      this.go.disabled = true;
      await Promise.all(this.photos.map((p) => p.promise));
    }
    const photos = this.photos.map((p) => p.photo).filter(Boolean);
    if (!text && !photos.length) return this.typed();
    const reply = this.takeReply();
    this.photos.forEach((p) => URL.revokeObjectURL(p.url));
    this.photos = [];
    this.field.value = "";
    this.drawTray();
    this.chair.say({ text, photos: photos.length ? photos : undefined, reply });
  }

  async sendEdit(text) {
    const m = this.editing;
    if (text === whole(m).trim()) return this.clearContext();
    this.go.disabled = true;
    try {
      await edit(this.chair.about.id, m.n, text);
      if (this.editing === m) this.clearContext(); // meanwhile the person may have begun something else
      else this.typed();
    } catch (fault) {
      this.chair.toast(t(fault instanceof Refusal ? `error_${fault.code}` : "error_later"));
      this.typed();
    }
  }
}

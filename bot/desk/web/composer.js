// The composer: text, photos, a place, commands, a reply, an edit of one's own last message.
import { edit, upload, Refusal } from "./api.js";
import { el, icon, recall, remember } from "./dom.js";
import { askPlace } from "./picker.js";
import { plain, whole } from "./message.js";
import { shrink } from "./photos.js";
import { t } from "./words.js";

const most = 10; // photos in one message
const longest = 4096; // characters

export class Composer {
  constructor(chair, places) {
    this.chair = chair;
    this.places = places;
    this.photos = []; // { url, photo }; without a photo it is on its way up
    this.held = null; // what is sent as soon as its photos are up
    this.draft = null; // what an edit has put aside
    this.field = el("textarea", {
      rows: 1, placeholder: t("message"), "aria-label": t("message_for", { name: chair.about.name }), enterkeyhint: "send",
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
    this.loading = el("p", { class: "loading", role: "status", hidden: true }, t("photos_loading"));
    this.tray = el("ul", { class: "tray", hidden: true });
    this.root = el("form", { class: "composer", onsubmit: (e) => (e.preventDefault(), this.send()) },
      this.menu, this.commands, this.context, this.tray, this.loading, el("div", { class: "inputs" }, this.more, this.file, this.field, this.go));
    this.root.addEventListener("focusout", (e) => {
      if (this.root.contains(e.relatedTarget)) return;
      this.toggle(false);
      this.hideCommands();
    });
    this.field.value = recall(`draft.${chair.about.id}`) ?? "";
    requestAnimationFrame(() => this.field.value && this.typed()); // its height is known once it is shown
    this.ready();
  }

  typed() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight + 2, 180)}px`;
    if (this.held && !this.field.value.startsWith(this.held.raw)) this.hold(null); // it is being written anew
    if (!this.editing) remember(`draft.${this.chair.about.id}`, this.field.value);
    this.ready();
    const word = /^\/(\S*)$/.exec(this.field.value);
    if (word && !this.editing) this.showCommands(word[1].toLowerCase());
    else this.hideCommands();
  }

  ready() {
    this.go.disabled = !!this.held || (!this.field.value.trim() && !this.photos.length);
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
    if (this.editing && !focus) { // nobody asked to leave the edit
      this.draft.reply = m.n;
      return;
    }
    this.clearContext();
    this.reply = m.n;
    this.showContext("reply", t("reply_to"), plain(m));
    if (focus) this.field.focus();
  }

  // edit puts what stands in the field aside; clearContext brings it back.
  edit(m, text = whole(m)) {
    if (this.editing) this.clearContext();
    this.hold(null);
    this.draft = { text: this.field.value, reply: this.reply };
    this.reply = null;
    this.editing = m;
    this.field.value = text;
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
    const draft = this.editing && this.draft;
    this.reply = this.editing = this.draft = null;
    this.context.hidden = true;
    if (draft) this.field.value = draft.text;
    if (draft?.reply && this.chair.messages.has(draft.reply)) this.replyTo(this.chair.messages.get(draft.reply), false);
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
      this.photos.push(item);
      this.up(item, file);
    }
    this.file.value = "";
    this.drawTray();
    this.field.focus();
  }

  // up tries until the photo is there, is refused or was taken out again. What is sent waits for it.
  async up(item, file) {
    try {
      item.photo = await upload(await shrink(file), (tries) => {
        if (!this.photos.includes(item)) throw new Error("taken out");
        if (tries === 3) this.chair.toast(t("photo_late"));
      });
    } catch (fault) {
      if (!(fault instanceof Refusal)) return;
      this.hold(null);
      this.remove(item);
      this.chair.toast(t(`error_${fault.code}`));
    }
    this.drawTray();
    if (this.held) this.send();
  }

  // hold keeps what is to be sent once its photos are up, as it stood when it was sent: later words are not part of it.
  hold(message) {
    this.held = message;
    this.loading.hidden = !message;
    this.ready();
  }

  remove(item) {
    URL.revokeObjectURL(item.url);
    this.photos = this.photos.filter((p) => p !== item);
    this.drawTray();
  }

  takeOut(item) {
    this.hold(null); // what leaves without it is to be sent again
    this.remove(item);
    this.field.focus();
  }

  drawTray() {
    this.tray.hidden = !this.photos.length;
    this.tray.replaceChildren(...this.photos.map((p, i) => el("li", { "aria-busy": p.photo ? null : "true" },
      el("img", { src: p.url, alt: t("photo_n", { n: i + 1, all: this.photos.length }) }),
      el("button", { type: "button", class: "act", "aria-label": t("remove_photo", { n: i + 1 }), onclick: () => this.takeOut(p) }, icon("close")))));
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

  send() {
    const raw = this.field.value;
    if (raw.trim().length > longest) return this.chair.toast(t("error_long"));
    if (this.editing) return this.sendEdit(raw.trim());
    const { raw: head, reply } = this.held ?? { raw, reply: this.reply };
    if (this.photos.some((p) => !p.photo)) return this.hold({ raw: head, reply });
    const text = head.trim();
    const photos = this.photos.map((p) => p.photo);
    this.hold(null);
    if (!text && !photos.length) return;
    if (reply && reply === this.reply) this.clearContext();
    this.photos.forEach((p) => URL.revokeObjectURL(p.url));
    this.photos = [];
    this.field.value = raw.slice(head.length).trimStart();
    this.drawTray();
    this.chair.say({ text, photos: photos.length ? photos : undefined, reply: reply ? String(reply) : undefined });
  }

  async sendEdit(text) {
    const m = this.editing;
    if (text === whole(m).trim()) return this.clearContext();
    this.go.disabled = true;
    try {
      await edit(this.chair.about.id, m.n, text);
      if (this.editing !== m) return; // meanwhile the person may have begun something else
      if (this.field.value.trim() === text) return this.clearContext();
      this.editing = { ...m, runs: [{ t: text }] }; // they wrote on: that is another edit
    } catch (fault) {
      if (!this.editing) this.edit(m, text);
      this.chair.toast(t(fault instanceof Refusal ? `error_${fault.code}` : "not_edited"));
    }
    this.ready();
  }
}

// A message as the page draws it.
import { el, icon } from "./dom.js";
import { lightbox } from "./dialogs.js";
import { nearest, region, sketch } from "./map.js";
import { clock, dayKey, moment, stamp, t } from "./words.js";

// plain is a message in one line, for quotes.
export function plain(m) {
  const text = (m.runs ?? []).map((r) => r.t).join("").replace(/\s+/g, " ").trim();
  if (text) return text;
  if (m.location) return m.location.title || t("place");
  return m.photos?.length ? t("photo") : m.files?.[0]?.name ?? "";
}

export const whole = (m) => (m.runs ?? []).map((r) => r.t).join("");

export const degrees = (x) => x.toFixed(5);

const marks = /(https?:\/\/[^\s<>"«»]+)|(?<![^\s(«"—–-])\/([a-z][a-z0-9_]*)(?![\w/-])/g;

// ended is an address without the marks of the sentence around it; a bracket that it opened itself is its own.
function ended(address) {
  for (;;) {
    const last = address.at(-1);
    const open = { ")": "(", "]": "[" }[last];
    if (open ? address.split(open).length >= address.split(last).length : !".,:;!?".includes(last)) return address;
    address = address.slice(0, -1);
  }
}

// words makes text nodes; addresses in them become links, and what the bot says of its commands can be pressed.
function words(text, m, chair) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(marks)) {
    const [, address, name] = found;
    let node;
    if (address) {
      const href = ended(address);
      node = el("a", { href, target: "_blank", rel: "noopener noreferrer" }, href);
    } else if (!m.mine && chair.menu.some((c) => c.name === name)) {
      node = el("button", { type: "button", class: "command", onclick: () => chair.say({ text: `/${name}` }) }, `/${name}`);
    } else continue;
    nodes.push(text.slice(at, found.index), node);
    at = found.index + node.textContent.length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((n) => n !== "");
}

function body(m, chair) {
  if (!m.runs?.length) return null;
  const room = el("span", { class: "room", "aria-hidden": "true" }); // the time stands in the last line where it fits
  return el("p", { class: "text", dir: "auto" }, ...m.runs.flatMap((r) => (r.b ? [el("strong", {}, ...words(r.t, m, chair))] : words(r.t, m, chair))), room);
}

// made is the address of what a message carries and the program makes anew for whoever looks.
const made = (m, chair, kind, i) => `/desk/made/${chair.about.id}/${m.n}/${kind}/${i}`;

function photos(list, m, chair) {
  if (!list?.length) return null;
  const sources = list.map((p, i) => (p.make ? `${made(m, chair, "photos", i)}?${encodeURIComponent(p.make)}` : `/desk/photos/${p.id}`));
  const drawn = list.some((p) => p.make); // a chart is to be seen to its edges
  return el("div", { class: `photos ${drawn ? "drawn" : `n${list.length}`}` }, ...list.map((p, i) => {
    const image = el("img", { src: sources[i], alt: t("photo_n", { n: i + 1, all: list.length }), width: p.w, height: p.h, loading: "lazy", decoding: "async" });
    const frame = el("button", { type: "button", class: "photo", "aria-label": `${t("open_photo")}: ${i + 1}/${list.length}`, onclick: () => lightbox(sources, i) }, image);
    image.addEventListener("error", () => frame.replaceChildren(el("span", { class: "lost" }, t("photo_lost"))));
    if (drawn) frame.style.aspectRatio = String(p.w / p.h);
    else if (list.length === 1) frame.style.aspectRatio = String(Math.min(Math.max(p.w / p.h, 0.75), 2));
    return frame;
  }));
}

const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

function size(bytes) {
  const kilo = Math.max(bytes / 1024, 0.1);
  return kilo < 1000 ? t("size_kb", { n: number.format(kilo) }) : t("size_mb", { n: number.format(kilo / 1024) });
}

function files(list, m, chair) {
  if (!list?.length) return null;
  return el("ul", { class: "files" }, ...list.map((f, i) => el("li", {},
    el("a", { href: made(m, chair, "files", i), download: f.name, "aria-label": t("download", { name: f.name, size: size(f.size) }) },
      icon("file"), el("span", {}, el("span", { class: "file-name", dir: "auto" }, f.name), el("span", { class: "file-size" }, size(f.size)))))));
}

function place(l) {
  if (!l) return null;
  const name = el("span", {}, l.title || l.address || t("point"));
  if (!l.title && !l.address) {
    region().then((list) => {
      const near = nearest(list, l);
      if (near && near.km < 40) name.textContent = near.km < 3 ? near.place.name : t("place_near", { name: near.place.name });
    });
  }
  return el("div", { class: "point" }, sketch(l),
    el("p", { class: "point-name" }, icon("place"), name),
    el("p", { class: "point-at" }, `${degrees(l.lat)}, ${degrees(l.lon)}`));
}

function quote(m, chair) {
  if (!m.reply_to) return null;
  const text = chair.quote(m.reply_to);
  if (text === null) return null;
  return el("button", { type: "button", class: "quote", "aria-label": `${t("reply_to")}: ${text}`, onclick: () => chair.goTo(m.reply_to) }, el("span", {}, text));
}

function keyboard(m, chair) {
  if (!m.keyboard?.length) return null;
  return el("div", { class: "keys" }, ...m.keyboard.filter((row) => row?.length).map((row) =>
    el("div", { class: "row" }, ...row.map((key) => {
      if (key.u) return el("a", { class: "key", href: key.u, target: "_blank", rel: "noopener noreferrer" }, el("span", {}, key.t), icon("link"));
      const button = el("button", { type: "button", class: "key" }, el("span", {}, key.t));
      button.addEventListener("click", () => chair.press(m, key.d, button));
      return button;
    }))));
}

// draw makes the list item of a message.
export function draw(m, chair) {
  const about = el("footer", { class: "about" });
  const acts = el("div", { class: "acts" });
  const act = (name, label, fn) => el("button", { type: "button", class: `act ${name}`, title: label, "aria-label": label, onclick: fn }, icon(name));
  acts.append(act("reply", t("reply"), () => chair.composer.replyTo(m, true)));
  if (m.mine) acts.append(act("edit", t("edit"), () => chair.composer.edit(m)));
  const time = (when, text) => el("time", { datetime: new Date(when).toISOString(), title: moment(when) }, text);
  about.append(time(m.time, clock(m.time)));
  if (m.edited) {
    const same = dayKey(m.edited) === dayKey(m.time);
    const atOnce = same && clock(m.edited) === clock(m.time); // of a card that is no news
    if (!atOnce || m.mine) about.append(el("span", { class: same ? "edited" : "edited later" }, `· ${t("edited")} `, !atOnce && time(m.edited, same ? clock(m.edited) : stamp(m.edited))));
  }
  if (m.mine) {
    const state = m.waits ? "sending" : "sent";
    const mark = icon(m.waits ? "clock" : "check");
    mark.removeAttribute("aria-hidden");
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", t(state));
    about.append(mark);
  }
  return el("li", { class: `message ${m.mine ? "mine" : "theirs"}`, id: `${chair.about.id}-${m.n}` },
    el("div", { class: "said" },
      el("article", { class: "bubble" },
        el("span", { class: "hidden" }, `${m.mine ? t("you") : t("them")}:`),
        quote(m, chair), photos(m.photos, m, chair), files(m.files, m, chair), place(m.location), body(m, chair), about),
      acts),
    keyboard(m, chair));
}

// drawWaiting makes a message that the program has not confirmed.
export function drawWaiting(m, chair) {
  const runs = m.text ? [{ t: m.text }] : [];
  return el("li", { class: "message mine unsent", "data-key": m.key },
    el("div", { class: "said" }, el("article", { class: "bubble" },
      quote({ reply_to: m.reply }, chair), photos(m.photos, m, chair), place(m.location), body({ runs, mine: true }, chair),
      el("footer", { class: "about" }, el("time", {}, clock(m.time)), icon("clock")))),
    m.error
      ? el("div", { class: "fault" }, el("p", {}, t(`error_${m.error}`)),
          el("button", { type: "button", onclick: () => chair.outbox.again(m.key) }, t("retry")),
          el("button", { type: "button", onclick: () => chair.outbox.drop(m.key) }, t("drop")))
      : m.late ? el("p", { class: "fault" }, t("not_sent")) : null);
}

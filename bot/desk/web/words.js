// Words and times as the reader's language writes them. The texts are files of their own.
export const lang = document.documentElement.lang;
const texts = await load();

// load asks for the texts until they are there: without them there is no page.
async function load() {
  for (;;) {
    try {
      const answer = await fetch(`/desk/web/${lang}.json`);
      if (answer.ok) return await answer.json();
    } catch {}
    await new Promise((done) => setTimeout(done, 1000));
  }
}

// t gives a text with its {names} filled in.
export function t(id, values = {}) {
  const text = texts[id];
  if (typeof text !== "string") return text ?? id;
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

export const has = (id) => id in texts;

const locale = lang === "en" ? "en-GB" : lang; // the day has 24 hours here
let formats;

// setZone makes every time one of the region's, wherever the reader is; without a zone it is the reader's own.
export function setZone(timeZone) {
  const format = (options) => new Intl.DateTimeFormat(locale, { ...options, timeZone });
  formats = {
    clock: format({ hour: "2-digit", minute: "2-digit" }),
    day: format({ day: "numeric", month: "long" }),
    year: format({ day: "numeric", month: "long", year: "numeric" }),
    stamp: format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
    moment: format({ dateStyle: "long", timeStyle: "short" }),
    key: new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone }),
  };
}
setZone(undefined);

export const clock = (ms) => formats.clock.format(ms);
export const stamp = (ms) => formats.stamp.format(ms);
export const moment = (ms) => formats.moment.format(ms);

// dayKey is the same for all moments of one day, such as "2026-11-23".
export const dayKey = (ms) => formats.key.format(ms);

export function dayName(ms) {
  const today = dayKey(Date.now());
  const yesterday = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
  const day = dayKey(ms);
  if (day === today) return t("today");
  if (day === yesterday) return t("yesterday");
  return (day.slice(0, 4) === today.slice(0, 4) ? formats.day : formats.year).format(ms);
}

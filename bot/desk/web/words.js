// Words and times as the reader's language writes them. The texts are files of their own.
export const lang = document.documentElement.lang;
const texts = await (await fetch(`/desk/web/${lang}.json`)).json();

// t gives a text with its {names} filled in.
export function t(id, values = {}) {
  const text = texts[id];
  if (typeof text !== "string") return text ?? id;
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

export const has = (id) => id in texts;

const locale = lang === "en" ? "en-GB" : lang; // the day has 24 hours here
const clockFormat = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long" });
const yearFormat = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
const fullFormat = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });

export const clock = (ms) => clockFormat.format(ms);
export const moment = (ms) => fullFormat.format(ms);

// dayKey is the same for all moments of one day here.
export const dayKey = (ms) => new Date(ms).toDateString();

export function dayName(ms) {
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (dayKey(ms) === now.toDateString()) return t("today");
  if (dayKey(ms) === yesterday.toDateString()) return t("yesterday");
  return new Date(ms).getFullYear() === now.getFullYear() ? dayFormat.format(ms) : yearFormat.format(ms);
}

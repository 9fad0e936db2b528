// Windows above the page: an alert, a photo at full size, the question who is invited.
import { el, icon } from "./dom.js";
import { t } from "./words.js";

// dialog makes a window that Escape, its cross and a press beside it close.
export function dialog(kind, title, ...children) {
  const box = el("dialog", { class: kind, "aria-label": title },
    el("header", {}, el("h2", {}, title), el("button", { type: "button", class: "act", "aria-label": t("close"), onclick: () => box.close() }, icon("close"))),
    ...children);
  box.addEventListener("click", (e) => e.target === box && box.close());
  document.body.append(box);
  return box;
}

export function alertBox(text) {
  const box = dialog("alert-box", t("them"), el("p", { class: "alert-text" }, text),
    el("div", { class: "actions" }, el("button", { type: "button", class: "main", autofocus: true, onclick: () => box.close() }, t("ok"))));
  box.setAttribute("role", "alertdialog");
  box.addEventListener("close", () => box.remove());
  box.showModal();
}

// askChair gives the id of the chair that takes an invitation, or null.
export function askChair(chairs) {
  return new Promise((done) => {
    const box = dialog("start-box", t("start_title"), el("p", {}, t("start_text")),
      el("div", { class: "choices" }, ...chairs.map((c) =>
        el("button", { type: "button", "data-role": c.role, onclick: () => box.close(c.id) },
          el("b", {}, c.name), el("span", {}, c.title || t(`role_${c.role}`))))));
    box.addEventListener("close", () => {
      box.remove();
      done(box.returnValue || null);
    });
    box.showModal();
  });
}

// lightbox shows photos at full size, from the i-th.
export function lightbox(sources, i) {
  const image = el("img", { alt: "" });
  const count = el("p", { class: "count", role: "status" });
  const step = (by) => {
    i = (i + by + sources.length) % sources.length;
    image.src = sources[i];
    image.alt = t("photo_n", { n: i + 1, all: sources.length });
    count.textContent = sources.length > 1 ? `${i + 1} / ${sources.length}` : "";
  };
  const arrow = (sign, label, by) => el("button", { type: "button", class: `arrow ${sign}`, "aria-label": t(label), onclick: () => step(by) }, icon(sign));
  const many = sources.length > 1;
  const box = el("dialog", { class: "lightbox", "aria-label": t("photo") },
    image, many && arrow("left", "previous", -1), many && arrow("right", "next", 1), count,
    el("button", { type: "button", class: "arrow shut", "aria-label": t("close"), onclick: () => box.close() }, icon("close")));
  box.addEventListener("click", (e) => (e.target === box || e.target === image) && box.close());
  box.addEventListener("keydown", (e) => {
    if (many && e.key === "ArrowLeft") step(-1);
    if (many && e.key === "ArrowRight") step(1);
  });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  step(0);
  box.showModal();
}

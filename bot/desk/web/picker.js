// The dialog that asks for a place: a search, and the sketch of the region to press on.
import { places } from "./api.js";
import { dialog } from "./dialogs.js";
import { el, icon, svg } from "./dom.js";
import { around, labels, lines, nearest, pin, region } from "./map.js";
import { degrees } from "./message.js";
import { t } from "./words.js";

// askPlace gives { lat, lon, title } or null.
export function askPlace(hasList) {
  return new Promise((done) => {
    let chosen = null;
    const field = el("input", { type: "search", placeholder: t("place_search"), "aria-label": t("place_search"), autocomplete: "off", maxlength: 100 });
    const results = el("ul", { class: "results" });
    const choice = el("p", { class: "choice", role: "status" });
    const send = el("button", { type: "button", class: "main", disabled: true, onclick: () => box.close("yes") }, t("place_send"));
    const map = el("div", { class: "map" });
    const box = dialog("place-box", t("place_title"),
      el("p", { class: "hint" }, t("place_hint")), field, results, map, choice,
      el("div", { class: "actions" }, el("button", { type: "button", onclick: () => box.close() }, t("cancel")), send));
    const choose = (place) => {
      chosen = place;
      if (!place) {
        send.disabled = true;
        choice.replaceChildren();
        return;
      }
      send.disabled = false;
      choice.replaceChildren(icon("place"), el("span", {}, place.label ?? place.title, el("br"), `${degrees(place.lat)}, ${degrees(place.lon)}`));
      box.dispatchEvent(new CustomEvent("chosen", { detail: place }));
    };
    search(field, results, choose);
    if (hasList) drawMap(map, choose, box);
    box.addEventListener("close", () => {
      box.remove();
      done(box.returnValue === "yes" && chosen ? { lat: chosen.lat, lon: chosen.lon, title: chosen.title } : null);
    });
    box.showModal();
    field.focus();
  });
}

function search(field, results, choose) {
  let turn = 0;
  const look = async () => {
    const mine = ++turn;
    const query = field.value.trim();
    if (!query) return results.replaceChildren();
    const list = await places(query).catch(() => null);
    if (mine !== turn) return;
    if (!list) return results.replaceChildren(el("li", { class: "none" }, t("offline")));
    results.replaceChildren(...(list.length ? list.map((p) => {
      const name = p.name || `${degrees(p.lat)}, ${degrees(p.lon)}`;
      const title = [p.name, p.note].filter(Boolean).join(", ");
      return el("li", {}, el("button", { type: "button", onclick: (e) => {
        for (const b of results.querySelectorAll("button")) b.removeAttribute("aria-current");
        e.currentTarget.setAttribute("aria-current", "true");
        choose({ lat: p.lat, lon: p.lon, title, label: title || t("point") });
      } }, el("b", {}, name), p.note ? el("span", {}, p.note) : ""));
    }) : [el("li", { class: "none" }, t("place_none"))]));
  };
  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    choose(null); // it was the choice of other words
    timer = setTimeout(look, 180);
  });
  field.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown") results.querySelector("button")?.focus();
    if (e.key === "Enter") {
      e.preventDefault();
      results.querySelector("button")?.click();
    }
  });
}

async function drawMap(holder, choose, box) {
  const list = await region();
  if (list.length < 3) return;
  const width = Math.max(holder.clientWidth, 240); // a unit is a pixel, so that the names keep their size
  const height = Math.round(width * 0.72);
  const frame = around(list, width, height);
  const picture = svg("svg", { class: "region", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": t("place_map") }, lines(frame, 0.5));
  picture.append(...labels(list, frame));
  const mark = pin(-50, -50);
  picture.append(mark);
  picture.addEventListener("click", (e) => {
    const p = new DOMPoint(e.clientX, e.clientY).matrixTransform(picture.getScreenCTM().inverse());
    const point = frame.at(p.x, p.y);
    const near = nearest(list, point);
    const exact = near.km < 3;
    const at = exact ? near.place : point;
    choose({ lat: +at.lat.toFixed(5), lon: +at.lon.toFixed(5), title: exact ? [at.name, at.note].filter(Boolean).join(", ") : "",
      label: exact ? at.name : t("place_near", { name: near.place.name }) });
  });
  box.addEventListener("chosen", (e) => mark.setAttribute("transform", `translate(${frame.x(e.detail.lon)} ${frame.y(e.detail.lat)})`));
  holder.append(picture);
}

// The dialog that asks for a place: a search, and the sketch of the region to press on.
import { places } from "./api.js";
import { dialog } from "./dialogs.js";
import { el, icon, svg } from "./dom.js";
import { around, lines, nearest, pin, region } from "./map.js";
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
    const list = await places(query).catch(() => []);
    if (mine !== turn) return;
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
  const [width, height] = [600, 420];
  const frame = around(list, width, height);
  const picture = svg("svg", { class: "region", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": t("place_map") }, lines(frame, 0.5));
  const taken = []; // where labels stand already
  for (const q of list) {
    const [x, y] = [frame.x(q.lon), frame.y(q.lat)];
    picture.append(svg("circle", { class: "dot", cx: x, cy: y, r: 3.5 }));
    const wide = q.name.length * 9.5;
    const left = x + wide + 8 > width;
    const label = { l: left ? x - wide - 8 : x + 8, r: left ? x - 8 : x + 8 + wide, t: y - 10, b: y + 8 };
    if (taken.some((o) => label.l < o.r && label.r > o.l && label.t < o.b && label.b > o.t)) continue;
    taken.push(label);
    picture.append(svg("text", { x: left ? x - 7 : x + 7, y: y + 5, "text-anchor": left ? "end" : "start" }, q.name));
  }
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

// Film and heat maps in the browser: window, invert, opacity, zoom and pan without asking the
// server. The data come from ui/film_view/__init__.py, whose docstring says what is in them.
const FRESH = { show: "over", draw: "colour", opacity: 60, low: 0, high: 100,
  invert: false, grid: false, truth: true };
const WHOLE = { k: 1, x: 0, y: 0 };
const CLOSEST = 8, STEP = 1.5, LEAST_WINDOW = 2;
let look = { ...FRESH }, zoom = { ...WHOLE }, film = null;

function make(tag, className, properties = {}) {
  return Object.assign(document.createElement(tag), { className, ...properties });
}

function drawing(className, shapes) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", "0 0 1 1");
  svg.setAttribute("preserveAspectRatio", "none");
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(svg.namespaceURI, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    svg.append(shape);
  }
  return svg;
}

const rectangles = (boxes) =>
  boxes.map(([x, y, width, height]) => ["rect", { x, y, width, height }]);
const rings = (lines) =>
  lines.map(([kind, points]) => ["polygon", { class: kind, points: points.join(" ") }]);

function panel(data, map) {
  const figure = make("figure");
  const frame = make("div", "frame", { tabIndex: 0, ariaLabel: map.alt ?? data.alt });
  frame.setAttribute("role", "img");
  frame.style.aspectRatio = data.ratio;
  const stage = make("div", "stage");
  stage.append(make("img", "film", { src: data.film, alt: "", draggable: false }));
  if (map.smooth) {
    stage.append(make("img", "heat smooth", { src: map.smooth, alt: "", draggable: false }));
    stage.append(make("img", "heat own", { src: map.own, alt: "", draggable: false }));
    stage.append(drawing("lines", rings(map.lines)), drawing("boxes", rectangles(map.boxes)));
  }
  stage.append(drawing("true", rectangles(data.truth.boxes)));
  frame.append(stage);
  figure.append(make("b", "", { textContent: map.title }), frame);
  if (map.caption) figure.append(make("figcaption", "", { textContent: map.caption.replaceAll(" %", "\u00a0%") }));
  return figure;
}

function limited(wanted) {
  const k = Math.min(Math.max(wanted.k, 1), CLOSEST);
  const within = (at) => Math.min(Math.max(at, 1 - k), 0);
  return { k, x: within(wanted.x), y: within(wanted.y) };
}

// Zoom by a factor so that the point at (fx, fy), in fractions of the frame, stays where it is.
function closer(factor, fx = 0.5, fy = 0.5) {
  const k = Math.min(Math.max(zoom.k * factor, 1), CLOSEST), by = k / zoom.k;
  zoom = limited({ k, x: fx - (fx - zoom.x) * by, y: fy - (fy - zoom.y) * by });
}

const moved = (dx, dy) => { zoom = limited({ k: zoom.k, x: zoom.x + dx, y: zoom.y + dy }); };

// As CSS filters: (grey - low) / (high - low), clipped, then black for white.
function grey({ low, high, invert }) {
  const contrast = 1 + (2 * low) / (high - low), brightness = 100 / (high - low) / contrast;
  return `brightness(${brightness}) contrast(${contrast})${invert ? " invert(1)" : ""}`;
}

export default function (component) {
  const { data, parentElement } = component;
  const view = parentElement.querySelector(".view"), panels = view.querySelector(".panels");
  const find = (name) => view.querySelector(`[name=${name}]`);
  const listening = new AbortController(), { signal } = listening;
  const on = (target, kind, act, options = {}) =>
    target.addEventListener(kind, act, { signal, ...options });

  if (data.key !== film) {
    film = data.key;
    zoom = { ...WHOLE };
    look = { ...look, low: 0, high: 100, invert: false, truth: true };
  }

  function move() {
    view.style.setProperty("--k", zoom.k);
    view.style.setProperty("--x", zoom.x);
    view.style.setProperty("--y", zoom.y);
    view.classList.toggle("zoomed", zoom.k > 1);
    view.querySelector("output").textContent = `${Math.round(100 * zoom.k)} %`;
  }

  function paint() {
    const show = data.maps.length ? look.show : "film";
    const plain = { title: "The film" }, maps = show === "film" ? [] : data.maps;
    const shown = maps.length && show === "over" ? maps : [plain, ...maps];
    const coloured = maps.length > 0 && look.draw === "colour";
    const classes = { [show]: true, [look.draw]: maps.length, grid: look.grid, boxed: look.truth,
      one: shown.length === 1, many: shown.length > 2 };
    view.className = `view ${Object.keys(classes).filter((name) => classes[name]).join(" ")}`;
    view.style.setProperty("--grey", grey(look));
    view.style.setProperty("--opacity", look.opacity / 100);
    view.querySelectorAll(".maps").forEach((part) => { part.hidden = !data.maps.length; });
    view.querySelectorAll(".drawn").forEach((part) => { part.hidden = !maps.length; });
    view.querySelectorAll(".colours").forEach((part) => { part.hidden = !coloured; });
    view.querySelector(".legend").textContent = maps.length ? data.legend[look.draw] : "";
    for (const name of ["show", "draw"])
      view.querySelectorAll(`[name=${name}]`).forEach((part) => {
        part.checked = part.value === look[name];
      });
    for (const name of ["low", "high", "opacity"]) find(name).value = look[name];
    for (const name of ["invert", "grid", "truth"]) find(name).checked = look[name];
    const told = view.querySelectorAll(".told");
    told[0].textContent = `${look.low} – ${look.high} %`;
    told[1].textContent = `${look.opacity} %`;
    lay(shown);
    move();
  }

  let laid = "";
  function lay(shown) {
    const titles = shown.map(({ title }) => title).join("|");
    if (titles === laid) return;
    laid = titles;
    panels.replaceChildren(...shown.map((map) => panel(data, map)));
    view.style.setProperty("--columns", shown.length);
  }

  function change(event) {
    const { name, type, value, checked } = event.target;
    look[name] = type === "checkbox" ? checked : type === "range" ? Number(value) : value;
    if (name === "low") look.low = Math.min(look.low, look.high - LEAST_WINDOW);
    if (name === "high") look.high = Math.max(look.high, look.low + LEAST_WINDOW);
    paint();
  }

  const fingers = new Map();
  const spread = () => {
    const [a, b] = fingers.values();
    return b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  const inFrame = (frame, x, y) => {
    const box = frame.getBoundingClientRect();
    return [(x - box.left) / box.width, (y - box.top) / box.height];
  };

  function drag(event) {
    const was = fingers.get(event.pointerId), frame = event.target.closest?.(".frame");
    if (!was || !frame) return;
    const before = spread(), { width, height } = frame.getBoundingClientRect();
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const share = 1 / fingers.size;
    moved((share * (event.clientX - was.x)) / width, (share * (event.clientY - was.y)) / height);
    if (before) {
      const [a, b] = fingers.values();
      closer(spread() / before, ...inFrame(frame, (a.x + b.x) / 2, (a.y + b.y) / 2));
    }
    move();
  }

  function lift(event) { fingers.delete(event.pointerId); }

  function wheel(event) {
    const frame = event.target.closest(".frame");
    if (!frame || (event.deltaY > 0 && zoom.k === 1)) return; // the page scrolls on
    event.preventDefault();
    closer(Math.exp(-event.deltaY / 400), ...inFrame(frame, event.clientX, event.clientY));
    move();
  }

  function twice(event) {
    const frame = event.target.closest(".frame");
    if (!frame) return;
    if (zoom.k > 1) zoom = { ...WHOLE };
    else closer(2, ...inFrame(frame, event.clientX, event.clientY));
    move();
  }

  const KEYS = {
    "+": () => closer(STEP), "=": () => closer(STEP), "-": () => closer(1 / STEP),
    0: () => { zoom = { ...WHOLE }; },
    ArrowLeft: () => moved(0.1, 0), ArrowRight: () => moved(-0.1, 0),
    ArrowUp: () => moved(0, 0.1), ArrowDown: () => moved(0, -0.1),
  };

  function press(event) {
    const act = KEYS[event.key];
    if (!act || (event.key.startsWith("Arrow") && zoom.k === 1)) return;
    event.preventDefault();
    act();
    move();
  }

  on(view, "input", change);
  on(panels, "pointerdown", (event) => {
    const frame = event.target.closest(".frame");
    if (!frame) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (zoom.k > 1 || fingers.size > 1) frame.setPointerCapture(event.pointerId);
  });
  on(panels, "pointermove", drag);
  for (const kind of ["pointerup", "pointercancel"]) on(panels, kind, lift);
  on(panels, "pointerleave", lift);
  on(panels, "wheel", wheel, { passive: false });
  on(panels, "dblclick", twice);
  on(panels, "keydown", press);
  on(view, "click", (event) => {
    const { zoom: how } = event.target.dataset;
    if (how === "in") closer(STEP);
    if (how === "out") closer(1 / STEP);
    if (how === "whole") zoom = { ...WHOLE };
    if (event.target.matches(".reset")) [look, zoom] = [{ ...FRESH }, { ...WHOLE }];
    if (event.target.matches("button")) paint();
  });

  const truth = view.querySelector(".truth");
  truth.hidden = !data.truth.boxes.length;
  truth.querySelector("span").textContent = data.truth.label;
  view.querySelector(".ramp img").src = data.ramp;
  paint();
  return () => listening.abort();
}

// Keys, zoom that stays, and cells that light up their place on the page. Without this script every link still works.

const ZOOM = "iki-perbesaran";
const STEP = 1.25;

function follow(name) {
  const target = document.querySelector(`main [data-do="${name}"]`) ?? document.querySelector(`[data-do="${name}"]`);
  if (target?.tagName === "A") target.click();
}

function enlarge(factor) {
  const now = factor === 0 ? 1 : Math.min(8, Math.max(0.5, Number(sessionStorage.getItem(ZOOM) ?? 1) * factor));
  sessionStorage.setItem(ZOOM, String(now));
  document.documentElement.style.setProperty("--zoom", String(now));
}

function help() {
  const dialog = document.getElementById("bantuan");
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

// The one table of keys: it dispatches them and is what `?` shows.
const KEYS = [
  [["n", "ArrowRight"], "nilai atau halaman berikutnya", () => follow("after")],
  [["p", "ArrowLeft"], "nilai atau halaman sebelumnya", () => follow("before")],
  [["l"], "lihat lembar utuh", () => follow("sheet")],
  [["r"], "nilai ragu pertama", () => follow("queue")],
  [["t"], "tabel", () => follow("table")],
  [["m"], "halaman mulai", () => follow("start")],
  [["+", "="], "perbesar gambar (tetap untuk nilai berikutnya)", () => enlarge(STEP)],
  [["-"], "perkecil gambar", () => enlarge(1 / STEP)],
  [["0"], "ukuran semula", () => enlarge(0)],
  [["/"], "cari", () => document.querySelector('[data-do="search"]')?.focus()],
  [["?"], "tampilkan atau tutup daftar ini", help],
];
const NAMES = { ArrowRight: "→", ArrowLeft: "←" };

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea");
  const scrolls = event.key.startsWith("Arrow") && event.target.closest?.("[tabindex]");
  if (event.ctrlKey || event.altKey || event.metaKey || typing || scrolls) return;
  const found = KEYS.find(([keys]) => keys.includes(event.key));
  if (!found || (document.querySelector("dialog[open]") && event.key !== "?")) return;
  event.preventDefault();
  found[2]();
});

const list = document.querySelector("#bantuan dl");
for (const [keys, meaning] of KEYS) {
  const key = document.createElement("dt");
  key.textContent = keys.map((name) => NAMES[name] ?? name).join(" atau ");
  const text = document.createElement("dd");
  text.textContent = meaning;
  list.append(key, text);
}
document.querySelector('[data-do="help"]').addEventListener("click", help);

function light(event) {
  const value = event.target.closest?.("[data-value]")?.dataset.value;
  for (const element of document.querySelectorAll("[data-value]"))
    element.classList.toggle("lit", value !== undefined && element.dataset.value === value);
}
if (document.querySelector("[data-value]")) {
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, light);
  for (const shape of document.querySelectorAll("polygon[data-value]"))
    shape.addEventListener("click", () =>
      document.querySelector(`a[data-value="${CSS.escape(shape.dataset.value)}"]`)?.focus());
}

enlarge(1);

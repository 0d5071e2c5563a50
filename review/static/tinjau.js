// Keys, zoom that stays, cells that light up their place on the page, and decisions that are sent until they are kept.
// Without this script every link and button still works.

const ZOOM = "iki-perbesaran";
const STEP = 1.25;

function follow(name) {
  const target = document.querySelector(`main [data-do="${name}"]`) ?? document.querySelector(`[data-do="${name}"]`);
  if (target?.tagName === "INPUT") target.select();
  else target?.click();
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
  [["b"], "benar seperti terbaca", () => follow("confirm")],
  [[..."123456789"], "pilih bacaan lain dengan nomor ini", (key) => follow(`candidate-${key}`)],
  [["e"], "ubah; Enter menyimpan dan melanjutkan", () => follow("edit")],
  [["x"], "tidak terbaca", () => follow("unreadable")],
  [["k"], "kosong di kertas", () => follow("blank")],
  [["u"], "urungkan keputusan terakhir", () => follow("undo")],
  [["v"], "lihat bacaan mesin", () => follow("reveal")],
  [["n", "s", "ArrowRight"], "lewati; nilai atau halaman berikutnya", () => follow("after")],
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
  if (event.key === "Escape" && typing) event.target.blur();
  if (event.ctrlKey || event.altKey || event.metaKey || typing || scrolls) return;
  const found = KEYS.find(([keys]) => keys.includes(event.key));
  if (!found || (document.querySelector("dialog[open]") && event.key !== "?")) return;
  event.preventDefault();
  found[2](event.key);
});

const list = document.querySelector("#bantuan dl");
for (const [keys, meaning] of KEYS) {
  const key = document.createElement("dt");
  key.textContent = keys.length > 5 ? `${keys[0]}–${keys.at(-1)}` : keys.map((name) => NAMES[name] ?? name).join(" atau ");
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

// Decisions wait in the browser until the server has them; one that is sent twice is one.
const WAITING = "iki-belum-tersimpan";
const AGAIN = 2000;
const waiting = () => JSON.parse(localStorage.getItem(WAITING) ?? "[]");

function tell(text) {
  const place = document.getElementById("tertunda");
  place.hidden = !text;
  place.textContent = text;
}

async function send() {
  const [first, ...rest] = waiting();
  if (!first) return tell("");
  try {
    const answer = await fetch(first.to, { method: "POST", body: new URLSearchParams(first.form) });
    if (answer.status === 403) return tell("Belum tersimpan: buka lagi halaman ini dengan alamat baru dari iki review.");
    localStorage.setItem(WAITING, JSON.stringify(rest));
    if (!answer.ok) return tell("Putusan ditolak; muat ulang halaman ini, lalu coba lagi.");
    if (rest.length) return send();
    location.assign(answer.url);
  } catch {
    tell("Belum tersimpan; dicoba lagi …");
    setTimeout(send, AGAIN);
  }
}

for (const form of document.querySelectorAll("form.decide"))
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = [...new FormData(form, event.submitter ?? form.querySelector("button"))];
    localStorage.setItem(WAITING, JSON.stringify([...waiting(), { to: form.action, form: said }]));
    send();
  }, { once: true });
addEventListener("beforeunload", (event) => { if (waiting().length) event.preventDefault(); });
if (waiting().length) send();

let checking;
for (const input of document.querySelectorAll("input[data-check]:not([data-check=''])"))
  input.addEventListener("input", () => {
    clearTimeout(checking);
    checking = setTimeout(async () => {
      const answer = await fetch(`${input.dataset.check}?${new URLSearchParams({ teks: input.value })}`);
      if (answer.ok) input.form.querySelector(".remark").textContent = await answer.text();
    }, 200);
  });

enlarge(1);

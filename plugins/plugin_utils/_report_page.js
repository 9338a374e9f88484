// GNU General Public License v3.0+, SPDX-License-Identifier: GPL-3.0-or-later. Part of the page of a report.
// The tables stand in the page already; this adds search, filter, details and keys. What hosts have said gets into the
// page as text only (textContent), never as markup.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const table = document.getElementById("matrix");
  const rows = Array.from(table.tBodies[0].rows);
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");

  const make = (tag, text, className) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };

  // Host number -> its findings.
  const findings = data.hosts.map(() => []);
  for (const cause of data.causes) {
    for (const [found, hosts] of cause.found) {
      for (const host of hosts) findings[host].push({ cause, found });
    }
  }

  const factsOf = (host) => {
    const list = make("dl");
    for (const [key, value] of Object.entries(host.facts)) {
      list.append(make("dt", words[key]), make("dd", value === "" ? words.unknown_fact : value));
    }
    return list;
  };

  const findingsOf = (number) => {
    const list = make("ul");
    for (const { cause, found } of findings[number]) {
      const item = make("li");
      item.append(make("span", words[cause.kind], `badge ${cause.kind}`), " ", make("b", `${cause.id} ${cause.checked}`));
      item.append(make("br"), `${words.found}: ${found}`);
      item.append(make("br"), make("span", `${words.needed}: ${cause.needed}`, "needs"), make("br"), cause.fix);
      list.append(item);
    }
    if (!findings[number].length) {
      list.append(make("li", data.hosts[number].checked ? words.nothing_wrong : words.state_unknown));
    }
    return list;
  };

  const button = (row) => row.querySelector("button");
  const detailOf = (row) => (row.nextElementSibling?.classList.contains("detail") ? row.nextElementSibling : null);

  const close = (row) => {
    detailOf(row)?.remove();
    button(row).setAttribute("aria-expanded", "false");
  };

  const open = (row) => {
    if (detailOf(row)) return;
    const number = rows.indexOf(row);
    const detail = make("tr", undefined, "detail");
    const cell = detail.insertCell();
    cell.colSpan = row.cells.length;
    const inside = make("div", undefined, "in");
    inside.append(factsOf(data.hosts[number]), findingsOf(number));
    cell.append(inside);
    row.after(detail);
    button(row).setAttribute("aria-expanded", "true");
  };

  for (const row of rows) {
    const head = row.cells[0];
    const toggle = make("button", head.textContent);
    toggle.type = "button";
    toggle.setAttribute("aria-expanded", "false");
    head.replaceChildren(toggle);
  }

  // What a host is found by: its facts, and the IDs of what is wrong with it.
  const texts = data.hosts.map((host, number) =>
    [host.name, ...Object.values(host.facts), ...findings[number].map(({ cause }) => cause.id)].join("\n").toLowerCase());
  const status = () => document.querySelector('input[name="show"]:checked').value;

  const filter = () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const state = status();
    let count = 0;
    rows.forEach((row, number) => {
      const fits = (state === "all" || data.hosts[number].states.includes(state))
        && wanted.every((word) => texts[number].includes(word));
      if (row.hidden === fits) {
        row.hidden = !fits;
        if (!fits) close(row);
      }
      count += fits;
    });
    shown.textContent = words.shown.replace("{shown}", count).replace("{all}", rows.length);
  };

  const visit = () => {
    const row = document.getElementById(location.hash.slice(1));
    if (!rows.includes(row)) return;
    if (row.hidden) {
      search.value = "";
      document.querySelector('input[name="show"][value="all"]').checked = true;
      filter();
    }
    open(row);
    button(row).focus();
    row.scrollIntoView({ block: "center" });
  };

  const step = (from, way) => {
    let place = rows.indexOf(from) + way;
    while (rows[place]?.hidden) place += way;
    if (rows[place]) button(rows[place]).focus();
  };

  table.addEventListener("click", (event) => {
    const row = event.target.closest("button")?.closest("tr");
    if (row) (detailOf(row) ? close : open)(row);
  });
  document.addEventListener("keydown", (event) => {
    const row = document.activeElement.closest?.("#matrix tbody tr");
    if (event.key === "/" && document.activeElement !== search && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "ArrowDown" && (row || document.activeElement === search)) {
      event.preventDefault();
      step(row, 1);
    } else if (event.key === "ArrowUp" && row) {
      event.preventDefault();
      step(row, -1);
    } else if (event.key === "Escape" && row) {
      if (detailOf(row)) close(row);
      else search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      filter();
    }
  });
  search.addEventListener("input", filter);
  document.querySelectorAll('input[name="show"]').forEach((choice) => choice.addEventListener("change", filter));
  addEventListener("hashchange", visit);
  // A link to where one is already makes no hashchange.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && link.hash === location.hash) visit();
  });
  document.getElementById("tools").hidden = false;
  document.getElementById("no-script").hidden = true;
  filter();
  visit();
})();

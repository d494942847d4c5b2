// Makes a turn faster and no more than that: without it the same forms and links do the same.
// A page comes as a document of its own (XMLHttpRequest parses it, and no script in it runs),
// so there is no string that could become HTML: Trusted Types need no policy.
"use strict";
(() => {
  const here = () => location.pathname + location.search;
  const $ = (id) => document.getElementById(id);
  let shown = here();
  let going = null;

  const copies = () => document.querySelectorAll("[data-copy]").forEach((b) => (b.hidden = false));

  const show = (page, url) => {
    const main = $("main");
    const next = page.getElementById("main");
    const news = [$("news"), page.getElementById("news")];
    document.title = page.title;
    main.className = next.className;
    if (news[0] && news[1]) {
      // The region of the news stays, so that what is new in it is read out.
      news[0].replaceChildren(...news[1].childNodes);
      next.replaceChild(document.createComment(""), news[1]);
      for (const one of [...main.children]) if (one !== news[0]) one.remove();
      main.append(...next.childNodes);
    } else main.replaceChildren(...next.childNodes);
    if (url !== shown) history.pushState(null, "", url);
    shown = here();
    copies();
    scrollTo(0, 0);
    ($("errors") || $("question") || main).focus({ preventScroll: true });
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (going || form.ariaBusy === "true") return event.preventDefault();
    if (form.method !== "post") return;
    form.ariaBusy = "true";
    if (!("part" in form.dataset)) {
      setTimeout(() => (form.ariaBusy = null), 4000); // a file came, and the page stayed
      return;
    }
    event.preventDefault();
    const said = new URLSearchParams(new FormData(form));
    if (button && button.name) said.append(button.name, button.value);
    const plainly = () => {
      going = form.ariaBusy = null;
      delete form.dataset.part;
      form.requestSubmit(button);
    };
    going = new XMLHttpRequest();
    going.open("POST", form.action);
    going.responseType = "document";
    going.setRequestHeader("X-Part", self === top ? "1" : "frame");
    going.onerror = going.ontimeout = plainly;
    going.timeout = 20000;
    going.onload = () => {
      const { response: page, responseURL } = going;
      if (!page || !page.getElementById("main")) return plainly();
      const url = going.getResponseHeader("X-Address") || responseURL.slice(location.origin.length);
      going = form.ariaBusy = null;
      try {
        if (page.documentElement.lang === document.documentElement.lang) return show(page, url);
      } catch {} // whatever is wrong here, the page itself can be fetched
      location.assign(url);
    };
    going.send(said);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const from = $(button.dataset.copy);
    navigator.clipboard.writeText(from.value || from.innerText.trim()).then(
      () => (button.lastElementChild.textContent = button.dataset.copied),
      () => getSelection().selectAllChildren(from),
    );
  });

  addEventListener("popstate", () => here() === shown || location.reload());
  addEventListener("pageshow", () => document.querySelectorAll("form").forEach((f) => (f.ariaBusy = null)));
  copies();
})();

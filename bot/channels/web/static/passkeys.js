// Passkeys: the one thing that a page cannot do without script. Its buttons show themselves only
// where the browser knows passkeys, and nothing else waits for them.
"use strict";
(() => {
  const known = globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON;
  const send = async (path, body) => {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };
  const make = (asked) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) });
  const use = (asked) =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
  for (const button of document.querySelectorAll("[data-passkey]")) {
    button.hidden = !known;
    button.addEventListener("click", async () => {
      const path = button.dataset.passkey;
      const wrong = document.getElementById("passkey-wrong");
      wrong.textContent = "";
      button.disabled = true;
      try {
        const signed = await (path === "/sleutel" ? use : make)(await send(`${path}/vraag`, {}));
        location.assign((await send(path, signed.toJSON())).to);
      } catch {
        wrong.textContent = button.dataset.wrong;
        button.disabled = false;
      }
    });
  }
})();

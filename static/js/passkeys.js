// Passkeys: a form with data-passkey="sign-in", "confirm" or "create" asks the device, then sends its answer.
//
// <form data-passkey="create" data-options="ID of a JSON script" data-refused="…" data-unsupported="…">
//   <input type="hidden" name="credential"> <button data-passkey-start> <p data-passkey-error hidden role="alert">
// The conversion to and from JSON is allauth's webauthn-json.js, loaded before.

/* global webauthnJSON */

const isAddress = /^[\d.]+$|^\[/.test(location.hostname);
const supported = !isAddress && window.isSecureContext && "PublicKeyCredential" in window;

function say(form, text) {
  const place = form.querySelector("[data-passkey-error]");
  place.textContent = text;
  place.hidden = text === "";
}

async function options(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`passkey options: ${answer.status}`);
  return answer.json();
}

async function created(form) {
  const wanted = (await options(form)).creation_options;
  const selection = wanted.publicKey.authenticatorSelection;
  const alone = form.elements.namedItem("passwordless")?.checked ?? true;
  selection.residentKey = alone ? "required" : "discouraged";
  selection.requireResidentKey = alone;
  if (alone) selection.userVerification = "required";
  return webauthnJSON.create(wanted);
}

async function found(form) {
  return webauthnJSON.get((await options(form)).request_options);
}

function prepare(form) {
  const button = form.querySelector("[data-passkey-start]");
  if (!supported) {
    button.disabled = true;
    // Before sign-in the password is the way; the page that makes keys says why it cannot.
    form.hidden = form.dataset.passkey === "sign-in";
    say(form, form.dataset.unsupported);
    return;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    say(form, "");
    try {
      const credential = await (form.dataset.passkey === "create" ? created(form) : found(form));
      form.elements.namedItem("credential").value = JSON.stringify(credential);
      form.submit();
    } catch {
      // The person gave up, or the device has no such key: the browser tells a page neither.
      button.disabled = false;
      say(form, form.dataset.refused);
    }
  });
}

for (const form of document.querySelectorAll("form[data-passkey]")) prepare(form);

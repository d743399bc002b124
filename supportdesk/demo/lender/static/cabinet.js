// @ts-check
/** Signing out of the cabinet ends the chat first, in every tab, so that the next person at this computer sees nothing. */

const LONGEST_WAIT = 2000; // milliseconds; signing out never waits for a chat that does not answer

document.querySelector("form[data-sign-out]")?.addEventListener("submit", async (event) => {
  const chat = /** @type {any} */ (window).supportdesk;
  if (!chat) return;
  event.preventDefault();
  chat.logout();
  await chatIsGone();
  /** @type {HTMLFormElement} */ (event.target).submit();
});

/** The loader takes `window.supportdesk` away when the chat has ended. */
async function chatIsGone() {
  const deadline = Date.now() + LONGEST_WAIT;
  while ("supportdesk" in window && Date.now() < deadline) {
    await new Promise((done) => setTimeout(done, 50));
  }
}

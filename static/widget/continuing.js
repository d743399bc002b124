/** Somebody who came by a link of our letter and has signed in: the conversation of the letter goes on here. */
import { page } from './page.js';

/** What to say when the link does not lead this borrower anywhere; nothing when their chat is open now. */
export async function goOn(widget) {
  try {
    await widget.request('POST', '/conversations/continue', { token: widget.goOn });
    return '';
  } catch ({ message }) { return message; } finally {
    widget.goOn = '';
    page.tell('wentOn');
  }
}

// @ts-check
/** What only letters need: fetched with the first letter somebody opens, so that an inbox of chats does not wait for it. */

import "./letter.js";

export { Identity } from "./identity.js";
export { Letters } from "./letters.js";
export { Recipients } from "./recipients.js";

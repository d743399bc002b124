// @ts-check
/** Requests to the desk's own interface: JSON in and out, refusals as errors with the server's words. */

import { t } from "./words.js";

export class Refused extends Error {
  /** @param {number} status @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What a request of the page carries so that it is known to be its own. */
export const csrf = () => document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") || "";

/**
 * @param {"GET"|"POST"|"PUT"|"DELETE"} method
 * @param {string} path after /api/v1/
 * @param {object} [body]
 * @param {RequestInit} [options]
 */
export async function ask(method, path, body, options = {}) {
  const headers = { "X-CSRFToken": csrf(), ...(body && { "Content-Type": "application/json" }) };
  let response;
  try {
    response = await fetch(`/api/v1/${path}`, { method, headers, body: body && JSON.stringify(body), ...options });
  } catch {
    throw new Refused(0, "network", t("no_network"));
  }
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return answer;
  throw new Refused(response.status, answer?.code || "error", answer?.message || t("not_done"));
}

/** A piece of page as the server drew it. @param {"GET"|"POST"} method @param {string} address @returns {Promise<Node[]|null>} */
export async function drawn(method, address) {
  const headers = { "X-CSRFToken": csrf(), "HX-Request": "true" };
  const response = await fetch(address, { method, headers }).catch(() => null);
  if (!response?.ok || response.redirected) return null;
  return [...new DOMParser().parseFromString(await response.text(), "text/html").body.childNodes];
}

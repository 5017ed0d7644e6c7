/** A name nothing else has, in hexadecimal digits. `crypto.randomUUID` is missing over plain http. */
export const newKey = (bytes = 16): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) => b.toString(16).padStart(2, "0")).join("");

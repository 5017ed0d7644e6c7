const MAC: Record<string, string> = { Ctrl: "⌘", Alt: "⌥", Shift: "⇧", Enter: "↩", Delete: "⌫", Esc: "esc" };
const onMac = (): boolean => /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/** A key as it is printed on the keyboard at hand, a cap each. */
export const printed = (keys: string, mac = onMac()): string[] =>
  keys.split(/\+(?=.)/).map((key) => (mac ? (MAC[key] ?? key) : key));

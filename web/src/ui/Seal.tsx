/** The brand mark: a carved seal with the character 客. */
export function Seal({ size = 28 }: { size?: number }) {
  return (
    <span className="seal" style={{ width: size, height: size, fontSize: size * 0.62 }} aria-hidden="true">
      客
    </span>
  );
}

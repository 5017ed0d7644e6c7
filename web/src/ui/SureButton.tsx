import { Button } from "antd";
import { useState } from "react";

/** A button for what cannot be undone: pressed once it asks, pressed again it does it. */
export function SureButton(props: { label: string; sure: string; onSure(): void }) {
  const [sure, setSure] = useState(false);
  return (
    <Button
      danger={sure}
      onBlur={() => setSure(false)}
      onClick={() => (sure ? props.onSure() : setSure(true))}
    >
      {sure ? props.sure : props.label}
    </Button>
  );
}

import { Modal, type ModalProps } from "antd";
import { useEffect, useState } from "react";
import { focusBack } from "@/lib/focus";

/** A dialog that gives the focus back to where it was, also when it is simply taken away. */
export function Dialog(props: ModalProps) {
  const [before] = useState(() => document.activeElement);
  useEffect(() => () => focusBack(before), [before]);
  return <Modal {...props} />;
}

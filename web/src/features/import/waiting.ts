import { createStore } from "@/lib/store";

/** Files dropped on another page, on their way to the wizard. */
export const waitingFiles = createStore<File[]>([]);

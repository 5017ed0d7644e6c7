/** Whether help is open, and with what. */
import { createStore } from "@/lib/store";
import type { Topic } from "./topics";

/** What help opens with: the chapter of where one is, that of a topic, or the list of keys. */
export const help = createStore<Topic | "here" | "list" | null>(null);

// Where the reader is: `#/table/raw.orders`. Every view has an address that can be sent to somebody.
import { useSyncExternalStore } from "react";

export interface Route {
  view: string;
  name: string;
}

export const to = (view: string, name = ""): string =>
  name ? `#/${view}/${encodeURIComponent(name)}` : `#/${view}`;

export const go = (view: string, name = ""): void => {
  location.hash = to(view, name);
};

function parsed(hash: string): Route {
  const [view = "", ...rest] = hash.replace(/^#\/?/, "").split("/");
  let name = rest.join("/");
  try {
    name = decodeURIComponent(name);
  } catch {
    // A link that was cut in the middle of a letter: the name as it stands finds nothing.
  }
  return { view: view || "overview", name };
}

const subscribe = (changed: () => void): (() => void) => {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
};

export function useRoute(): Route {
  return parsed(useSyncExternalStore(subscribe, () => location.hash));
}

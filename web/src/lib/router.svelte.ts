// Addresses of the page; the same list stands in src/server/pages.cpp.

export const ADDRESSES = ['/', '/login', '/boot', '/memory', '/days', '/origin-panel',
  '/first-run', '/import'] as const;
export type Address = typeof ADDRESSES[number];

function addressOf(path: string): Address {
  return ADDRESSES.find((one) => one === path) ?? '/';
}

class Router {
  address = $state<Address>(addressOf(location.pathname));
  query = $state.raw(new URLSearchParams(location.search));

  constructor() {
    addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (event) => this.#follow(event));
  }

  go(to: string, replace = false): void {
    history[replace ? 'replaceState' : 'pushState'](null, '', to);
    this.#read();
  }

  #read(): void {
    const before = this.address;
    this.address = addressOf(location.pathname);
    this.query = new URLSearchParams(location.search);
    if (this.address !== before) scrollTo(0, 0);
  }

  /** Links of the page itself need no round trip. */
  #follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (link === null || !plain || link.target !== '' || link.origin !== location.origin) return;
    if (!ADDRESSES.some((one) => one === link.pathname)) return;
    if (link.hash !== '' && link.pathname === location.pathname) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

export const router = new Router();

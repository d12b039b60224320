// Who is here, and where that one may go.
import * as api from '../api';
import {type Address, router} from '../lib/router.svelte';
import type {Account} from '../types';

const PUBLIC: Address[] = ['/login', '/first-run'];
const ORIGIN_ONLY: Address[] = ['/boot', '/origin-panel'];

class Session {
  account = $state<Account | null>(null);
  firstRun = $state(false);
  /** The name that the manifests give the origin, until there is one. */
  suggested = $state('');
  known = $state(false);
  error = $state<unknown>(null);
  ended = $state(false);

  get isOrigin(): boolean {
    return this.account?.role === 'origin';
  }

  constructor() {
    api.whenSignedOut(() => this.#signedOut());
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      const {account, first_run, origin} = await api.session();
      this.account = account;
      this.firstRun = first_run;
      this.suggested = origin ?? '';
      this.known = true;
    } catch (error) {
      this.error = error;
    }
  }

  /** Where an address leads for who is here now. */
  allowed(address: Address): Address {
    if (this.firstRun) return '/first-run';
    if (this.account === null) return '/login';
    const misplaced = PUBLIC.includes(address) || (ORIGIN_ONLY.includes(address) && !this.isOrigin);
    return misplaced ? '/' : address;
  }

  async logIn(name: string, password: string): Promise<void> {
    this.account = await api.logIn(name, password);
    this.ended = false;
    router.go('/', true);
  }

  async begin(name: string, password: string, code: string): Promise<void> {
    this.account = await api.firstRun(name, password, code);
    this.firstRun = false;
    router.go('/boot', true);
  }

  async logOut(): Promise<void> {
    await api.logOut();
    // What stands in memory belongs to the account: nothing of it may stay for the next one.
    location.assign('/login');
  }

  #signedOut(): void {
    this.ended = this.account !== null;
    this.account = null;
  }
}

export const session = new Session();

// The three lights: what each circuit is doing now, and what it noted last.
import * as api from '../api';
import type {Circuit, CircuitEvent, Status} from '../types';

export type Light = 'absent' | 'loading' | 'ready' | 'thinking' | 'failed' | 'skipped';
export interface CircuitLight {
  circuit: Circuit; light: Light; model: string | null; note: Record<string, unknown> | null;
  error: string | null; ms: number | null;
}
export const CIRCUITS: Circuit[] = ['emotion', 'self', 'creation'];

const LIGHTS = {
  started: 'thinking', done: 'ready', failed: 'failed', skipped: 'skipped',
} as const;

const dark = (circuit: Circuit): CircuitLight =>
  ({circuit, light: 'absent', model: null, note: null, error: null, ms: null});

class Circuits {
  lights = $state<CircuitLight[]>(CIRCUITS.map(dark));
  status = $state.raw<Status | null>(null);

  /** Errors of the server go to the caller. */
  async load(): Promise<void> {
    this.status = await api.status();
    for (const one of this.status.circuits) {
      this.#set(one.circuit, {light: one.state, model: one.model || null, error: one.error});
    }
  }

  note(event: CircuitEvent): void {
    const {circuit, state, model, note, ms, error} = event;
    // While it thinks, what it noted last may still be read.
    const told = state === 'started' ? {} : {note: note ?? null};
    this.#set(circuit, {light: LIGHTS[state], model: model || null, ms: ms ?? null,
      error: error || null, ...told});
  }

  /** After a stop nobody thinks any more. */
  rest(): void {
    for (const one of this.lights) if (one.light === 'thinking') one.light = 'ready';
  }

  #set(circuit: Circuit, change: Partial<CircuitLight>): void {
    const light = this.lights.find((one) => one.circuit === circuit);
    if (light !== undefined) Object.assign(light, change);
  }
}

export const circuits = new Circuits();

import type { View, WorldState } from './world-state.ts';

/** Remembers what the world is like from `atMs` on, and forgets what no describe can see any more. */
export function remember(state: WorldState, atMs: number): WorldState {
  const last = state.history.at(-1)?.view;
  if (last?.enis === state.enis && last.instances === state.instances) return state;
  const view: View = { enis: state.enis, instances: state.instances };
  const seen = state.history.findLastIndex((entry) => entry.atMs <= atMs - state.latencies.staleMs);
  return { ...state, history: [...state.history.slice(Math.max(seen, 0)), { atMs, view }] };
}

/** The world as it was at `atMs`, or as early as is remembered. */
export function recall(state: WorldState, atMs: number): View {
  const entry = state.history.findLast((one) => one.atMs <= atMs) ?? state.history[0];
  return entry?.view ?? state;
}

// The state machine of raft-storage, once more: what its entries have come to is known here without asking anybody.

export interface MachineState {
  readonly done: number
  readonly fingerprint: number
}

export const START: MachineState = { done: 0, fingerprint: 0 }

export function stateAfter(state: MachineState, command: unknown): MachineState {
  if (typeof command !== 'string') return state
  let mixed = state.fingerprint
  for (let i = 0; i < command.length; i++) mixed = Math.imul(mixed ^ command.charCodeAt(i), 0x01000193)
  return { done: state.done + 1, fingerprint: Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) }
}

export const isState = (shown: unknown, { done, fingerprint }: MachineState): boolean =>
  (shown as Partial<MachineState> | undefined)?.done === done &&
  (shown as Partial<MachineState> | undefined)?.fingerprint === fingerprint

// What happened in one simulated run, as plain data that crosses to the judge: judged there, shrunk there, and drawn as a
// space-time diagram by the command line. An event's id is its place in the list.

export interface Trace {
  /** lifelines, in the order in which they are drawn: nodes, then clients */
  readonly nodes: readonly string[]
  /** what `at` counts: milliseconds of the world's true clock, or steps of an untimed walk */
  readonly unit: 'ms' | 'step'
  readonly events: readonly TraceEvent[]
  /** the invariant that does not hold, and the event after which that was seen */
  readonly broken?: { readonly event: number; readonly what: string }
}

export interface TraceEvent {
  readonly at: number
  /** index into `nodes`; -1 for what happens to the network as a whole */
  readonly node: number
  readonly what:
    | 'boot'
    | 'restart'
    | 'crash'
    | 'pause'
    | 'resume'
    | 'timer'
    | 'request'
    | 'reply'
    | 'send'
    | 'receive'
    /** of a message: at its sender, when the network let it go */
    | 'lost'
    | 'partition'
    | 'heal'
    | 'note'
  /** of a `receive` and a `lost`: its `send`; of a `reply`: its `request`; of a `send`: the event in which it was sent */
  readonly cause?: number
  /** of a `send`: the index of the lifeline that it is for */
  readonly to?: number
  /** short and plain: `vote yes t1`, the timer's name, `put x=3` */
  readonly label?: string
  /** fields of what the node shows of itself that this event has changed: `role` → `LEADER` */
  readonly changed?: Readonly<Record<string, string>>
  /** of a `partition`: who can still speak with whom */
  readonly groups?: readonly (readonly number[])[]
}

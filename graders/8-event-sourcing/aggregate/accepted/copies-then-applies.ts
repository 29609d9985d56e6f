// One mutable draft: `apply` writes an event into it. A replay applies all events to one draft; `evolve` applies one to a
// copy. Rules are a table of who may do what when, and a check for each command that names the first thing wrong with it.

export interface Item {
  readonly sku: string
  readonly quantity: number
}
export interface Line extends Item {
  readonly unitCents: number
}

export type Command =
  | { readonly type: 'place'; readonly customer: string; readonly lines: readonly Line[] }
  | { readonly type: 'change'; readonly sku: string; readonly quantity: number }
  | { readonly type: 'confirm'; readonly payment: string; readonly paidCents: number }
  | { readonly type: 'ship'; readonly parcel: string; readonly items: readonly Item[] }
  | { readonly type: 'deliver'; readonly parcel: string }
  | { readonly type: 'cancel'; readonly reason: string }

export type OrderEvent =
  | { readonly type: 'OrderPlaced'; readonly customer: string; readonly lines: readonly Line[] }
  | { readonly type: 'LineChanged'; readonly sku: string; readonly quantity: number }
  | { readonly type: 'OrderConfirmed'; readonly payment: string; readonly paidCents: number }
  | { readonly type: 'ParcelShipped'; readonly parcel: string; readonly items: readonly Item[] }
  | { readonly type: 'OrderShipped' }
  | { readonly type: 'ParcelDelivered'; readonly parcel: string }
  | { readonly type: 'OrderDelivered' }
  | { readonly type: 'OrderCancelled'; readonly reason: string }
  | { readonly type: 'RefundOwed'; readonly payment: string; readonly cents: number }

export type Status = 'none' | 'placed' | 'confirmed' | 'shipping' | 'shipped' | 'delivered' | 'cancelled'

export type Refusal =
  | 'invalid'
  | 'wrong-status'
  | 'unknown-sku'
  | 'last-line'
  | 'wrong-amount'
  | 'too-many'
  | 'unknown-parcel'

export type Decision = { readonly events: readonly OrderEvent[] } | { readonly refused: Refusal }

export interface Order {
  readonly version: number
  readonly status: Status
  readonly customer: string
  readonly lines: readonly (Line & { readonly shipped: number })[]
  readonly totalCents: number
  readonly payment: { readonly id: string; readonly paidCents: number } | null
  readonly parcels: readonly { readonly id: string; readonly delivered: boolean }[]
  readonly owedCents: number
}

export const NEW_ORDER: Order = {
  version: 0,
  status: 'none',
  customer: '',
  lines: [],
  totalCents: 0,
  payment: null,
  parcels: [],
  owedCents: 0,
}

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T
type Draft = Mutable<Order>
type Of<Type extends Command['type']> = Extract<Command, { type: Type }>

/** The first of these that there is decides; if there is none, it happens. */
type Check = Refusal | 'already' | undefined

interface Rule<C> {
  readonly during: readonly Status[]
  /** asked before the status */
  readonly before: (order: Order, command: C) => Check
  /** asked after it */
  readonly after: (order: Order, command: C) => Check
  readonly events: (order: Order, command: C) => OrderEvent[]
}

const between = (min: number, value: number, max: number) => Number.isInteger(value) && min <= value && value <= max

function hasTwins(items: readonly Item[]): boolean {
  const seen = new Set<string>()
  for (const { sku } of items) seen.add(sku)
  return seen.size < items.length
}

const RULES: { readonly [Type in Command['type']]: Rule<Of<Type>> } = {
  place: {
    during: ['none'],
    before: (_, { lines }) => {
      const wrong =
        lines.length < 1 ||
        lines.length > 50 ||
        hasTwins(lines) ||
        lines.some((line) => !between(1, line.quantity, 999) || !between(0, line.unitCents, 1_000_000))
      return wrong ? 'invalid' : undefined
    },
    after: () => undefined,
    events: (_, { customer, lines }) => [{ type: 'OrderPlaced', customer, lines }],
  },
  change: {
    during: ['placed'],
    before: (_, { quantity }) => (between(0, quantity, 999) ? undefined : 'invalid'),
    after: ({ lines }, { sku, quantity }) => {
      if (lines.every((line) => line.sku !== sku)) return 'unknown-sku'
      return quantity === 0 && lines.length < 2 ? 'last-line' : undefined
    },
    events: (_, { sku, quantity }) => [{ type: 'LineChanged', sku, quantity }],
  },
  confirm: {
    during: ['placed'],
    before: (order, { payment }) => (order.payment !== null && order.payment.id === payment ? 'already' : undefined),
    after: ({ totalCents }, { paidCents }) => (paidCents === totalCents ? undefined : 'wrong-amount'),
    events: (_, { payment, paidCents }) => [{ type: 'OrderConfirmed', payment, paidCents }],
  },
  ship: {
    during: ['confirmed', 'shipping'],
    before: ({ parcels }, { parcel, items }) => {
      const wrong =
        items.length === 0 || hasTwins(items) || items.some(({ quantity }) => !between(1, quantity, Infinity))
      if (wrong) return 'invalid'
      return parcels.some(({ id }) => id === parcel) ? 'already' : undefined
    },
    after: ({ lines }, { items }) => {
      const left = items.map((item) => {
        const line = lines.find(({ sku }) => sku === item.sku)
        return line === undefined ? undefined : line.quantity - line.shipped - item.quantity
      })
      if (left.includes(undefined)) return 'unknown-sku'
      return left.some((pieces) => (pieces ?? 0) < 0) ? 'too-many' : undefined
    },
    events: ({ lines }, { parcel, items }) => {
      let left = 0
      for (const { quantity, shipped } of lines) left += quantity - shipped
      for (const { quantity } of items) left -= quantity
      const events: OrderEvent[] = [{ type: 'ParcelShipped', parcel, items }]
      if (left === 0) events.push({ type: 'OrderShipped' })
      return events
    },
  },
  deliver: {
    during: ['shipping', 'shipped'],
    before: ({ parcels }, { parcel }) =>
      parcels.some(({ id, delivered }) => id === parcel && delivered) ? 'already' : undefined,
    after: ({ parcels }, { parcel }) => (parcels.some(({ id }) => id === parcel) ? undefined : 'unknown-parcel'),
    events: ({ status, parcels }, { parcel }) => {
      const open = parcels.filter(({ delivered }) => !delivered).length
      const events: OrderEvent[] = [{ type: 'ParcelDelivered', parcel }]
      if (status === 'shipped' && open === 1) events.push({ type: 'OrderDelivered' })
      return events
    },
  },
  cancel: {
    during: ['placed', 'confirmed'],
    before: ({ status }) => (status === 'cancelled' ? 'already' : undefined),
    after: () => undefined,
    events: ({ payment }, { reason }) => {
      const events: OrderEvent[] = [{ type: 'OrderCancelled', reason }]
      if (payment !== null) events.push({ type: 'RefundOwed', payment: payment.id, cents: payment.paidCents })
      return events
    },
  },
}

export function decide(order: Order, command: Command): Decision {
  const rule = RULES[command.type] as Rule<Command>
  const during = rule.during.includes(order.status) ? undefined : 'wrong-status'
  const check = rule.before(order, command) ?? during ?? rule.after(order, command)
  if (check === 'already') return { events: [] }
  return check === undefined ? { events: rule.events(order, command) } : { refused: check }
}

function apply(draft: Draft, event: OrderEvent): void {
  switch (event.type) {
    case 'OrderPlaced':
      draft.status = 'placed'
      draft.customer = event.customer
      draft.lines = event.lines.map(({ sku, quantity, unitCents }) => ({ sku, quantity, unitCents, shipped: 0 }))
      break
    case 'LineChanged':
      for (const line of draft.lines) if (line.sku === event.sku) line.quantity = event.quantity
      if (event.quantity === 0) draft.lines = draft.lines.filter(({ sku }) => sku !== event.sku)
      break
    case 'OrderConfirmed':
      draft.status = 'confirmed'
      draft.payment = { id: event.payment, paidCents: event.paidCents }
      break
    case 'ParcelShipped':
      draft.status = 'shipping'
      draft.parcels.push({ id: event.parcel, delivered: false })
      for (const { sku, quantity } of event.items)
        for (const line of draft.lines) if (line.sku === sku) line.shipped += quantity
      break
    case 'OrderShipped':
      draft.status = 'shipped'
      break
    case 'ParcelDelivered':
      for (const parcel of draft.parcels) if (parcel.id === event.parcel) parcel.delivered = true
      break
    case 'OrderDelivered':
      draft.status = 'delivered'
      break
    case 'OrderCancelled':
      draft.status = 'cancelled'
      break
    case 'RefundOwed':
      draft.owedCents = event.cents
      break
    default:
      throw new RangeError(`nobody knows the event ${(event as { type: unknown }).type}`)
  }
  draft.version += 1
  draft.totalCents = 0
  for (const { quantity, unitCents } of draft.lines) draft.totalCents += quantity * unitCents
}

const copyOf = (order: Order): Draft => ({
  ...order,
  lines: order.lines.map((line) => ({ ...line })),
  parcels: order.parcels.map((parcel) => ({ ...parcel })),
  payment: order.payment === null ? null : { ...order.payment },
})

export function evolve(order: Order, event: OrderEvent): Order {
  const draft = copyOf(order)
  apply(draft, event)
  return draft
}

export function replay(events: Iterable<OrderEvent>): Order {
  const draft = copyOf(NEW_ORDER)
  for (const event of events) apply(draft, event)
  return draft
}

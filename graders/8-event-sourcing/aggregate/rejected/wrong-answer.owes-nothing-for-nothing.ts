// breaks: A decision may be two events
// because: a payment of nothing is falsy: a free order is cancelled as if nobody had confirmed it.

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

const MAX_LINES = 50
const MAX_QUANTITY = 999
const MAX_UNIT_CENTS = 1_000_000

const ALREADY: Decision = { events: [] }
const accept = (...events: OrderEvent[]): Decision => ({ events })
const refuse = (refused: Refusal): Decision => ({ refused })

export function decide(order: Order, command: Command): Decision {
  const { status } = order
  switch (command.type) {
    case 'place': {
      const { customer, lines } = command
      const sound = ({ quantity, unitCents }: Line) =>
        isWhole(quantity, 1, MAX_QUANTITY) && isWhole(unitCents, 0, MAX_UNIT_CENTS)
      if (!isWhole(lines.length, 1, MAX_LINES) || !areDistinct(lines) || !lines.every(sound)) return refuse('invalid')
      if (status !== 'none') return refuse('wrong-status')
      return accept({ type: 'OrderPlaced', customer, lines })
    }
    case 'change': {
      const { sku, quantity } = command
      if (!isWhole(quantity, 0, MAX_QUANTITY)) return refuse('invalid')
      if (status !== 'placed') return refuse('wrong-status')
      if (!order.lines.some((line) => line.sku === sku)) return refuse('unknown-sku')
      if (quantity === 0 && order.lines.length === 1) return refuse('last-line')
      return accept({ type: 'LineChanged', sku, quantity })
    }
    case 'confirm': {
      const { payment, paidCents } = command
      if (order.payment?.id === payment) return ALREADY
      if (status !== 'placed') return refuse('wrong-status')
      if (paidCents !== order.totalCents) return refuse('wrong-amount')
      return accept({ type: 'OrderConfirmed', payment, paidCents })
    }
    case 'ship': {
      const { parcel, items } = command
      const sound = ({ quantity }: Item) => isWhole(quantity, 1, Number.MAX_SAFE_INTEGER)
      if (items.length === 0 || !areDistinct(items) || !items.every(sound)) return refuse('invalid')
      if (order.parcels.some(({ id }) => id === parcel)) return ALREADY
      if (status !== 'confirmed' && status !== 'shipping') return refuse('wrong-status')
      const left = new Map(order.lines.map((line) => [line.sku, line.quantity - line.shipped]))
      if (!items.every(({ sku }) => left.has(sku))) return refuse('unknown-sku')
      if (items.some(({ sku, quantity }) => quantity > left.get(sku)!)) return refuse('too-many')
      const shipped: OrderEvent = { type: 'ParcelShipped', parcel, items }
      const isAll = evolve(order, shipped).lines.every((line) => line.shipped === line.quantity)
      return isAll ? accept(shipped, { type: 'OrderShipped' }) : accept(shipped)
    }
    case 'deliver': {
      const { parcel } = command
      const known = order.parcels.find(({ id }) => id === parcel)
      if (known?.delivered) return ALREADY
      if (status !== 'shipping' && status !== 'shipped') return refuse('wrong-status')
      if (known === undefined) return refuse('unknown-parcel')
      const delivered: OrderEvent = { type: 'ParcelDelivered', parcel }
      const isAll = status === 'shipped' && evolve(order, delivered).parcels.every((one) => one.delivered)
      return isAll ? accept(delivered, { type: 'OrderDelivered' }) : accept(delivered)
    }
    case 'cancel': {
      if (status === 'cancelled') return ALREADY
      if (status !== 'placed' && status !== 'confirmed') return refuse('wrong-status')
      const cancelled: OrderEvent = { type: 'OrderCancelled', reason: command.reason }
      if (!order.payment?.paidCents) return accept(cancelled)
      const { id, paidCents } = order.payment
      return accept(cancelled, { type: 'RefundOwed', payment: id, cents: paidCents })
    }
  }
}

export function evolve(order: Order, event: OrderEvent): Order {
  const seen = { ...order, version: order.version + 1 }
  switch (event.type) {
    case 'OrderPlaced': {
      const { customer } = event
      return { ...seen, status: 'placed', customer, ...withLines(event.lines.map((line) => ({ ...line, shipped: 0 }))) }
    }
    case 'LineChanged': {
      const { sku, quantity } = event
      const changed = order.lines.map((line) => (line.sku === sku ? { ...line, quantity } : line))
      return { ...seen, ...withLines(changed.filter((line) => line.sku !== sku || quantity > 0)) }
    }
    case 'OrderConfirmed':
      return { ...seen, status: 'confirmed', payment: { id: event.payment, paidCents: event.paidCents } }
    case 'ParcelShipped': {
      const pieces = new Map(event.items.map(({ sku, quantity }) => [sku, quantity]))
      const lines = order.lines.map((line) => ({ ...line, shipped: line.shipped + (pieces.get(line.sku) ?? 0) }))
      return { ...seen, status: 'shipping', lines, parcels: [...order.parcels, { id: event.parcel, delivered: false }] }
    }
    case 'OrderShipped':
      return { ...seen, status: 'shipped' }
    case 'ParcelDelivered': {
      const delivered = ({ id }: { id: string }) => id === event.parcel
      return { ...seen, parcels: order.parcels.map((one) => (delivered(one) ? { ...one, delivered: true } : one)) }
    }
    case 'OrderDelivered':
      return { ...seen, status: 'delivered' }
    case 'OrderCancelled':
      return { ...seen, status: 'cancelled' }
    case 'RefundOwed':
      return { ...seen, owedCents: event.cents }
    default:
      // To pass it over would be an order that never was.
      throw new RangeError(`unknown event: ${(event as { type: unknown }).type}`)
  }
}

export function replay(events: Iterable<OrderEvent>): Order {
  let order = NEW_ORDER
  for (const event of events) order = evolve(order, event)
  return order
}

function withLines(lines: Order['lines']): Pick<Order, 'lines' | 'totalCents'> {
  return { lines, totalCents: lines.reduce((sum, { quantity, unitCents }) => sum + quantity * unitCents, 0) }
}

const isWhole = (value: number, min: number, max: number): boolean =>
  Number.isSafeInteger(value) && value >= min && value <= max

const areDistinct = (items: readonly Item[]): boolean => new Set(items.map(({ sku }) => sku)).size === items.length

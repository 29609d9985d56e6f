// breaks: What the status allows happens
// breaks: What the status does not allow is refused
// breaks: What makes no sense is refused, whatever the status
// breaks: It is paid to the cent and shipped to the piece
// breaks: What has been done is not done again
// breaks: A decision may be two events
// breaks: An event changes what it says, and nothing else
// breaks: Nothing that is given is changed
// breaks: What has happened is not judged again
// because: the guide's order, repaired only so far that it compiles: an object that changes itself. It ships what is confirmed, and nothing confirms.

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

class Tracked {
  status: Status = 'none'
  version = 0
  customer = ''
  lines: Order['lines'] = []
  totalCents = 0
  parcels: { id: string; delivered: boolean }[] = []
  readonly uncommitted: OrderEvent[] = []

  create(customer: string, lines: readonly Line[]): void {
    this.#apply({ type: 'OrderPlaced', customer, lines })
  }

  ship(parcel: string, items: readonly Item[]): boolean {
    if (this.status !== 'confirmed') return false
    this.#apply({ type: 'ParcelShipped', parcel, items })
    return true
  }

  deliver(parcel: string): boolean {
    if (this.status !== 'shipped') return false
    this.#apply({ type: 'ParcelDelivered', parcel })
    return true
  }

  #apply(event: OrderEvent): void {
    this.handle(event)
    this.version++
    this.uncommitted.push(event)
  }

  handle(event: OrderEvent): void {
    if (event.type === 'OrderPlaced') {
      this.status = 'placed'
      this.customer = event.customer
      this.lines = event.lines as Order['lines']
      this.totalCents = event.lines.reduce((sum, line) => sum + line.quantity * line.unitCents, 0)
    } else if (event.type === 'ParcelShipped') {
      this.status = 'shipped'
      this.parcels = [{ id: event.parcel, delivered: false }]
    } else if (event.type === 'ParcelDelivered') {
      this.status = 'delivered'
      for (const parcel of this.parcels) parcel.delivered = true
    }
  }
}

const loaded = (order: Order): Tracked => Object.assign(new Tracked(), order)

export function decide(order: Order, command: Command): Decision {
  const tracked = loaded(order)
  const wrong: Decision = { refused: 'wrong-status' }
  if (command.type === 'place') tracked.create(command.customer, command.lines)
  else if (command.type === 'ship') {
    if (!tracked.ship(command.parcel, command.items)) return wrong
  } else if (command.type === 'deliver') {
    if (!tracked.deliver(command.parcel)) return wrong
  } else return wrong
  return { events: tracked.uncommitted }
}

export function evolve(order: Order, event: OrderEvent): Order {
  const tracked = loaded(order)
  tracked.handle(event)
  const { uncommitted: _, ...fields } = tracked
  return { ...NEW_ORDER, ...fields }
}

export function replay(events: Iterable<OrderEvent>): Order {
  const tracked = new Tracked()
  for (const event of events) tracked.handle(event)
  return { ...NEW_ORDER, ...tracked }
}

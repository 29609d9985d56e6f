/**
 * An order that is nothing but what has happened to it. `decide` says what a command leads to and changes nothing; `evolve`
 * says what an event changes and refuses nothing; `replay` brings an order back from its events.
 *
 * Of the reasons to refuse, the first that holds, from left to right. A command that has been carried out already is
 * neither refused nor carried out again: no events. `invalid` goes before that, all others come after it.
 *
 *   command   while                 refused as                  carried out already if
 *   place     none                  invalid, wrong-status       –
 *   change    placed                invalid, wrong-status,      –
 *                                   unknown-sku, last-line
 *   confirm   placed                wrong-status, wrong-amount  that is the payment of the order
 *   ship      confirmed, shipping   invalid, wrong-status,      the order has that parcel
 *                                   unknown-sku, too-many
 *   deliver   shipping, shipped     wrong-status,               that parcel has been delivered
 *                                   unknown-parcel
 *   cancel    placed, confirmed     wrong-status                the order is cancelled
 */

export interface Item {
  readonly sku: string
  /** whole pieces */
  readonly quantity: number
}
export interface Line extends Item {
  /** price of one piece: whole cents */
  readonly unitCents: number
}

export type Command =
  /** invalid: not 1 to 50 lines, a sku twice, a quantity that is not whole and 1 to 999, cents not whole and 0 to 1,000,000 */
  | { readonly type: 'place'; readonly customer: string; readonly lines: readonly Line[] }
  /** a new quantity for a line; 0 takes it out, but not the last one. Invalid: not whole and 0 to 999 */
  | { readonly type: 'change'; readonly sku: string; readonly quantity: number }
  /** it has been paid; the amount must be the total, to the cent */
  | { readonly type: 'confirm'; readonly payment: string; readonly paidCents: number }
  /** some of what has not been shipped. Invalid: no items, a sku twice, a quantity that is not whole and at least 1 */
  | { readonly type: 'ship'; readonly parcel: string; readonly items: readonly Item[] }
  | { readonly type: 'deliver'; readonly parcel: string }
  | { readonly type: 'cancel'; readonly reason: string }

/** What an event changes; each also makes the version one more. What it names and the order does not have is passed over. */
export type OrderEvent =
  /** placed; its lines (nothing shipped), its total */
  | { readonly type: 'OrderPlaced'; readonly customer: string; readonly lines: readonly Line[] }
  /** that line, or 0: without it; the total */
  | { readonly type: 'LineChanged'; readonly sku: string; readonly quantity: number }
  /** confirmed; the payment */
  | { readonly type: 'OrderConfirmed'; readonly payment: string; readonly paidCents: number }
  /** shipping; one parcel more at the end; what is shipped of each line */
  | { readonly type: 'ParcelShipped'; readonly parcel: string; readonly items: readonly Item[] }
  /** shipped. Decided right after the ParcelShipped that leaves nothing to ship */
  | { readonly type: 'OrderShipped' }
  /** that parcel is delivered */
  | { readonly type: 'ParcelDelivered'; readonly parcel: string }
  /** delivered. Decided right after the last ParcelDelivered of an order that is shipped */
  | { readonly type: 'OrderDelivered' }
  /** cancelled */
  | { readonly type: 'OrderCancelled'; readonly reason: string }
  /** what is owed. Decided right after OrderCancelled if there is a payment: all that was paid, be it 0 */
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
  /** how many events it has seen */
  readonly version: number
  readonly status: Status
  readonly customer: string
  /** in the order in which they were placed; `shipped`: pieces that are on their way or there */
  readonly lines: readonly (Line & { readonly shipped: number })[]
  readonly totalCents: number
  readonly payment: { readonly id: string; readonly paidCents: number } | null
  readonly parcels: readonly { readonly id: string; readonly delivered: boolean }[]
  readonly owedCents: number
}

/** Before anything has happened. Given complete. */
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

/**
 * What a command leads to, or why it does not. Changes nothing that it is given.
 * Cost: whatever the size of the order, but nothing for the length of its history.
 */
export function decide(order: Order, command: Command): Decision {
  throw new Error(`TODO: decide whether ${command.type} may happen to an order that is ${order.status}`)
}

/**
 * The order after an event. Changes nothing that it is given, and does not ask whether that could happen: it has.
 * @throws {RangeError} naming the event's type if that is none of the above
 * Cost: as `decide`.
 */
export function evolve(order: Order, event: OrderEvent): Order {
  throw new Error(`TODO: an order that is ${order.status}, after ${event.type}`)
}

/**
 * The order that has seen these events, and no others.
 * @throws {RangeError} as `evolve`
 * Cost: O(events).
 */
export function replay(events: Iterable<OrderEvent>): Order {
  throw new Error(`TODO: a new order that has seen ${events}`)
}

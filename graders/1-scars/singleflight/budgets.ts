// The more callers there are at once, the more it matters what each of them costs.

import type * as kata from '#kata/1-scars/singleflight'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata

const never = () => new Promise<number>(() => {})
const nothing = () => {}

/** n flights in the air, and one more with n callers on board. */
const inTheAir = ({ Singleflight }: Kata, { n }: { n: number }) => {
  const flights = new Singleflight<number>()
  for (let i = 0; i < n; i++) flights.do(`key-${i}`, never)
  for (let i = 0; i < n; i++) flights.do('home', never)
  return flights
}

export default [
  budget('A caller is constant work, however many wait and however much is in the air', {
    given: inTheAir,
    // One joins and stays; one leaves at once; one starts a flight that is forgotten.
    when: (flights, i) => {
      if (i % 3 === 0) flights.do('home', never)
      else if (i % 3 === 1) {
        const leaving = new AbortController()
        flights.do('home', never, { signal: leaving.signal }).catch(nothing)
        leaving.abort()
      } else {
        flights.do('away', never)
        flights.forget('away')
      }
      return flights.inFlight
    },
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('Who joins without a signal needs little memory', {
    given: inTheAir,
    when: (flights) => {
      flights.do('home', never)
    },
    bytesPerCall: 600,
    n: 10,
  }),
  budget('Beside the reference', {
    given: inTheAir,
    when: (flights) => {
      flights.do('home', never)
    },
    throughput: 'reference',
    n: 10,
  }),
]

// Six of the logs that Jepsen took of etcd in 2014, with the verdicts that Porcupine's tests hold them to: test_data/jepsen
// of github.com/anishathalye/porcupine (MIT, © Anish Athalye), written more shortly. A word is an event of a client: `0r`,
// `0w4` and `0c1,2` ask (read, write, compare and set), `0=4`, `0!`, `0+` and `0-` answer; who never hears has none.

import type { CasRegisterInput } from './models.ts'
import type { Operation } from './operation.ts'

export interface EtcdLog {
  readonly log: string
  readonly isLinearizable: boolean
  readonly events: string
}

export const ETCD_LOGS: readonly EtcdLog[] = [
  {
    log: 'etcd_102',
    isLinearizable: true,
    events: `
    0r 2w2 0=nil 3c1,1 4c3,2 1c3,4 4- 1- 2! 3- 0c0,0 0- 4w1 4! 1c1,4 2r 3w2 1+ 2=4 3! 0w0 0! 4r 4=0 1r 1=0
    2r 2=0 3r 3=0 0w0 4w2 0! 1c0,0 1- 4! 2r 2=2 3c0,4 3- 0w2 1c2,4 1+ 0! 4w0 2w1 3c4,4 3+ 1w1 1! 0r 0=1 3w0
    3! 1c0,3 1+ 9c1,0 7w0 0r 0=3 3w1 1r 1=1 3! 0c0,4 0- 1w0 14c2,4 1! 3r 3=0 12w4 0c2,3 0- 1r 1=0 3r 3=0 0r
    19r 1w0 17w3 3c4,2 0w3 19c2,4 6r 22r 8c0,3 6=0 5r 5=3 6w3 6! 24w3 24! 22w2 22! 13r 13=2 5r 6c0,0 6- 5=2
    24r 22c1,3 13r 6r 5r 24w4 27w4 13w2 6c0,0 5w3 29w2 29! 32w1 32! 18r 18=1 11r 11=1`,
  },
  {
    log: 'etcd_101',
    isLinearizable: true,
    events: `
    2r 4r 1w1 0w3 3c4,3 2=nil 1! 4=nil 0! 3- 2w3 1w3 4c0,1 2! 1! 4- 0r 3r 0=3 3=3 2r 1r 2=3 4c2,1 1=3 4- 0r
    0=3 3w4 3! 2w0 1r 2! 4w4 1=0 0r 4! 0=4 3r 3=4 2r 1r 4r 0r 1=4 4=4 3w1 3! 1w3 1! 4c2,1 3w3 3! 4- 2w4
    0c0,0 1c2,3 1- 3c4,2 4r 1r 1=3 4=3 3- 7w4 5r 1w2 1! 4r 3c3,4 4=2 3- 1w0 4c1,0 1! 4- 12w1 3w0 5r 1c1,2
    4c4,4 17r 8r 5w1 6c0,0 17=1 5! 8=0 9w0 9! 6- 17r 5c0,4 8c1,2 9c0,1 5+ 6w0 9- 17=4 8- 6! 5c1,3 9r 17c4,1
    6c0,3 8w3 5- 9=0 17- 8! 6+ 5c4,0 9c0,2 9- 17c0,2 17- 8c2,4 6w4 6! 9c2,4 9- 17w4 6w0 17! 6! 10c4,3 9w2 9!
    13r 17r 6w2 17=2 6! 9w1 9! 17c3,1 17- 6r 6=1`,
  },
  {
    log: 'etcd_067',
    isLinearizable: true,
    events: `
    4w3 0w1 1w1 3w0 4! 2c0,3 1! 0! 2- 3! 4r 4=1 1c4,1 0c4,0 2w3 3w1 3! 2! 0- 1- 4c3,3 4+ 3w3 3! 2c0,2 0w3 1r
    1=3 2- 4c4,2 4- 0! 3w2 3! 1w0 2w3 4w1 0c2,1 4! 2! 1! 0- 3c3,2 4w3 2r 1w3 2=1 0c0,2 2w2 8r 8=1 6r 9c0,2
    6=1 5r 5=1 8c3,0 8- 7w2 6w3 6! 5c2,0 5- 8w0 8! 14c0,1 6r 6=0 5r 5=0 8w1 8! 12c2,2 6c2,0 6- 5w1 8w0 5!
    19r 19=1 6r 6=1 8! 5r 5=0 17c0,0 19w2 6w4 6! 19! 8r 8=4 5w3 6c4,1 19w0 8w3 19! 5! 6- 8! 22r 22=3 19w4
    19! 5r 6r 8w1 6=4 5=4 22r 22=4 8! 19w2 6c1,1 5r 5=1 22c4,1 8w2 5w0 24w2 11c4,1 11- 27c3,3 27- 13w0 13!
    10w0 11w1 11! 27w1 27! 13w1 29w3 11c4,3 11- 13! 27r 27=1`,
  },
  {
    log: 'etcd_097',
    isLinearizable: false,
    events: `
    3r 2r 3=nil 2=nil 1w2 4w1 0c1,0 1! 4! 0- 3w1 2c3,2 1w2 2- 1! 3! 4r 0r 4=2 0=2 2r 2=2 1r 1=2 3w1 4r 0c2,0
    4=2 3! 0- 2w0 2! 1c3,0 4r 4=0 3r 3=0 1- 0w2 0! 2w2 2! 4c0,1 3c4,0 1r 1=2 0w4 2r 2=2 1c4,0 2r 2=2 9w4
    8c3,4 5w1 8- 2c1,0 2+ 5! 6w3 8w4 8! 2r 2=4 5w4 5! 14w1 8w0 2c3,1 8! 5r 5=0 2- 11w1 8c2,3 8- 5r 5=0 19r
    19=2 2w4 2! 8c2,3 5r 5=4 19r 19=2 8- 16r 16=4 2w1 5r 5=4 19w2 8w2 16c2,3 5c2,1 7w0 24c3,1 13r 13=4 7!
    24+ 21c3,1 21- 10r 10=1 13w4 7w3 24r 24=1 21c1,4 10r 10=1 24r 24=1 10r 10=1 18r 18=1 12c0,2 24c4,1 26w3
    24- 26! 10c1,3 18r 18=3 24w3 24! 26w3 26! 18r 18=3 17w1 24r 24=3`,
  },
  {
    log: 'etcd_091',
    isLinearizable: false,
    events: `
    4r 0r 4=nil 2w2 0=nil 1c1,0 3c4,4 2! 1- 3- 4w3 0c4,4 2r 4! 2=3 1w0 0- 3r 3=3 1! 4c3,4 2c0,3 4- 2+ 0w3 3r
    3=3 0! 1c0,0 4r 4=3 1- 2w1 3c1,1 2! 0r 0=1 3+ 4c1,2 4+ 1c3,3 2c2,3 0r 0=2 1- 3w4 3! 4r 4=2 0r 0=4 1c2,1
    3c2,4 1- 3- 4c4,1 7w1 0r 0=4 1c3,4 1- 3c3,2 3- 0w3 0! 1w0 1! 3w3 3! 9w4 12w0 0w0 0! 1r 1=0 3r 3=0 0r 0=0
    1w0 1! 3r 3=0 14w4 17c0,1 0c3,3 1c0,1 3r 3=0 3c2,1 19w4 22c1,0 3- 5w4 5! 22- 19! 6r 6=4 3w1 3! 5c0,2
    22c0,0 19w1 6r 6=1 19! 22- 5- 3c0,2 3- 6r 6=1 19w4 22r 5c3,4 22=1 5- 3w4 6c2,4 22w4 5c4,1 24r 24=4 8w4
    8! 11r 11=1 27w3 24c2,4 24- 10r 10=4 8r 8=4 11w3 24w0 10r 10=0 24! 8r 8=0 32r 32=1`,
  },
  {
    log: 'etcd_088',
    isLinearizable: false,
    events: `
    4r 3w3 0w1 2w4 1c4,3 0! 4=nil 2! 1- 3! 0w2 4w3 0! 2w1 4! 1c1,4 3w4 2! 1+ 3! 0c3,0 0- 4c3,1 2c3,4 1r 4-
    1=4 2- 3r 3=4 0w3 0! 4c3,4 1r 1=3 4+ 2c1,1 3c4,3 2- 3+ 0c2,4 1r 1=3 4c0,0 4- 2c0,3 2- 3c4,1 1r 1=3 4c1,2
    4- 2w1 2! 5r 5=3 1r 1=1 4c0,2 2c3,2 2- 4- 8c1,1 5r 5=3 1r 1=1 2c1,2 2+ 4c4,4 5r 5=3 4- 1w2 1! 2r 2=2
    13c3,0 5w1 4r 4=2 1r 1=2 2w2 2! 4w2 4! 1w0 2w0 18w4 10c0,4 4w4 4! 10+ 6w1 6! 4c3,3 4- 7c0,1 23r 23=1 7-
    10r 10=1 6w3 4w0 4! 6! 23w4 23! 7c2,1 10r 10=4 7- 4r 4=4 6c0,3 23w1 6- 10c4,3 23! 7w0 10- 7! 4w0 6w2
    23c4,4 10c3,4 7w1 9c0,3 11w4 11! 15c2,0 28c2,1 12c0,0 28- 15- 11r 11=4 28r 28=4 15r 15=4`,
  },
]

/** Times are places in the log. */
export function historyOf({ events }: EtcdLog): Operation<CasRegisterInput, unknown>[] {
  const history: { client: number; input: CasRegisterInput; start: number; end?: number; output?: unknown }[] = []
  for (const [time, word] of events.trim().split(/\s+/).entries()) {
    const [, client = '', sign = '', first = '', second = ''] = /^(\d+)([rwc=!+-])(\w*),?(\d*)$/.exec(word) ?? []
    const asked = { client: Number(client), start: time }
    if (sign === 'r') history.push({ ...asked, input: { op: 'read' } })
    else if (sign === 'w') history.push({ ...asked, input: { op: 'write', value: Number(first) } })
    else if (sign === 'c') history.push({ ...asked, input: { op: 'cas', from: Number(first), to: Number(second) } })
    else {
      const open = history.findLast((one) => one.client === Number(client))
      if (open === undefined) throw new Error(`nobody asked for ${word}`)
      open.end = time
      open.output = sign === '=' ? (first === 'nil' ? null : Number(first)) : sign === '!' ? undefined : sign === '+'
    }
  }
  return history
}

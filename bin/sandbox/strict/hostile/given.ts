// What an attack is told: all that an attacker could wish to know of where things lie. Nothing has to be guessed.

export interface Given {
  /** file that holds the secret, and one that is not to be changed, in a folder where nothing is to be added */
  readonly secretFile: string
  readonly victimFile: string
  readonly folder: string
  /** of the stand-in for the judge, which holds the secret in its memory and environment, and tells it to all who connect */
  readonly judge: {
    readonly pid: number
    readonly tcp: number
    readonly udp: number
    readonly socketFile: string
    readonly abstractSocket: string
  }
  /** another subject at work, which has the secret in its source */
  readonly neighbour: number
  /** found in the command line of whatever an attack leaves behind */
  readonly mark: string
}

/** Where an attack says what it got hold of. */
export const CHANNEL = 3

/** Said when an attack has come to its end. */
export const OVER = '(over)'

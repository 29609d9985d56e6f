// What intake makes of whatever an instructor has: folders, files, archives, repositories, exports of other systems. Plain
// data; nothing of a learner's is followed, only the bytes of the declared stub files are taken.

export interface Learner {
  /** as the roster or the export names them; the key of everything that is kept */
  readonly id: string
  readonly name?: string
  readonly email?: string
  readonly section?: string
  /** their ids elsewhere, under the header that the other system's export wants: `ID`, `SIS User ID`, `SIS Login ID` */
  readonly ids?: Readonly<Record<string, string>>
}

/** One file that is to be judged. A learner may have several for one kata: attempts. */
export interface Submitted {
  readonly learner: string
  /** slug */
  readonly kata: string
  readonly bytes: Uint8Array
  /** when it was handed in; absent where nothing says so */
  readonly atMs?: number
  /** who says when: the system that took it in, or the learner's own commit, whose time anybody can set at will */
  readonly atFrom?: 'export' | 'commit'
  /** the system that took it in says that it was late, and not when it came */
  readonly markedLateBy?: 'Canvas'
  /** where it came from, as an instructor would look it up: `ada/token-bucket.ts`, `bob.zip: katas/…`, `eve.git @ main` */
  readonly origin: string
}

/** Something that was there and was not taken: a link, a path that escapes, a bomb, what cannot be read. */
export interface NotTaken {
  /** absent where it belongs to nobody that we know */
  readonly learner?: string
  readonly origin: string
  /** a sentence for the instructor: what it is, and what to do */
  readonly why: string
  /** slugs of which this may have been the file, and no other was taken; empty where it stood in nobody's way */
  readonly katas: readonly string[]
}

export type Layout = 'folders' | 'files' | 'canvas' | 'gradescope' | 'github-classroom'

export interface Intake {
  readonly layout: Layout
  /** a sentence: what showed that it is this layout */
  readonly evidence: string
  /** of the roster, and whoever else handed something in */
  readonly learners: readonly Learner[]
  /** by learner, then kata, then attempts in order of time */
  readonly submitted: readonly Submitted[]
  readonly notTaken: readonly NotTaken[]
  /** what an instructor should know about how the class was read, a sentence each */
  readonly remarks: readonly string[]
  /** nothing was handed in, which is no zero of unknown origin; what could not be taken is no part of this */
  readonly missing: readonly { readonly learner: string; readonly kata: string }[]
}

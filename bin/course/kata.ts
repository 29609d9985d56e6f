// What a kata is to every other room: an identity (its path under each of the four rooms) and its lesson's front matter.

export const LEVELS = ['easy', 'medium', 'hard'] as const
export type Level = (typeof LEVELS)[number]

/** One kata, as far as folder names and front matter tell: cheap enough to read for a hundred katas at every start. */
export interface Kata {
  /** unique over the course, e.g. `token-bucket` */
  readonly slug: string
  /** the identity: relative path without ending in every room, e.g. `2-foundation/token-bucket` */
  readonly path: string
  /** 2 for `2-foundation` */
  readonly volume: number
  /** first-level heading of the lesson, e.g. `Token bucket` */
  readonly title: string
  readonly level: Level
  readonly minutes: number
  /** slugs to have passed before */
  readonly after: readonly string[]
}

/** Where things are. In the repository itself both are the same folder; `kata init` makes a root of its own. */
export interface Workspace {
  /** the course: lessons, graders, solutions, pristine stubs */
  readonly course: string
  /** the learner's side: `katas/` that they edit and `.kata/` that we keep */
  readonly root: string
}

// A reason to refuse a source before it runs, with its place in the learner's own file.

export interface SourceProblem {
  /** 1-based */
  readonly line: number
  /** 1-based */
  readonly column: number
  readonly message: string
  /** the member of the stub's API that is concerned */
  readonly member?: string
  readonly kind: 'syntax' | 'type' | 'api' | 'intake'
}

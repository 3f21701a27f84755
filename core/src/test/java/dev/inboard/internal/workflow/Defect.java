package dev.inboard.internal.workflow;

/** Mistakes that a backend or an engine could make, planted to show that the simulation notices. */
enum Defect {
  /** None. */
  NONE,
  /** Every turn is written, whoever owns the instance now. */
  SKIP_FENCE,
  /** What comes back from children does not say which generation asked. */
  DROP_GENERATION_TAGS,
  /** The commit is reported before it is done, so requests are carried out that are not stored. */
  DISPATCH_BEFORE_COMMIT,
  /** The result of a queued activity is stored after its task is removed, not with that. */
  RESULT_AFTER_TASK
}

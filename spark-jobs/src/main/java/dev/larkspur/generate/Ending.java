package dev.larkspur.generate;

/** Why a text does not go on. */
public enum Ending {
  /** The model has ended it. */
  END_OF_TEXT,
  /** As many tokens were added as were asked for. */
  TOKENS,
  /** The model reads no more tokens. */
  CONTEXT
}

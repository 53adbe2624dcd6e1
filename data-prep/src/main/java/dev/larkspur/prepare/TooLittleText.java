package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import dev.larkspur.document.DocumentCounts;
import dev.larkspur.prepare.PackTask.BucketTotals;
import dev.larkspur.prepare.ReadingTotals.SplitTokens;
import java.util.List;
import java.util.Optional;

/**
 * Checks that there is enough text for the number of shards. The tail of each bucket is dropped,
 * and every bucket is a task: many buckets with little text would take minutes and contain no
 * blocks.
 */
final class TooLittleText {
  private static final int MOST_SHARDS_OF_A_BLOCK = 4;

  private final PrepareSettings settings;
  private final boolean first;

  /**
   * @param first whether there is no part yet; a later part waits for more text, and needs no
   *     validation text
   */
  TooLittleText(PrepareSettings settings, boolean first) {
    this.settings = settings;
    this.first = first;
  }

  /** The problem once tokens are counted; empty if there is enough text. */
  Optional<String> counted(SplitTokens tokens, DocumentCounts counts) {
    for (Split split : first ? List.of(Split.values()) : List.of(Split.TRAIN)) {
      long blocks = tokens.of(split) / (settings.blocks().context() + 1);
      long most = first ? MOST_SHARDS_OF_A_BLOCK * blocks : blocks;
      if (settings.blocks().shards(split) > most) {
        return Optional.of(words(split, tokens.of(split), counts));
      }
    }
    return Optional.empty();
  }

  /** The problem after packing; empty if there is a block. */
  Optional<String> packed(Split split, BucketTotals total, DocumentCounts counts) {
    return total.blocks() > 0 || (split == Split.VALIDATION && !first)
        ? Optional.empty()
        : Optional.of(words(split, total.tokens(), counts));
  }

  private String words(Split split, long tokens, DocumentCounts counts) {
    boolean train = split == Split.TRAIN;
    long blocks = tokens / (settings.blocks().context() + 1);
    return "The "
        + (train ? "training" : "validation")
        + " split has "
        + tokens
        + " tokens for "
        + settings.blocks().shards(split)
        + " shards, but one block of one bucket takes "
        + (settings.blocks().context() + 1)
        + " ("
        + counts.read()
        + " records read, skipped: "
        + counts.skipped()
        + ", dropped: "
        + counts.dropped()
        + "): "
        + (blocks > 0 ? "lower the number of shards to at most " + blocks + ", " : "")
        + (first
            ? "lower the context, "
                + (train ? "lower" : "raise")
                + " the validation fraction, or add documents."
            : "or wait for more documents.");
  }
}

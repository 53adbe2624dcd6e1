package dev.larkspur.corpus;

import dev.larkspur.corpus.ManifestHistory.ManifestName.PaddedNumber;

/** The two splits of a corpus; no document is in both. */
public enum Split {
  /** Documents to train on. */
  TRAIN(0, "train"),
  /** Documents to evaluate on. */
  VALIDATION(1, "val");

  private final int code;
  private final String prefix;

  Split(int code, String prefix) {
    this.code = code;
    this.prefix = prefix;
  }

  /** The number of the split in keys; the bytes of every corpus depend on it. */
  public int code() {
    return code;
  }

  /**
   * File name of a shard: {@code train-00003.parquet} in the first part of a corpus, {@code
   * train-000002-00003.parquet} in the second.
   *
   * @param part from 1
   * @param shard from 0
   */
  public String shardName(int part, int shard) {
    String inPart = part == 1 ? "" : "-" + PaddedNumber.of(part, 6);
    return prefix + inPart + "-" + PaddedNumber.of(shard, 5) + ".parquet";
  }
}

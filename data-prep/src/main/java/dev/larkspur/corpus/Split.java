package dev.larkspur.corpus;

/** The two parts of a corpus; no document is in both. */
public enum Split {
  /** What a model is trained on. */
  TRAIN(0, "train"),
  /** What its quality is measured on. */
  VALIDATION(1, "val");

  private final int code;
  private final String prefix;

  Split(int code, String prefix) {
    this.code = code;
    this.prefix = prefix;
  }

  /** The number that stands for it in keys; the bytes of every corpus depend on it. */
  int code() {
    return code;
  }

  /** File name of a shard, such as {@code train-00003.parquet}. */
  String shardName(int shard) {
    String digits = Integer.toString(shard);
    return prefix + "-" + "0".repeat(Math.max(0, 5 - digits.length())) + digits + ".parquet";
  }
}

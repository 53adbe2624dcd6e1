package dev.larkspur.tokenizer;

import org.apache.hadoop.conf.Configuration;

/** Loads tokenizers. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * The tokenizer of a name or a file; loaded once per JVM.
   *
   * @param nameOrPath {@code gpt2}, or the path of a {@code tokenizer.json} or of a SentencePiece
   *     {@code tokenizer.model} on any Hadoop file system
   * @throws TokenizerException if the file cannot be read or would give other ids here than where
   *     it comes from
   */
  public static Tokenizer load(String nameOrPath, Configuration conf) {
    return TokenizerSource.read(nameOrPath, conf).tokenizer();
  }
}

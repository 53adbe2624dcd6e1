package dev.larkspur.tokenizer;

import org.apache.hadoop.conf.Configuration;

/** Loads tokenizers. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * Returns the tokenizer of a name or a file, which is loaded once per JVM.
   *
   * @param nameOrPath {@code gpt2}, or the path of a {@code tokenizer.json} or of a SentencePiece
   *     {@code tokenizer.model} on any Hadoop file system
   * @throws TokenizerException if the file cannot be read, or would be encoded differently than by
   *     its own library
   */
  public static Tokenizer load(String nameOrPath, Configuration conf) {
    return TokenizerSource.read(nameOrPath, conf).tokenizer();
  }
}

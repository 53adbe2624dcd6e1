package dev.larkspur.tokenizer;

import java.io.Serializable;

/**
 * What distinguishes one tokenizer from another.
 *
 * @param kind {@code gpt2}, {@code byte-level-bpe}, {@code sentencepiece-bpe} or {@code
 *     hugging-face}
 * @param name {@code gpt2}, or the name of the file without its folder
 * @param vocabulary number of ids, special tokens included: ids are 0 … vocabulary - 1
 * @param endOfText id of the token that ends a document
 * @param sha256 of the file's bytes, in hexadecimal; of a built-in tokenizer: empty
 */
public record TokenizerIdentity(
    String kind, String name, int vocabulary, int endOfText, String sha256)
    implements Serializable {
  /** True if both give the same ids; the name of the file does not matter. */
  public boolean sameIds(TokenizerIdentity other) {
    return kind.equals(other.kind) && sha256.equals(other.sha256);
  }
}

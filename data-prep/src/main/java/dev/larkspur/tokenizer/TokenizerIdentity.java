package dev.larkspur.tokenizer;

import java.io.Serializable;
import java.util.List;

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
  private static final String JSON_FILE = "tokenizer.json";
  private static final String SENTENCEPIECE_FILE = "tokenizer.model";

  /** All names under which a copy of a tokenizer's file is kept. */
  public static final List<String> FILE_NAMES = List.of(JSON_FILE, SENTENCEPIECE_FILE);

  /** True if the tokenizer is a file, not one of the built-in ones. */
  public boolean hasFile() {
    return !sha256.isEmpty();
  }

  /** The name under which a copy of its file is kept, as its kind is usually called. */
  public String fileName() {
    return kind.equals(SentencePieceTokenizer.KIND) ? SENTENCEPIECE_FILE : JSON_FILE;
  }

  /** True if both give the same ids, the end of text included; the file's name does not matter. */
  public boolean sameIds(TokenizerIdentity other) {
    return kind.equals(other.kind) && sha256.equals(other.sha256) && endOfText == other.endOfText;
  }
}

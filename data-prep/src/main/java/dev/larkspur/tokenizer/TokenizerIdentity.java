package dev.larkspur.tokenizer;

import java.io.Serializable;
import java.util.List;

/**
 * Identifies a tokenizer.
 *
 * @param kind {@code gpt2}, {@code byte-level-bpe}, {@code sentencepiece-bpe} or {@code
 *     hugging-face}
 * @param name {@code gpt2}, or the name of the file without its folder
 * @param vocabulary number of ids, special tokens included: ids are 0 … vocabulary - 1
 * @param endOfText id of the token that ends a document
 * @param sha256 of the file, in hexadecimal; empty for a built-in tokenizer
 */
public record TokenizerIdentity(
    String kind, String name, int vocabulary, int endOfText, String sha256)
    implements Serializable {
  private static final String JSON_FILE = "tokenizer.json";
  private static final String SENTENCEPIECE_FILE = "tokenizer.model";

  /** All names of copies of tokenizer files. */
  public static final List<String> FILE_NAMES = List.of(JSON_FILE, SENTENCEPIECE_FILE);

  /** Whether the tokenizer is a file, not a built-in one. */
  public boolean hasFile() {
    return !sha256.isEmpty();
  }

  /** The name of a copy of its file, the usual one of its kind. */
  public String fileName() {
    return kind.equals(SentencePieceTokenizer.KIND) ? SENTENCEPIECE_FILE : JSON_FILE;
  }

  /** Whether both give the same ids, including the end of text; file names are ignored. */
  public boolean sameIds(TokenizerIdentity other) {
    return kind.equals(other.kind) && sha256.equals(other.sha256) && endOfText == other.endOfText;
  }
}

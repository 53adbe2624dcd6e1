package dev.larkspur.settings;

/**
 * The tokenizer to learn from the documents.
 *
 * @param vocabulary entries, the 256 bytes and the end-of-text token included
 * @param out URI or path of the file to write
 */
public record TokenizerSettings(int vocabulary, String out) {

  /**
   * URI or path of the file to write.
   *
   * @throws IllegalStateException if it is not set, which the {@link Purpose} allowed
   */
  @Override
  public String out() {
    return Unset.checked("tokenizer.out", out);
  }
}

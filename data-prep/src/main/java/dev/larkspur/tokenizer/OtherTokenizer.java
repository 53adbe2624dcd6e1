package dev.larkspur.tokenizer;

/**
 * Says why a {@code tokenizer.json} is not a byte-level BPE that is encoded exactly here; it may
 * still be one that the Hugging Face library encodes. The message is the reason alone.
 */
final class OtherTokenizer extends Exception {
  private static final long serialVersionUID = 1L;

  OtherTokenizer(String reason) {
    super(reason);
  }
}

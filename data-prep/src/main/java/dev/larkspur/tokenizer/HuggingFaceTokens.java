package dev.larkspur.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;

/** A tokenizer that uses the Hugging Face library. */
final class HuggingFaceTokens extends ListedTokens {
  static final String KIND = "hugging-face";

  private final HuggingFaceTokenizer library;
  private final TokenBytes decoder;
  private final int unknown;
  private final String reason;

  /**
   * A tokenizer.
   *
   * @param library the library's tokenizer, with renamed special tokens
   * @param texts of all tokens, by id, as the file writes them
   * @param unknown id of the token for unknown words; -1 if there is none
   * @param reason why the library is needed
   */
  HuggingFaceTokens(
      HuggingFaceTokenizer library,
      TokenBytes decoder,
      Map<Integer, String> texts,
      SortedMap<Integer, String> specials,
      int unknown,
      String reason,
      TokenizerIdentity identity) {
    super(bytes(decoder, texts, specials, identity.vocabulary()), specials, identity);
    this.library = library;
    this.decoder = decoder;
    this.unknown = unknown;
    this.reason = reason;
  }

  private static byte[][] bytes(
      TokenBytes decoder,
      Map<Integer, String> texts,
      SortedMap<Integer, String> specials,
      int vocabulary) {
    byte[][] bytes = new byte[vocabulary][];
    texts.forEach(
        (id, text) ->
            bytes[id] =
                specials.containsKey(id)
                    ? text.getBytes(StandardCharsets.UTF_8)
                    : decoder.bytes(text));
    return bytes;
  }

  /**
   * The ids of a text.
   *
   * @throws TokenizerException if one is that of a special token, which may only mark the ends of
   *     documents
   */
  @Override
  public int[] encode(String text) {
    // A lone surrogate would reach native code as "?".
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    long[] found = find(valid);
    int[] ids = new int[found.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Math.toIntExact(found[i]);
      if (ids[i] >= vocabulary() || isSpecialOtherThanUnknown(ids[i])) {
        throw new TokenizerException(
            "The tokenizer "
                + identity().name()
                + " cannot be used: a text became its special token "
                + specialTokens().getOrDefault(ids[i], Integer.toString(ids[i]))
                + ", which would end or cut documents where their authors wrote it; give another"
                + " one, or learn a tokenizer of your own.");
      }
    }
    return ids;
  }

  private long[] find(String valid) {
    try {
      return library.encode(valid, false, false).getIds();
    } catch (RuntimeException failure) {
      throw new TokenizerException(
          "The tokenizer "
              + identity().name()
              + " cannot be used: the Hugging Face library cannot encode a text with it ("
              + failure.getMessage()
              + "); give another one, or learn a tokenizer of your own.",
          failure);
    }
  }

  private boolean isSpecialOtherThanUnknown(int id) {
    return specialTokens().containsKey(id) && id != unknown;
  }

  /** Decodes like the library, without the space that some tokenizers put before a text. */
  @Override
  public String decode(int[] ids) {
    String text = super.decode(ids);
    return decoder.dropsFirstSpace() && text.startsWith(" ") ? text.substring(1) : text;
  }

  @Override
  public String encoder() {
    return "the Hugging Face library, because " + reason;
  }
}

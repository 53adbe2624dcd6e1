package dev.larkspur.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;

/** A tokenizer whose work is done by the Hugging Face library. */
final class HuggingFaceTokens implements Tokenizer {
  static final String KIND = "hugging-face";

  private static final byte[] NOTHING = {};

  private final HuggingFaceTokenizer library;
  private final byte[][] bytes; // [id][byte]
  private final TokenBytes decoder;
  private final SortedMap<Integer, String> specials;
  private final int unknown;
  private final String reason;
  private final TokenizerIdentity identity;

  /**
   * A tokenizer.
   *
   * @param library where the special tokens have names that no text holds
   * @param texts of all tokens, by id, as the file writes them
   * @param unknown id of what the library gives for a word that it does not know, -1 if nothing
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
    this.library = library;
    this.decoder = decoder;
    this.specials = Collections.unmodifiableSortedMap(specials);
    this.unknown = unknown;
    this.reason = reason;
    this.identity = identity;
    bytes = new byte[identity.vocabulary()][];
    texts.forEach(
        (id, text) ->
            bytes[id] =
                specials.containsKey(id)
                    ? text.getBytes(StandardCharsets.UTF_8)
                    : decoder.bytes(text));
  }

  @Override
  public int vocabulary() {
    return identity.vocabulary();
  }

  @Override
  public int endOfText() {
    return identity.endOfText();
  }

  /**
   * The ids of a text.
   *
   * @throws TokenizerException if one is that of a special token, which marks documents and not
   *     what is written in them
   */
  @Override
  public int[] encode(String text) {
    // Half a character would not pass the border to native code: Java writes "?" for it.
    String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    long[] found = library.encode(whole, false, false).getIds();
    int[] ids = new int[found.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Math.toIntExact(found[i]);
      if (ids[i] >= vocabulary() || isSpecialOtherThanUnknown(ids[i])) {
        throw new TokenizerException(
            "The tokenizer "
                + identity.name()
                + " cannot be used: a text became its special token "
                + specials.getOrDefault(ids[i], Integer.toString(ids[i]))
                + ", which would end or cut documents where their authors wrote it; give another"
                + " one, or learn a tokenizer of your own.");
      }
    }
    return ids;
  }

  private boolean isSpecialOtherThanUnknown(int id) {
    return specials.containsKey(id) && id != unknown;
  }

  @Override
  public byte[] bytes(int id) {
    byte[] piece = bytes[id];
    return piece == null ? NOTHING : piece.clone();
  }

  /** As the library decodes: without the space that some tokenizers put before a text. */
  @Override
  public String decode(int[] ids) {
    String text = Tokenizer.super.decode(ids);
    return decoder.dropsFirstSpace() && text.startsWith(" ") ? text.substring(1) : text;
  }

  @Override
  public SortedMap<Integer, String> specialTokens() {
    return specials;
  }

  @Override
  public String encoder() {
    return "the Hugging Face library, because " + reason;
  }

  @Override
  public TokenizerIdentity identity() {
    return identity;
  }
}

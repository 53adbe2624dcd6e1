package dev.larkspur.tokenizer;

import com.knuddels.jtokkit.api.Encoding;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A tokenizer whose work is done by jtokkit. */
final class JtokkitTokenizer implements Tokenizer {
  private static final byte[] NOTHING = {};

  private final Encoding encoding;
  private final byte[][] pieces; // [id][byte], null where no token has the id
  private final SortedMap<Integer, String> specials = new TreeMap<>();
  private final TokenizerIdentity identity;

  JtokkitTokenizer(
      Encoding encoding,
      byte[][] pieces,
      Map<String, Integer> specials,
      TokenizerIdentity identity) {
    this.encoding = encoding;
    this.pieces = pieces;
    this.identity = identity;
    specials.forEach((text, id) -> this.specials.put(id, text));
  }

  @Override
  public int vocabulary() {
    return identity.vocabulary();
  }

  @Override
  public int endOfText() {
    return identity.endOfText();
  }

  @Override
  public int[] encode(String text) {
    return encoding.encodeOrdinary(text).toArray();
  }

  @Override
  public Iterator<int[]> encodeInPieces(String text) {
    TextPieces pieces = new TextPieces(text, JtokkitTokenizer::startsWord);
    return new EncodedPieces(pieces, this::encode);
  }

  /** Between a letter and the space before another one, GPT-2's expression always cuts. */
  private static boolean startsWord(String text, int index) {
    return text.charAt(index) == ' '
        && isLetter(text.charAt(index - 1))
        && index + 1 < text.length()
        && isLetter(text.charAt(index + 1));
  }

  private static boolean isLetter(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
  }

  @Override
  public byte[] bytes(int id) {
    byte[] piece = pieces[id];
    return piece == null ? NOTHING : piece.clone();
  }

  @Override
  public SortedMap<Integer, String> specialTokens() {
    return Collections.unmodifiableSortedMap(specials);
  }

  @Override
  public String encoder() {
    return "jtokkit, whose ids are those of the merges in their order";
  }

  @Override
  public TokenizerIdentity identity() {
    return identity;
  }
}

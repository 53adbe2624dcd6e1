package dev.larkspur.tokenizer;

import com.knuddels.jtokkit.api.Encoding;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** A tokenizer that uses jtokkit. */
final class JtokkitTokenizer extends ListedTokens {
  private final Encoding encoding;

  JtokkitTokenizer(
      Encoding encoding,
      byte[][] pieces,
      Map<String, Integer> specials,
      TokenizerIdentity identity) {
    super(pieces, byId(specials), identity);
    this.encoding = encoding;
  }

  private static SortedMap<Integer, String> byId(Map<String, Integer> specials) {
    SortedMap<Integer, String> texts = new TreeMap<>();
    specials.forEach((text, id) -> texts.put(id, text));
    return texts;
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

  /**
   * Whether a word starts here: GPT-2's expression always splits between a letter and a space
   * before another letter.
   */
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
  public String encoder() {
    return "jtokkit, whose ids are those of the merges in their order";
  }

  /** The ids of the pieces of a text, one piece at a time. */
  private record EncodedPieces(Iterator<String> pieces, Function<String, int[]> encoder)
      implements Iterator<int[]> {
    @Override
    public boolean hasNext() {
      return pieces.hasNext();
    }

    @Override
    public int[] next() {
      return encoder.apply(pieces.next());
    }
  }
}

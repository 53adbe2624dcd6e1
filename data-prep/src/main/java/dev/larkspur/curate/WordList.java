package dev.larkspur.curate;

import dev.larkspur.curate.CurationRule.BadWords;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.PrivateBuffers;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The list of {@link BadWords}, read once on the driver, as a tree of characters. */
final class WordList implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Set<UnicodeScript> WITHOUT_SPACES =
      Set.of(
          UnicodeScript.HAN,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.THAI,
          UnicodeScript.LAO,
          UnicodeScript.KHMER,
          UnicodeScript.MYANMAR);

  private final Node root = new Node();
  private final String sha256;

  private WordList(byte[] file) {
    new String(file, StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.strip().toLowerCase(Locale.ROOT))
        .filter(word -> !word.isEmpty())
        .forEach(this::add);
    try {
      sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void add(String word) {
    Node node = root;
    for (int i = 0; i < word.length(); i++) {
      node = node.next.computeIfAbsent(word.charAt(i), any -> new Node());
    }
    node.ends = true;
  }

  /**
   * Reads a list.
   *
   * @throws BadInputException if it cannot be read or has no word
   */
  static WordList read(String path, Configuration conf) {
    Path file = new Path(path);
    try (InputStream in = PrivateBuffers.fileSystem(file, conf).open(file)) {
      WordList list = new WordList(in.readAllBytes());
      if (list.root.next.isEmpty()) {
        throw new BadInputException(
            path + " has no word: add some, or unset data.curation.bad-words.");
      }
      return list;
    } catch (IOException failure) {
      throw new BadInputException(
          "Cannot read the word list "
              + path
              + " ("
              + failure.getMessage()
              + "): correct data.curation.bad-words.",
          failure);
    }
  }

  /** SHA-256 of the file, in hexadecimal. */
  String sha256() {
    return sha256;
  }

  /** Whether a text contains a listed word. */
  boolean occursIn(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (int start = 0; start < lower.length(); start++) {
      if (isBorder(lower, start) && beginsAt(lower, start)) {
        return true;
      }
    }
    return false;
  }

  private boolean beginsAt(String text, int start) {
    Node node = root;
    for (int i = start; i < text.length() && node != null; i++) {
      node = node.next.get(text.charAt(i));
      if (node != null && node.ends && isBorder(text, i + 1)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a word may begin or end before a character. */
  private static boolean isBorder(String text, int index) {
    return index == 0
        || index == text.length()
        || !joins(text.codePointBefore(index))
        || !joins(text.codePointAt(index));
  }

  private static boolean joins(int point) {
    return (Character.isLetterOrDigit(point) || point == '_')
        && !WITHOUT_SPACES.contains(UnicodeScript.of(point));
  }

  private static final class Node implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Map<Character, Node> next = new HashMap<>();
    private boolean ends;
  }
}

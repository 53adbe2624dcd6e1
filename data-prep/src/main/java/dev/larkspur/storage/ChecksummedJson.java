package dev.larkspur.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JSON object in a file that contains its own length and checksum: {@code "bytes"}, the length of
 * the file, is added as the first field, and {@code "sha256"}, of all bytes before that value, as
 * the last. Together they distinguish a file that an interrupted writer left truncated from one
 * that was damaged or edited, whichever byte has changed.
 */
public final class ChecksummedJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String LENGTH = "bytes";
  private static final String CHECKSUM = "sha256";
  private static final String BEGINNING = "{\n  \"" + LENGTH + "\" : ";
  private static final String BEFORE_CHECKSUM = ",\n  \"" + CHECKSUM + "\" : \"";
  private static final String AFTER_CHECKSUM = "\"\n}\n";
  private static final int CHECKSUM_LENGTH = 64;
  private static final int END_LENGTH =
      BEFORE_CHECKSUM.length() + CHECKSUM_LENGTH + AFTER_CHECKSUM.length();
  private static final Pattern HEADER = Pattern.compile(Pattern.quote(BEGINNING) + "(\\d{1,9}),");
  private static final Pattern CUT_HEADER = Pattern.compile(Pattern.quote(BEGINNING) + "\\d{0,9}");
  private static final Pattern END =
      Pattern.compile(
          "%s([0-9a-f]{%d})%s"
              .formatted(
                  Pattern.quote(BEFORE_CHECKSUM), CHECKSUM_LENGTH, Pattern.quote(AFTER_CHECKSUM)));

  private ChecksummedJson() {}

  /** The state of a file. */
  public enum State {
    /** The file is as it was written. */
    INTACT,
    /** The file is truncated: its writer was interrupted. */
    TRUNCATED,
    /** The file is a JSON object without length and checksum. */
    UNCHECKED,
    /** The file has been changed since it was written. */
    DAMAGED
  }

  /**
   * The content of a file.
   *
   * @param state of the file
   * @param json the object that was written, without length and checksum; empty if the file is
   *     truncated or damaged
   */
  public record Content(State state, String json) {}

  /**
   * The bytes of the file.
   *
   * @param json an object of at least one field
   */
  public static byte[] write(String json) {
    String object = json.strip();
    String fields =
        object.startsWith("{") && object.endsWith("}")
            ? object.substring(1, object.length() - 1).stripTrailing()
            : "";
    if (fields.isBlank()) {
      throw new IllegalArgumentException("not a JSON object with fields: " + json);
    }
    int rest = BEGINNING.length() + 1 + utf8(fields).length + END_LENGTH;
    int digits = 1;
    while (Integer.toString(rest + digits).length() > digits) {
      digits++;
    }
    String checked = BEGINNING + (rest + digits) + "," + fields + BEFORE_CHECKSUM;
    return utf8(checked + Sha256.hex(utf8(checked)) + AFTER_CHECKSUM);
  }

  /** Reads a file and determines its state. */
  public static Content read(byte[] file) {
    // Every byte is one character, so that offsets in the text are offsets in the file.
    String text = new String(file, StandardCharsets.ISO_8859_1);
    Matcher header = HEADER.matcher(text);
    if (!header.lookingAt()) {
      return ofOtherForm(file, text);
    }
    Matcher end = END.matcher(text).region(Math.max(0, text.length() - END_LENGTH), text.length());
    int length = Integer.parseInt(header.group(1));
    if (!end.matches()) {
      // A changed byte of the length or of the end must not look like truncation.
      return new Content(length > file.length ? State.TRUNCATED : State.DAMAGED, "");
    }
    byte[] checked = Arrays.copyOf(file, end.start(1));
    if (length != file.length || !Sha256.hex(checked).equals(end.group(1))) {
      return new Content(State.DAMAGED, "");
    }
    byte[] fields = Arrays.copyOfRange(file, header.end(), end.start());
    return new Content(State.INTACT, "{" + new String(fields, StandardCharsets.UTF_8) + "\n}");
  }

  private static Content ofOtherForm(byte[] file, String text) {
    if (BEGINNING.startsWith(text) || CUT_HEADER.matcher(text).matches()) {
      return new Content(State.TRUNCATED, "");
    }
    try {
      JsonNode tree = JSON.readTree(file);
      return tree.isObject() && !tree.has(LENGTH) && !tree.has(CHECKSUM)
          ? new Content(State.UNCHECKED, new String(file, StandardCharsets.UTF_8))
          : new Content(State.DAMAGED, "");
    } catch (JsonProcessingException e) {
      return new Content(State.DAMAGED, "");
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

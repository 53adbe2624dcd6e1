package dev.larkspur.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the tokens of a {@code tokenizer.json} stand for, as its decoder says.
 *
 * @param steps the decoder's, in order
 * @param dropsFirstSpace whether a text is decoded without the space before its first word
 */
record TokenBytes(List<Step> steps, boolean dropsFirstSpace) {
  private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");
  private static final String METASPACE = "\u2581";

  /** A step of a decoder, for one token: gives bytes where the token is finished, else null. */
  interface Step {
    byte[] apply(StringBuilder token);
  }

  TokenBytes {
    steps = List.copyOf(steps);
  }

  /**
   * Reads a decoder.
   *
   * @param name what messages call the file
   * @param byteFallback whether the model writes bytes as {@code <0x0A>}
   * @throws TokenizerException if the decoder is of a kind that does not decode tokens one by one
   */
  static TokenBytes of(String name, JsonNode decoder, boolean byteFallback) {
    List<Step> steps = new ArrayList<>();
    if (byteFallback) {
      steps.add(TokenBytes::fallback);
    }
    boolean dropsFirstSpace = false;
    Iterable<JsonNode> parts =
        decoder.path("type").asText().equals("Sequence")
            ? decoder.path("decoders")
            : List.of(decoder);
    for (JsonNode part : parts) {
      switch (part.path("type").asText()) {
        // No decoder; and what joins tokens without changing them.
        case "", "Fuse" -> {}
        case "ByteFallback" -> steps.add(TokenBytes::fallback);
        case "ByteLevel" -> steps.add(token -> ByteAlphabet.bytes(token.toString()));
        case "Metaspace" -> {
          steps.add(replace(part.path("replacement").asText(METASPACE), " "));
          dropsFirstSpace |=
              part.has("prepend_scheme")
                  ? !part.get("prepend_scheme").asText().equals("never")
                  : part.path("add_prefix_space").asBoolean(true);
        }
        case "Replace" -> {
          if (!part.path("pattern").has("String")) {
            throw refuse(name, "Replace by a regular expression");
          }
          steps.add(
              replace(part.path("pattern").get("String").asText(), part.path("content").asText()));
        }
        case "Strip" -> {
          if (!part.path("content").asText().equals(" ") || part.path("start").asInt() != 1) {
            throw refuse(name, "Strip of other than one space before");
          }
          dropsFirstSpace = true;
        }
        case "WordPiece" -> {
          steps.add(wordPiece(part.path("prefix").asText("##")));
          dropsFirstSpace = true;
        }
        case "BPEDecoder" -> steps.add(replace(part.path("suffix").asText("</w>"), " "));
        default -> throw refuse(name, part.path("type").asText());
      }
    }
    return new TokenBytes(steps, dropsFirstSpace);
  }

  /** UTF-8 of a token, perhaps part of a character. */
  byte[] bytes(String token) {
    StringBuilder text = new StringBuilder(token);
    for (Step step : steps) {
      byte[] bytes = step.apply(text);
      if (bytes != null) {
        return bytes;
      }
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] fallback(StringBuilder token) {
    return BYTE.matcher(token).matches()
        ? new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)}
        : null;
  }

  private static Step replace(String part, String by) {
    return token -> {
      String replaced = token.toString().replace(part, by);
      token.setLength(0);
      token.append(replaced);
      return null;
    };
  }

  private static Step wordPiece(String prefix) {
    return token -> {
      if (token.indexOf(prefix) == 0) {
        token.delete(0, prefix.length());
      } else {
        token.insert(0, ' ');
      }
      return null;
    };
  }

  private static TokenizerException refuse(String name, String decoder) {
    return new TokenizerException(
        "The tokenizer "
            + name
            + " cannot be used, because its decoder ("
            + decoder
            + ") does not say what one token stands for: give another one, or learn a tokenizer of"
            + " your own.");
  }
}

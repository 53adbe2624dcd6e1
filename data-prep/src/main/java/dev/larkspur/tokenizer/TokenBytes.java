package dev.larkspur.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Decodes single tokens of a {@code tokenizer.json} by its decoder.
 *
 * @param steps of the decoder, in order
 * @param dropsFirstSpace whether decoding removes the space before the first word
 */
record TokenBytes(List<Step> steps, boolean dropsFirstSpace) {
  private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");
  private static final String METASPACE = "\u2581";

  /**
   * A step of a decoder for a single token: returns its bytes if decoding is complete, else null.
   */
  interface Step {
    byte[] apply(StringBuilder token);
  }

  TokenBytes {
    steps = List.copyOf(steps);
  }

  /**
   * Reads a decoder.
   *
   * @param name of the file, for messages
   * @param byteFallback whether the model writes bytes as {@code <0x0A>}
   * @throws TokenizerException if the decoder cannot decode single tokens
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
        // No decoder, or one that only joins tokens.
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

  /** UTF-8 of a token, possibly a part of a character. */
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

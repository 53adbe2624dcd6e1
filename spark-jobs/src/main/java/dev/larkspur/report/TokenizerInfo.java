package dev.larkspur.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.larkspur.corpus.TokenWidth;
import dev.larkspur.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;

/**
 * Properties of a tokenizer.
 *
 * @param source where it comes from
 * @param encoder the algorithm that encodes text
 * @param ids its vocabulary
 * @param tokens of a text; null without a text
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TokenizerInfo(
    @JsonUnwrapped Source source, String encoder, @JsonUnwrapped Ids ids, List<Token> tokens) {

  /**
   * The origin of a tokenizer.
   *
   * @param kind of {@link dev.larkspur.tokenizer.TokenizerIdentity}
   * @param name of the file
   * @param sha256 of the file; empty for a built-in one
   */
  public record Source(String kind, String name, String sha256) {}

  /**
   * A vocabulary.
   *
   * @param vocabulary number of ids
   * @param bytesPerId in a corpus
   * @param endOfText id
   * @param specialTokens text by id
   * @param longest the token with the most bytes
   */
  public record Ids(
      int vocabulary,
      int bytesPerId,
      int endOfText,
      SortedMap<Integer, String> specialTokens,
      Token longest) {}

  /**
   * A token.
   *
   * @param text its text; bytes that are part of a character appear as {@code \\xE2}
   */
  public record Token(int id, String text) {
    static Token of(Tokenizer tokenizer, int id) {
      byte[] bytes = tokenizer.bytes(id);
      String text = new String(bytes, StandardCharsets.UTF_8);
      boolean valid = Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes);
      return new Token(id, valid ? text : escaped(bytes));
    }

    private static String escaped(byte[] bytes) {
      StringBuilder text = new StringBuilder();
      for (byte value : bytes) {
        if (value >= ' ' && value <= '~') {
          text.append((char) value);
        } else {
          text.append("\\x").append(HexFormat.of().withUpperCase().toHexDigits(value));
        }
      }
      return text.toString();
    }
  }

  /**
   * Describes a tokenizer.
   *
   * @param text to tokenize; null for none
   */
  public static TokenizerInfo of(Tokenizer tokenizer, String text) {
    return new TokenizerInfo(
        new Source(
            tokenizer.identity().kind(),
            tokenizer.identity().name(),
            tokenizer.identity().sha256()),
        tokenizer.encoder(),
        new Ids(
            tokenizer.vocabulary(),
            TokenWidth.of(tokenizer.vocabulary()).bytes(),
            tokenizer.endOfText(),
            tokenizer.specialTokens(),
            longest(tokenizer)),
        text == null ? null : tokens(tokenizer, text));
  }

  private static Token longest(Tokenizer tokenizer) {
    int longest = 0;
    for (int id = 1; id < tokenizer.vocabulary(); id++) {
      boolean ordinary = !tokenizer.specialTokens().containsKey(id);
      if (ordinary && tokenizer.bytes(id).length > tokenizer.bytes(longest).length) {
        longest = id;
      }
    }
    return Token.of(tokenizer, longest);
  }

  private static List<Token> tokens(Tokenizer tokenizer, String text) {
    List<Token> tokens = new ArrayList<>();
    for (int id : tokenizer.encode(text)) {
      tokens.add(Token.of(tokenizer, id));
    }
    return tokens;
  }
}

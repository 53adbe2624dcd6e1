package dev.larkspur.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Parses and validates the JSON of a {@code tokenizer.json}. */
final class TokenizerJson {
  /** Far more than any tokenizer has; bounds arrays that are indexed by id. */
  private static final int MOST_IDS = 1 << 24;

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private TokenizerJson() {}

  /**
   * Reads a file.
   *
   * @param name of the file, for messages
   * @throws TokenizerException if it is not JSON, or has duplicate keys
   */
  static JsonNode read(String name, byte[] file) {
    try {
      return JSON.readTree(file);
    } catch (IOException broken) {
      String why =
          broken instanceof JsonProcessingException json
              ? json.getOriginalMessage()
              : broken.getMessage();
      throw new TokenizerException(
          "The tokenizer "
              + name
              + " is not valid JSON ("
              + why
              + "): give the path of a tokenizer.json.",
          broken);
    }
  }

  /**
   * The id of a token.
   *
   * @throws TokenizerException if it is not an id, or so large that most ids would have no token
   */
  static int id(String name, String token, JsonNode id) {
    if (!id.isIntegralNumber() || !id.canConvertToInt() || id.asInt() < 0) {
      throw refuse(name, "its token '" + token + "' has no id: " + id);
    }
    if (id.asInt() >= MOST_IDS) {
      throw refuse(
          name,
          "the id %d of its token '%s' is not below %d".formatted(id.asInt(), token, MOST_IDS));
    }
    return id.asInt();
  }

  /**
   * Checks the regular expressions.
   *
   * @throws TokenizerException if an expression may backtrack catastrophically
   */
  static void requireQuickPatterns(String name, JsonNode root) {
    Deque<JsonNode> steps = new ArrayDeque<>();
    steps.push(root.path("normalizer"));
    steps.push(root.path("pre_tokenizer"));
    while (!steps.isEmpty()) {
      JsonNode step = steps.pop();
      step.forEach(steps::push);
      String expression = step.path("Regex").asText("");
      PatternCost.problem(expression)
          .ifPresent(
              problem -> {
                throw refuse(
                    name,
                    "a search for its expression '%s' may never end: %s"
                        .formatted(expression, problem));
              });
    }
  }

  static TokenizerException refuse(String name, String reason) {
    return new TokenizerException(
        "The tokenizer "
            + name
            + " cannot be used, because "
            + reason
            + ": give another one, or learn a tokenizer of your own.");
  }

  /**
   * A {@code tokenizer.json} is not a byte-level BPE that can be encoded exactly; the Hugging Face
   * library may support it. The message is only the reason.
   */
  static final class OtherTokenizer extends Exception {
    private static final long serialVersionUID = 1L;

    OtherTokenizer(String reason) {
      super(reason);
    }
  }
}

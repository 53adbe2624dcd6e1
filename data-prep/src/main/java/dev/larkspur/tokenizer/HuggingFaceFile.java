package dev.larkspur.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Prepares a {@code tokenizer.json} for the Hugging Face library.
 *
 * <p>The library looks for special tokens in every text, and its binding has no option to disable
 * that. This class therefore renames them to texts that do not occur; ids and order stay. Steps
 * after the encoding (templates, truncation, padding) are removed.
 */
final class HuggingFaceFile {
  private static final List<String> ENDS_OF_TEXT =
      List.of(
          Gpt2.END_OF_TEXT,
          "<|end_of_text|>",
          "</s>",
          "<eos>",
          "<\uff5cend\u2581of\u2581sentence\uff5c>",
          "<|im_end|>",
          "[EOS]",
          "[SEP]");
  // A Unicode noncharacter.
  private static final char MARK = '\ufdd0';

  private final String name;
  private final String sha256;
  private final ObjectNode root;
  private final ObjectNode model;
  private final SortedMap<Integer, String> specials = new TreeMap<>();
  private final Map<Integer, String> texts = new HashMap<>();
  private final Map<String, String> hidden = new HashMap<>();

  /**
   * Reads a file.
   *
   * @param name of the file, for messages
   * @throws TokenizerException if it is not a tokenizer
   */
  HuggingFaceFile(String name, byte[] file, String sha256) {
    this.name = name;
    this.sha256 = sha256;
    if (!(TokenizerJson.read(name, file) instanceof ObjectNode object)
        || !(object.path("model") instanceof ObjectNode itsModel)) {
      throw refuse("it has no model");
    }
    root = object;
    model = itsModel;
    TokenizerJson.requireQuickPatterns(name, root);
    addVocabulary(model.path("vocab"));
    addTokens(root.path("added_tokens"));
  }

  private void addVocabulary(JsonNode vocab) {
    vocab
        .properties()
        .forEach(
            token -> add(TokenizerJson.id(name, token.getKey(), token.getValue()), token.getKey()));
    for (int id = 0; vocab.isArray() && id < vocab.size(); id++) {
      add(id, vocab.get(id).path(0).asText());
    }
  }

  private void addTokens(JsonNode tokens) {
    for (JsonNode token : tokens) {
      String content = token.path("content").asText();
      if (!token.isObject() || content.isEmpty()) {
        throw refuse("it has an added token without content");
      }
      int id = TokenizerJson.id(name, content, token.path("id"));
      texts.put(id, content);
      if (token.path("special").asBoolean()) {
        specials.put(id, content);
        hidden.put(content, MARK + sha256.substring(0, 16) + '-' + id);
      }
    }
  }

  private void add(int id, String text) {
    String other = texts.put(id, text);
    if (other != null && !other.equals(text)) {
      throw refuse("its tokens '%s' and '%s' have the same id %d".formatted(other, text, id));
    }
  }

  /**
   * The tokenizer.
   *
   * @param reason why the library is needed
   * @param chosen the token that ends a document
   * @throws TokenizerException if the library cannot read the file, or would encode the text of a
   *     special token as that token
   */
  Tokenizer tokenizer(String reason, EndOfText chosen) {
    TokenBytes decoder =
        TokenBytes.of(name, root.path("decoder"), model.path("byte_fallback").asBoolean());
    int unknown = unknown();
    hideSpecials();
    for (String late : List.of("truncation", "padding", "post_processor")) {
      root.putNull(late);
    }
    int vocabulary = texts.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    TokenizerIdentity identity =
        new TokenizerIdentity(HuggingFaceTokens.KIND, name, vocabulary, endOfText(chosen), sha256);
    HuggingFaceTokens tokenizer =
        new HuggingFaceTokens(
            HuggingFaceLibrary.load(name, root.toString()),
            decoder,
            texts,
            specials,
            unknown,
            reason,
            identity);
    specials.values().forEach(tokenizer::encode);
    return tokenizer;
  }

  private int unknown() {
    String text = model.path("unk_token").asText("");
    for (Map.Entry<Integer, String> token : specials.entrySet()) {
      if (token.getValue().equals(text)) {
        return token.getKey();
      }
    }
    return model.path("unk_id").asInt(-1);
  }

  private int endOfText(EndOfText chosen) {
    if (!chosen.isDefault()) {
      return chosen.in(name, specials);
    }
    for (String text : ENDS_OF_TEXT) {
      for (Map.Entry<Integer, String> special : specials.entrySet()) {
        if (special.getValue().equals(text)) {
          return special.getKey();
        }
      }
    }
    throw refuse(
        "none of its special tokens "
            + specials.values()
            + " is known to end a text, such as "
            + Gpt2.END_OF_TEXT
            + " or </s>; data.end-of-text can name the one that does");
  }

  private void hideSpecials() {
    for (JsonNode token : root.path("added_tokens")) {
      rename((ObjectNode) token, "content");
    }
    rename(model, "unk_token");
    if (model.get("vocab") instanceof ObjectNode vocab) {
      hidden.forEach(
          (text, other) -> {
            if (vocab.has(text)) {
              vocab.set(other, vocab.remove(text));
            }
          });
    }
    for (JsonNode piece : model.path("vocab")) {
      if (piece instanceof ArrayNode pair && hidden.containsKey(pair.path(0).asText())) {
        pair.set(0, hidden.get(pair.path(0).asText()));
      }
    }
    for (JsonNode merge : model.path("merges")) {
      String merged =
          merge.isArray()
              ? merge.path(0).asText() + merge.path(1).asText()
              : merge.asText().replace(" ", "");
      if (hidden.containsKey(merged)) {
        throw refuse("its special token '" + merged + "' is also what a merge gives");
      }
    }
  }

  private void rename(ObjectNode node, String field) {
    String other = hidden.get(node.path(field).asText());
    if (other != null) {
      node.put(field, other);
    }
  }

  private TokenizerException refuse(String reason) {
    return TokenizerJson.refuse(name, reason);
  }
}

package dev.larkspur.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import dev.larkspur.tokenizer.TokenizerJson.OtherTokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the byte-level BPE of a {@code tokenizer.json}; unsupported features are refused by name.
 */
final class TokenizerJsonReader {
  private final String name;

  TokenizerJsonReader(String name) {
    this.name = name;
  }

  ByteLevelBpe read(byte[] json) throws OtherTokenizer {
    JsonNode root = TokenizerJson.read(name, json);
    JsonNode model = root.path("model");
    if (!model.path("vocab").isObject() || !model.path("merges").isArray()) {
      throw refuse("it has no model with vocab and merges");
    }
    checkFeatures(root, model);
    Map<String, Integer> specials = specials(root.path("added_tokens"));
    Map<String, Integer> vocabulary = vocabulary(model.path("vocab"));
    byte[][] pieces = pieces(vocabulary, specials);
    Integer endOfText = specials.get(Gpt2.END_OF_TEXT);
    if (endOfText == null) {
      throw refuse("it has no special token " + Gpt2.END_OF_TEXT);
    }
    return new ByteLevelBpe(pieces, merges(model.path("merges"), vocabulary), specials, endOfText);
  }

  private static void checkFeatures(JsonNode root, JsonNode model) throws OtherTokenizer {
    absent(root, "normalizer");
    absent(root, "truncation");
    absent(root, "padding");
    JsonNode words = root.path("pre_tokenizer");
    if (!words.path("type").asText().equals("ByteLevel")) {
      throw refuse("its pre_tokenizer is " + type(words) + ", not ByteLevel");
    }
    if (words.path("add_prefix_space").asBoolean(true)) {
      throw refuse("its pre_tokenizer has add_prefix_space");
    }
    if (!words.path("use_regex").asBoolean(true)) {
      throw refuse("its pre_tokenizer has use_regex off");
    }
    if (!model.path("type").asText("BPE").equals("BPE")) {
      throw refuse("its model is " + type(model) + ", not BPE");
    }
    if (model.path("byte_fallback").asBoolean(false)) {
      throw refuse("its model has byte_fallback");
    }
    if (model.path("dropout").asDouble(0) != 0) {
      throw refuse("its model has dropout");
    }
    for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!model.path(affix).asText("").isEmpty() && !model.path(affix).isNull()) {
        throw refuse("its model has a " + affix);
      }
    }
  }

  private static void absent(JsonNode root, String feature) throws OtherTokenizer {
    if (!root.path(feature).isMissingNode() && !root.path(feature).isNull()) {
      throw refuse("it has " + feature + " (" + type(root.path(feature)) + ")");
    }
  }

  private static String type(JsonNode node) {
    return node.path("type").asText(node.isMissingNode() || node.isNull() ? "absent" : "set");
  }

  private Map<String, Integer> specials(JsonNode tokens) throws OtherTokenizer {
    Map<String, Integer> specials = new HashMap<>();
    for (JsonNode token : tokens) {
      String content = token.path("content").asText();
      if (!token.path("special").asBoolean()) {
        throw refuse("its added token '" + content + "' is not special");
      }
      specials.put(content, TokenizerJson.id(name, content, token.path("id")));
    }
    return specials;
  }

  private Map<String, Integer> vocabulary(JsonNode vocab) {
    Map<String, Integer> vocabulary = new HashMap<>();
    vocab
        .properties()
        .forEach(
            token ->
                vocabulary.put(
                    token.getKey(), TokenizerJson.id(name, token.getKey(), token.getValue())));
    return vocabulary;
  }

  private static byte[][] pieces(Map<String, Integer> vocabulary, Map<String, Integer> specials)
      throws OtherTokenizer {
    Map<Integer, String> texts = new HashMap<>();
    for (Map<String, Integer> tokens : List.of(vocabulary, specials)) {
      for (Map.Entry<String, Integer> token : tokens.entrySet()) {
        String text = token.getKey();
        String other = texts.put(token.getValue(), text);
        if (other != null && !other.equals(text)) {
          throw refuse("its token '" + text + "' has no id of its own");
        }
      }
    }
    int size = texts.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    if (size > 2 * texts.size()) {
      throw refuse("most of its ids below " + size + " have no token");
    }
    byte[][] pieces = new byte[size][];
    int bytes = 0;
    for (Map.Entry<String, Integer> token : vocabulary.entrySet()) {
      if (specials.containsKey(token.getKey())) {
        continue;
      }
      byte[] piece = ByteAlphabet.bytes(token.getKey());
      if (piece == null || piece.length == 0) {
        throw refuse("its token '" + token.getKey() + "' is not written in byte letters");
      }
      pieces[token.getValue()] = piece;
      bytes += piece.length == 1 ? 1 : 0;
    }
    if (bytes != 256) {
      throw refuse("its vocab has " + bytes + " of the 256 bytes");
    }
    return pieces;
  }

  private static List<Merge> merges(JsonNode list, Map<String, Integer> vocabulary)
      throws OtherTokenizer {
    List<Merge> merges = new ArrayList<>(list.size());
    for (JsonNode merge : list) {
      String left;
      String right;
      if (merge.isArray()) {
        left = merge.path(0).asText();
        right = merge.path(1).asText();
      } else {
        int space = merge.asText().indexOf(' ');
        left = merge.asText().substring(0, Math.max(space, 0));
        right = merge.asText().substring(space + 1);
      }
      Integer first = vocabulary.get(left);
      Integer second = vocabulary.get(right);
      Integer both = vocabulary.get(left + right);
      if (first == null || second == null || both == null) {
        throw refuse("its merge '" + left + " " + right + "' is of tokens that are not in vocab");
      }
      merges.add(new Merge(first, second, both));
    }
    return merges;
  }

  private static OtherTokenizer refuse(String reason) {
    return new OtherTokenizer(reason);
  }
}

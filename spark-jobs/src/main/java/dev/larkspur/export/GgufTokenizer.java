package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A tokenizer in a GGUF file: byte-level BPE whose words are cut as GPT-2's, as Larkspur learns it.
 *
 * @param tokens texts by id, bytes as GPT-2's characters
 * @param merges pairs of tokens, in the order of their ranks
 * @param endOfText id of the token that precedes and ends each document
 */
record GgufTokenizer(List<String> tokens, List<String> merges, int endOfText) {
  private static final Set<String> KINDS = Set.of(TokenizerSource.GPT2, "byte-level-bpe");

  /** Types of tokens in llama.cpp. */
  private static final int NORMAL = 1;

  private static final int CONTROL = 3;
  private static final int UNUSED = 5;

  /**
   * Reads a tokenizer.
   *
   * @param vocabulary rows of the embedding, at least the tokenizer's entries
   * @throws BadInputException if a GGUF file cannot describe it
   */
  static GgufTokenizer of(TokenizerSource source, int vocabulary) {
    Tokenizer tokenizer = source.tokenizer();
    if (!KINDS.contains(tokenizer.identity().kind())) {
      throw new BadInputException(
          "the tokenizer %s is of the kind %s, which Larkspur does not write to GGUF: export safetensors, and convert them with llama.cpp's convert_hf_to_gguf.py"
              .formatted(tokenizer.identity().name(), tokenizer.identity().kind()));
    }
    JsonNode json = json(source.isFile() ? source.file() : source.builtInFile());
    String[] tokens = new String[vocabulary];
    Arrays.setAll(tokens, id -> "[PAD" + id + "]");
    json.at("/model/vocab").properties().forEach(e -> tokens[e.getValue().asInt()] = e.getKey());
    tokenizer.specialTokens().forEach((id, text) -> tokens[id] = text);
    List<String> merges = new ArrayList<>();
    for (JsonNode merge : json.at("/model/merges")) {
      merges.add(
          merge.isArray() ? merge.get(0).asText() + " " + merge.get(1).asText() : merge.asText());
    }
    return new GgufTokenizer(List.of(tokens), merges, tokenizer.endOfText());
  }

  private static JsonNode json(byte[] file) {
    try {
      return new ObjectMapper().readTree(file);
    } catch (IOException e) {
      throw new IllegalStateException("a tokenizer that was read is JSON", e);
    }
  }

  /** Adds it to a header. */
  void addTo(GgufHeader header, TokenizerSource source) {
    Tokenizer tokenizer = source.tokenizer();
    header.put("tokenizer.ggml.model", "gpt2");
    header.put("tokenizer.ggml.pre", "gpt-2");
    header.put("tokenizer.ggml.tokens", tokens);
    List<Integer> types = new ArrayList<>();
    for (int id = 0; id < tokens.size(); id++) {
      boolean control = tokenizer.specialTokens().containsKey(id);
      int known = control ? CONTROL : NORMAL;
      types.add(id < tokenizer.identity().vocabulary() ? known : UNUSED);
    }
    header.put("tokenizer.ggml.token_type", types);
    header.put("tokenizer.ggml.merges", merges);
    header.put("tokenizer.ggml.bos_token_id", endOfText);
    header.put("tokenizer.ggml.eos_token_id", endOfText);
    // Documents followed the token in training.
    header.put("tokenizer.ggml.add_bos_token", true);
    header.put("tokenizer.ggml.add_eos_token", false);
  }
}

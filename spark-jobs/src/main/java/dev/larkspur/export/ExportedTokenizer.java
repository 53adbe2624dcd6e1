package dev.larkspur.export;

import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.tokenizer.TokenizerSource;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The files of a tokenizer, as Hugging Face's libraries name them. */
final class ExportedTokenizer {
  static final String SETTINGS = "tokenizer_config.json";

  private ExportedTokenizer() {}

  /** Writes the tokenizer's file, and what transformers must be told about it. */
  static void write(TokenizerSource source, int context, ModelDirectory out) {
    Tokenizer tokenizer = source.tokenizer();
    TokenizerIdentity identity = tokenizer.identity();
    byte[] file = source.isFile() ? source.file() : source.builtInFile();
    out.write(identity.fileName(), stream -> stream.write(file));
    boolean json = identity.fileName().endsWith(".json");
    ObjectNode settings = JsonNodeFactory.instance.objectNode();
    settings.put("tokenizer_class", json ? "PreTrainedTokenizerFast" : "LlamaTokenizer");
    String endOfText = tokenizer.specialTokens().get(tokenizer.endOfText());
    if (endOfText != null) {
      settings.put("bos_token", endOfText).put("eos_token", endOfText);
    }
    settings
        .put("add_bos_token", false)
        .put("add_eos_token", false)
        .put("clean_up_tokenization_spaces", false)
        .put("model_max_length", context);
    out.write(SETTINGS, settings.toPrettyString() + "\n");
  }
}

package dev.larkspur.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.tokenizer.TokenizerSource;
import java.nio.charset.StandardCharsets;

/** A byte-level BPE without merges: a token for each byte, and the end of a text. */
final class SmallTokenizer {
  private static final int BYTES = 256;

  private SmallTokenizer() {}

  static TokenizerSource source() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.putArray("added_tokens")
        .addObject()
        .put("id", BYTES)
        .put("content", "<|endoftext|>")
        .put("special", true);
    for (String part : new String[] {"pre_tokenizer", "decoder"}) {
      json.putObject(part).put("type", "ByteLevel").put("add_prefix_space", false);
    }
    ObjectNode model = json.putObject("model").put("type", "BPE");
    ObjectNode vocabulary = model.putObject("vocab");
    int unprintable = 0;
    for (int value = 0; value < BYTES; value++) {
      // GPT-2's alphabet: bytes that cannot be printed are letters from 256 on.
      boolean printable = (value > ' ' && value < 0x7f) || (value > 0xa0 && value != 0xad);
      int letter = printable ? value : BYTES + unprintable++;
      vocabulary.put(Character.toString(letter), value);
    }
    vocabulary.put("<|endoftext|>", BYTES);
    model.putArray("merges");
    return new TokenizerSource("tokenizer.json", json.toString().getBytes(StandardCharsets.UTF_8));
  }
}

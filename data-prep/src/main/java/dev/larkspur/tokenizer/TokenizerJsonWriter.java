package dev.larkspur.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes a byte-level BPE as a {@code tokenizer.json} that Hugging Face's libraries load. */
final class TokenizerJsonWriter {
  /** The beginning of every file of this writer. */
  private static final byte[] BEGINNING =
      String.join(
              System.lineSeparator(), "{", "  \"version\" : \"1.0\",", "  \"truncation\" : null,")
          .getBytes(StandardCharsets.UTF_8);

  private TokenizerJsonWriter() {}

  /** Whether this is a truncated file of this writer. */
  static boolean isTruncated(byte[] file) {
    int common = Math.min(file.length, BEGINNING.length);
    if (!Arrays.equals(file, 0, common, BEGINNING, 0, common)) {
      return false;
    }
    try {
      return new ObjectMapper().readTree(file).isMissingNode();
    } catch (JsonEOFException cut) {
      return true;
    } catch (IOException broken) {
      return false;
    }
  }

  static byte[] write(ByteLevelBpe bpe) {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    root.putArray("added_tokens")
        .addObject()
        .put("id", bpe.endOfText())
        .put("content", Gpt2.END_OF_TEXT)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
    root.putNull("normalizer");
    byteLevel(root.putObject("pre_tokenizer"));
    root.putNull("post_processor");
    byteLevel(root.putObject("decoder"));
    ObjectNode model = root.putObject("model");
    model
        .put("type", "BPE")
        .putNull("dropout")
        .putNull("unk_token")
        .putNull("continuing_subword_prefix")
        .putNull("end_of_word_suffix")
        .put("fuse_unk", false)
        .put("byte_fallback", false)
        .put("ignore_merges", false);
    ObjectNode vocab = model.putObject("vocab");
    byte[][] pieces = bpe.pieces();
    for (int id = 0; id < pieces.length; id++) {
      vocab.put(pieces[id] == null ? Gpt2.END_OF_TEXT : ByteAlphabet.letters(pieces[id]), id);
    }
    ArrayNode merges = model.putArray("merges");
    for (Merge merge : bpe.merges()) {
      merges.add(
          ByteAlphabet.letters(pieces[merge.left()])
              + " "
              + ByteAlphabet.letters(pieces[merge.right()]));
    }
    try {
      return (json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void byteLevel(ObjectNode step) {
    step.put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }
}

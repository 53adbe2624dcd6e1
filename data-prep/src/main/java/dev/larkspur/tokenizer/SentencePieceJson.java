package dev.larkspur.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import dev.larkspur.tokenizer.SentencePieceModel.SentencePiece;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a SentencePiece BPE model as a {@code tokenizer.json}, in the form that Hugging Face
 * publishes for Llama: one merge for each way in which two pieces form a third.
 */
final class SentencePieceJson {
  private static final String SPACE = String.valueOf(SentencePiece.SPACE);

  private SentencePieceJson() {}

  static byte[] write(SentencePieceModel model) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    ObjectNode bpe = new ObjectMapper().createObjectNode();
    addPieces(model, root.putArray("added_tokens"), bpe.putObject("vocab"), bpe);
    ObjectNode normalizer = root.putObject("normalizer").put("type", "Sequence");
    ArrayNode normalizers = normalizer.putArray("normalizers");
    if (model.dummyPrefix()) {
      normalizers.addObject().put("type", "Prepend").put("prepend", SPACE);
    }
    replace(normalizers.addObject(), " ", SPACE);
    root.putNull("pre_tokenizer").putNull("post_processor");
    ArrayNode decoders = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
    replace(decoders.addObject(), SPACE, " ");
    decoders.addObject().put("type", "ByteFallback");
    decoders.addObject().put("type", "Fuse");
    if (model.dummyPrefix()) {
      decoders.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
    bpe.put("type", "BPE").put("byte_fallback", true).put("fuse_unk", true);
    ArrayNode merges = bpe.putArray("merges");
    for (SplitPiece split : splits(model.pieces())) {
      merges.addArray().add(split.left).add(split.right);
    }
    root.set("model", bpe);
    return root.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void addPieces(
      SentencePieceModel model, ArrayNode added, ObjectNode vocab, ObjectNode bpe) {
    for (int id = 0; id < model.pieces().size(); id++) {
      SentencePiece piece = model.pieces().get(id);
      vocab.put(piece.text(), id);
      boolean unknown = piece.type() == SentencePiece.Type.UNKNOWN;
      if (unknown) {
        bpe.put("unk_token", piece.text());
      }
      if (unknown || piece.type() == SentencePiece.Type.CONTROL) {
        added
            .addObject()
            .put("id", id)
            .put("content", piece.text())
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", true);
      }
    }
  }

  private static void replace(ObjectNode step, String part, String by) {
    step.put("type", "Replace").put("content", by).putObject("pattern").put("String", part);
  }

  private static List<SplitPiece> splits(List<SentencePiece> pieces) {
    Map<String, Integer> normal = new HashMap<>();
    for (int id = 0; id < pieces.size(); id++) {
      if (pieces.get(id).type() == SentencePiece.Type.NORMAL) {
        normal.put(pieces.get(id).text(), id);
      }
    }
    List<SplitPiece> splits = new ArrayList<>();
    normal.forEach(
        (text, id) -> {
          for (int cut = text.offsetByCodePoints(0, 1);
              cut < text.length();
              cut = text.offsetByCodePoints(cut, 1)) {
            Integer left = normal.get(text.substring(0, cut));
            Integer right = normal.get(text.substring(cut));
            if (left != null && right != null) {
              splits.add(
                  new SplitPiece(
                      text.substring(0, cut),
                      text.substring(cut),
                      pieces.get(id).score(),
                      Merge.pair(left, right)));
            }
          }
        });
    splits.sort(Comparator.comparing(SplitPiece::score).reversed().thenComparing(SplitPiece::pair));
    return splits;
  }

  private record SplitPiece(String left, String right, float score, long pair) {}
}

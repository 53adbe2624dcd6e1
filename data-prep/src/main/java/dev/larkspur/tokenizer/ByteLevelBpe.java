package dev.larkspur.tokenizer;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.GptBytePairEncodingParams;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import dev.larkspur.tokenizer.TokenizerJson.OtherTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A byte-level BPE: the content of a {@code tokenizer.json} that this package can encode exactly.
 */
final class ByteLevelBpe {
  static final String KIND = "byte-level-bpe";

  private final byte[][] pieces; // [id][byte]; null for special tokens and unused ids
  private final List<Merge> merges;
  private final Map<String, Integer> specials;
  private final int endOfText;

  ByteLevelBpe(byte[][] pieces, List<Merge> merges, Map<String, Integer> specials, int endOfText) {
    this.pieces = pieces;
    this.merges = List.copyOf(merges);
    this.specials = Map.copyOf(specials);
    this.endOfText = endOfText;
  }

  /**
   * Reads a {@code tokenizer.json}.
   *
   * @param name of the file, for messages
   * @throws OtherTokenizer if it has features that would be encoded differently
   * @throws TokenizerException if it is invalid
   */
  static ByteLevelBpe parse(String name, byte[] json) throws OtherTokenizer {
    ByteLevelBpe bpe = new TokenizerJsonReader(name).read(json);
    new MergeOrder(bpe.pieces, bpe.merges).check();
    return bpe;
  }

  byte[][] pieces() {
    return pieces;
  }

  List<Merge> merges() {
    return merges;
  }

  int endOfText() {
    return endOfText;
  }

  Tokenizer tokenizer(String name, String sha256) {
    IdentityHashMap<byte[], Integer> ranks = new IdentityHashMap<>();
    byte[][] texts = pieces.clone();
    for (int id = 0; id < pieces.length; id++) {
      if (pieces[id] != null) {
        ranks.put(pieces[id], id);
      }
    }
    specials.forEach((text, id) -> texts[id] = text.getBytes(StandardCharsets.UTF_8));
    EncodingRegistry registry = Encodings.newLazyEncodingRegistry();
    registry.registerGptBytePairEncoding(
        new GptBytePairEncodingParams(sha256, Gpt2.WORDS, ranks, specials));
    Encoding encoding = registry.getEncoding(sha256).orElseThrow();
    return new JtokkitTokenizer(
        encoding,
        texts,
        specials,
        new TokenizerIdentity(KIND, name, pieces.length, endOfText, sha256));
  }
}

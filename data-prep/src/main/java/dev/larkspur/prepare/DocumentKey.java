package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import dev.larkspur.prepare.PrepareSettings.MixedSource;
import dev.larkspur.prepare.ShuffleKey.MixKey;
import dev.larkspur.storage.Sha256;
import dev.larkspur.storage.SplitMix64;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes the key of a document, a function of seed and content, so that the same text is always
 * in the same split and at the same position. Not thread-safe.
 */
final class DocumentKey {
  private static final int CHARACTERS = 1 << 20;

  private final MessageDigest digest = Sha256.digest();
  private final byte[] seed;
  private final double validationFraction;
  private final List<MixedSource> sources;
  private long utf8Bytes;

  DocumentKey(PrepareSettings settings) {
    this.seed = ByteBuffer.allocate(Long.BYTES).putLong(settings.blocks().seed()).array();
    this.validationFraction = settings.blocks().validationFraction();
    this.sources = settings.input().sources();
  }

  /**
   * Keys of a document, one for each epoch that may use it. Keys of later epochs are in the same
   * split, at other positions.
   *
   * @param source index of its source; ignored if there is only one source
   */
  List<byte[]> of(String content, int source) {
    ByteBuffer hash = hash(content);
    byte[] first = key(hash);
    if (sources.isEmpty()) {
      return List.of(first);
    }
    long draw = hash.getLong(24);
    List<byte[]> keys = new ArrayList<>();
    keys.add(MixKey.of(first, source, 0, draw));
    boolean train = ShuffleKey.kind(first) == Split.TRAIN.code();
    int epochs = train ? sources.get(source).maxEpochs() : 1;
    for (int epoch = 1; epoch < epochs; epoch++) {
      byte[] again =
          ShuffleKey.of(
              ShuffleKey.kind(first),
              SplitMix64.of(hash.getLong(0), epoch),
              SplitMix64.of(hash.getLong(8), epoch));
      keys.add(MixKey.of(again, source, epoch, draw));
    }
    return keys;
  }

  private ByteBuffer hash(String content) {
    digest.update(seed);
    utf8Bytes = 0;
    // Hashes a long text in pieces, without copying it.
    for (int start = 0, end; start < content.length(); start = end) {
      end = Math.min(content.length(), start + CHARACTERS);
      if (end < content.length() && Character.isLowSurrogate(content.charAt(end))) {
        end--;
      }
      byte[] utf8 = content.substring(start, end).getBytes(StandardCharsets.UTF_8);
      digest.update(utf8);
      utf8Bytes += utf8.length;
    }
    return ByteBuffer.wrap(digest.digest());
  }

  /** Size in UTF-8 of the document of the last call, in bytes. */
  long utf8Bytes() {
    return utf8Bytes;
  }

  private byte[] key(ByteBuffer hash) {
    // Split and bucket depend on different numbers; otherwise all validation documents would be in
    // the first buckets.
    double draw = (hash.getLong(16) >>> 11) * 0x1p-53;
    Split split = draw < validationFraction ? Split.VALIDATION : Split.TRAIN;
    return ShuffleKey.of(split.code(), hash.getLong(0), hash.getLong(8));
  }
}

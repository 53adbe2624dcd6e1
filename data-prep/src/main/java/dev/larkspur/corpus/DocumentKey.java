package dev.larkspur.corpus;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The key of a document: a function of seed and content, so that the same text is always on the
 * same side of the split and at the same place. Not thread-safe.
 */
final class DocumentKey {
  private final MessageDigest digest = Sha256.digest();
  private final byte[] seed;
  private final double validationFraction;

  DocumentKey(PrepareSettings settings) {
    this.seed = ByteBuffer.allocate(Long.BYTES).putLong(settings.seed()).array();
    this.validationFraction = settings.validationFraction();
  }

  byte[] of(byte[] utf8) {
    return key(hash(utf8));
  }

  /**
   * Keys of a document of one of several sources, one for each epoch that may use it. All are on
   * the side of the split where the document is; those of later epochs are elsewhere in the order.
   */
  List<byte[]> mixed(byte[] utf8, int source, int maxEpochs) {
    ByteBuffer hash = hash(utf8);
    byte[] first = key(hash);
    long draw = hash.getLong(24);
    List<byte[]> keys = new ArrayList<>(List.of(MixKey.of(first, source, 0, draw)));
    int epochs = ShuffleKey.kind(first) == Split.TRAIN.code() ? maxEpochs : 1;
    for (int epoch = 1; epoch < epochs; epoch++) {
      byte[] again =
          ShuffleKey.of(
              ShuffleKey.kind(first),
              Mix64.of(hash.getLong(0), epoch),
              Mix64.of(hash.getLong(8), epoch));
      keys.add(MixKey.of(again, source, epoch, draw));
    }
    return keys;
  }

  private ByteBuffer hash(byte[] utf8) {
    digest.update(seed);
    return ByteBuffer.wrap(digest.digest(utf8));
  }

  private byte[] key(ByteBuffer hash) {
    // The number that decides the split is not the one that decides the bucket, or validation
    // documents would all lie in the first buckets.
    double draw = (hash.getLong(16) >>> 11) * 0x1p-53;
    Split split = draw < validationFraction ? Split.VALIDATION : Split.TRAIN;
    return ShuffleKey.of(split.code(), hash.getLong(0), hash.getLong(8));
  }
}

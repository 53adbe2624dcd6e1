package dev.larkspur.corpus;

import dev.larkspur.document.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

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
    digest.update(seed);
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(utf8));
    // The number that decides the split is not the one that decides the bucket, or validation
    // documents would all lie in the first buckets.
    double draw = (hash.getLong(16) >>> 11) * 0x1p-53;
    Split split = draw < validationFraction ? Split.VALIDATION : Split.TRAIN;
    return ShuffleKey.of(split.code(), hash.getLong(0), hash.getLong(8));
  }
}

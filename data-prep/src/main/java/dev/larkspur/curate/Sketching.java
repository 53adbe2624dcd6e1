package dev.larkspur.curate;

import dev.larkspur.curate.CurationJob.CuratedPart;
import dev.larkspur.curate.CurationRule.NearDuplicates;
import dev.larkspur.document.Document;
import dev.larkspur.document.Document.DocumentPlace;
import dev.larkspur.document.DocumentPartition;
import dev.larkspur.storage.Sha256;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Maps documents that the filters keep to ({@link Copy}, band hashes), both as bytes. */
final class Sketching
    implements Function2<Integer, Iterator<DocumentPartition>, Iterator<Tuple2<byte[], byte[]>>> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<Curation> curation;
  private final Broadcast<SerializableConfiguration> conf;
  // Null for no bands: an Optional cannot be serialized.
  private final NearDuplicates near;

  Sketching(
      Broadcast<Curation> curation,
      Broadcast<SerializableConfiguration> conf,
      NearDuplicates near) {
    this.curation = curation;
    this.conf = conf;
    this.near = near;
  }

  @Override
  public Iterator<Tuple2<byte[], byte[]>> call(Integer index, Iterator<DocumentPartition> parts) {
    if (!parts.hasNext()) {
      return Arrays.<Tuple2<byte[], byte[]>>asList().iterator();
    }
    CuratedDocuments documents =
        new CuratedPart(parts.next(), curation.value(), Collections.emptyIterator())
            .open(conf.value().value());
    return new Sketches(documents, index, near == null ? null : new MinHash(near));
  }

  private static final class Sketches implements Iterator<Tuple2<byte[], byte[]>> {
    private final CuratedDocuments documents;
    private final int part;
    private final MinHash minHash;
    private final MessageDigest digest = Sha256.digest();

    Sketches(CuratedDocuments documents, int part, MinHash minHash) {
      this.documents = documents;
      this.part = part;
      this.minHash = minHash;
    }

    @Override
    public boolean hasNext() {
      return documents.hasNext();
    }

    @Override
    public Tuple2<byte[], byte[]> next() {
      Document document = documents.next();
      ByteBuffer hash =
          ByteBuffer.wrap(digest.digest(document.content().getBytes(StandardCharsets.UTF_8)));
      long[] bands = minHash == null ? new long[0] : minHash.bands(document.content());
      ByteBuffer value = ByteBuffer.allocate(Long.BYTES * bands.length);
      Arrays.stream(bands).forEach(value::putLong);
      Copy copy =
          new Copy(document.source(), hash.getLong(), hash.getLong(), document.place(), part);
      return new Tuple2<>(copy.byContent(), value.array());
    }
  }

  /**
   * A document among possible duplicates. Ordered by source and then by content: the document of
   * the source that is named first is kept, and which document of a source is kept does not depend
   * on files and their names, unless texts are identical.
   *
   * @param source index of the source that it is from
   * @param high first 8 bytes of the SHA-256 of the text, big-endian
   * @param low next 8 bytes
   * @param place where it was read
   * @param part index of its partition; not part of the order
   */
  record Copy(int source, long high, long low, DocumentPlace place, int part)
      implements Comparable<Copy>, Serializable {
    /** Length of {@link #bytes} and {@link #byContent}. */
    static final int BYTES = 36;

    /** Length of the content in {@link #byContent}. */
    static final int CONTENT_BYTES = 16;

    private static final Comparator<Copy> ORDER =
        Comparator.comparingInt(Copy::source)
            .thenComparingLong(copy -> copy.high ^ Long.MIN_VALUE)
            .thenComparingLong(copy -> copy.low ^ Long.MIN_VALUE)
            .thenComparing(Copy::place);

    /** Encoded so that the unsigned order of bytes is this order. */
    byte[] bytes() {
      byte[] bytes = new byte[BYTES];
      rest(ByteBuffer.wrap(bytes).putInt(source).putLong(high).putLong(low));
      return bytes;
    }

    static Copy of(byte[] bytes, int offset) {
      ByteBuffer in = ByteBuffer.wrap(bytes, offset, BYTES);
      return of(in.getInt(), in.getLong(), in.getLong(), in);
    }

    /**
     * Encoded with the content first. Among documents with the same content, the unsigned order of
     * bytes is this order.
     */
    byte[] byContent() {
      byte[] bytes = new byte[BYTES];
      rest(ByteBuffer.wrap(bytes).putLong(high).putLong(low).putInt(source));
      return bytes;
    }

    static Copy ofContent(byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      long high = in.getLong();
      long low = in.getLong();
      return of(in.getInt(), high, low, in);
    }

    private void rest(ByteBuffer beginning) {
      beginning.putInt(place.file()).putLong(place.position()).putInt(part);
    }

    private static Copy of(int source, long high, long low, ByteBuffer rest) {
      return new Copy(
          source, high, low, new DocumentPlace(rest.getInt(), rest.getLong()), rest.getInt());
    }

    @Override
    public int compareTo(Copy other) {
      return ORDER.compare(this, other);
    }
  }
}

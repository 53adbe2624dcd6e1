package dev.larkspur.curate;

import dev.larkspur.document.Document;
import dev.larkspur.document.DocumentPart;
import dev.larkspur.storage.Sha256;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Documents that the filters keep to ({@link Copy}, band hashes), both as bytes. */
final class Sketching
    implements Function2<Integer, Iterator<DocumentPart>, Iterator<Tuple2<byte[], byte[]>>> {
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
  public Iterator<Tuple2<byte[], byte[]>> call(Integer index, Iterator<DocumentPart> parts) {
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
}

package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusPart.TextCounts;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.TokenWidth;
import dev.larkspur.curate.CuratedDocuments;
import dev.larkspur.curate.CurationJob.CuratedPart;
import dev.larkspur.document.Document;
import dev.larkspur.document.DocumentReport;
import dev.larkspur.prepare.PrepareSettings.MixedSource;
import dev.larkspur.prepare.ReadingTotals.DrawTotals;
import dev.larkspur.prepare.ReadingTotals.SplitTokens;
import dev.larkspur.prepare.ReadingTotals.StatisticsRecord;
import dev.larkspur.prepare.ShuffleKey.KeyPartitioner;
import dev.larkspur.prepare.ShuffleKey.MixKey;
import dev.larkspur.storage.Sha256;
import dev.larkspur.storage.SplitMix64;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Tokenizes documents into (key, ids as bytes with the end of text), followed by one record of
 * statistics. Statistics that are part of the data count once even if Spark repeats a task.
 */
final class TokenizeTask implements FlatMapFunction<Iterator<CuratedPart>, Tuple2<byte[], byte[]>> {
  private static final long serialVersionUID = 1L;
  // In characters; longer texts are tokenized in pieces to bound memory.
  private static final int LONG_DOCUMENT = 1 << 21;

  private final Broadcast<SerializableConfiguration> conf;
  private final Broadcast<TokenizerSource> tokenizer;
  private final PrepareSettings settings;

  TokenizeTask(
      Broadcast<SerializableConfiguration> conf,
      Broadcast<TokenizerSource> tokenizer,
      PrepareSettings settings) {
    this.conf = conf;
    this.tokenizer = tokenizer;
    this.settings = settings;
  }

  @Override
  public Iterator<Tuple2<byte[], byte[]>> call(Iterator<CuratedPart> parts) {
    return new Documents(parts);
  }

  private final class Documents implements Iterator<Tuple2<byte[], byte[]>> {
    private final Iterator<CuratedPart> parts;
    private final DocumentKey key = new DocumentKey(settings);
    private final Tokenizer encoder = tokenizer.value().tokenizer();
    private final KeyPartitioner partitioner = new KeyPartitioner(settings);
    private final TokenWidth width = TokenWidth.of(encoder.vocabulary());
    private final TextTally texts = new TextTally();
    private SplitTokens tokens = SplitTokens.NONE;
    private final DrawTotals draws = new DrawTotals(settings.input().sources().size());
    // The remaining records of a document.
    private DocumentRecords records;
    private Document document;
    private DocumentReport report = DocumentReport.NONE;
    private CuratedDocuments open;
    private boolean ended;

    Documents(Iterator<CuratedPart> parts) {
      this.parts = parts;
    }

    @Override
    public boolean hasNext() {
      return !ended;
    }

    @Override
    public Tuple2<byte[], byte[]> next() {
      if (ended) {
        throw new NoSuchElementException();
      }
      if (records != null) {
        if (records.hasNext()) {
          return records.next();
        }
        count(records.keys().get(0), records.tokens());
        records = null;
      }
      while (open == null || !open.hasNext()) {
        if (open != null) {
          report = report.plus(open.report());
          open = null;
        }
        if (!parts.hasNext()) {
          ended = true;
          return new Tuple2<>(
              ShuffleKey.of(ShuffleKey.STATISTICS, 0, 0),
              StatisticsRecord.toBytes(new ReadingTotals(report, texts.counts(), tokens, draws)));
        }
        open = parts.next().open(conf.value().value());
      }
      document = open.next();
      return first();
    }

    private Tuple2<byte[], byte[]> first() {
      String content = document.content();
      List<byte[]> keys = key.of(content, document.source());
      if (content.length() > LONG_DOCUMENT) {
        records =
            DocumentRecords.ofPieces(
                keys,
                document.place(),
                encoder.encodeInPieces(content),
                width,
                encoder.endOfText());
        return records.next();
      }
      int[] ids = encoder.encode(content);
      if (keys.size() > 1) {
        records = DocumentRecords.ofOnePiece(keys, ids, width, encoder.endOfText());
        return records.next();
      }
      count(keys.get(0), ids.length + 1L);
      return new Tuple2<>(keys.get(0), width.encode(ids, encoder.endOfText()));
    }

    private void count(byte[] firstKey, long ofDocument) {
      Split split = partitioner.split(partitioner.getPartition(firstKey));
      texts.add(key.utf8Bytes(), ofDocument);
      tokens = tokens.plus(split, ofDocument);
      if (!settings.input().sources().isEmpty()) {
        draws.add(split, document.source(), MixKey.draw(firstKey), ofDocument);
      }
    }
  }

  /** Counts texts while they are tokenized. */
  private static final class TextTally {
    private final long[] lengths = new long[Long.SIZE];
    private int used;
    private long bytes;

    /**
     * Counts a document.
     *
     * @param utf8Bytes length of its text
     * @param tokens at least one: the end of text
     */
    void add(long utf8Bytes, long tokens) {
      int magnitude = Long.SIZE - 1 - Long.numberOfLeadingZeros(tokens);
      lengths[magnitude]++;
      used = Math.max(used, magnitude + 1);
      bytes += utf8Bytes;
    }

    TextCounts counts() {
      return new TextCounts(bytes, Arrays.stream(lengths, 0, used).boxed().toList());
    }
  }

  /**
   * Computes the key of a document, a function of seed and content, so that the same text is always
   * in the same split and at the same position. Not thread-safe.
   */
  static final class DocumentKey {
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
      // Split and bucket depend on different numbers; otherwise all validation documents would be
      // in
      // the first buckets.
      double draw = (hash.getLong(16) >>> 11) * 0x1p-53;
      Split split = draw < validationFraction ? Split.VALIDATION : Split.TRAIN;
      return ShuffleKey.of(split.code(), hash.getLong(0), hash.getLong(8));
    }
  }
}

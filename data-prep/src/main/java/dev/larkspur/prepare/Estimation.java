package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import dev.larkspur.curate.Curation;
import dev.larkspur.curate.CurationJob;
import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentSampler.DocumentSample;
import dev.larkspur.document.DocumentSet;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.document.SkipReason;
import dev.larkspur.prepare.PackTask.BucketTotals;
import dev.larkspur.prepare.ReadingTotals.DrawTotals;
import dev.larkspur.prepare.ShuffleKey.KeyPartitioner;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Runs the pipeline on a sample of each source and extrapolates the result. It runs the same
 * shuffles as the job and compresses the blocks, but writes no files.
 */
final class Estimation {
  private final PrepareSettings settings;
  private final RejectionLimits limits;
  private final JavaSparkContext context;
  private final Curation curation;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final Broadcast<TokenizerSource> encoder;
  private final DrawTotals draws;
  private DocumentCounts documents = DocumentCounts.NONE;
  private long sampledBytes;
  private double textBytes;
  private double broken;
  private double tokens;
  private double outputBytes;
  private double cpuSeconds;

  Estimation(
      SparkContext spark, PrepareSettings settings, TokenizerSource tokenizer, Curation curation) {
    this.limits = settings.input().limits();
    // Bad records are only counted, because the report shows them.
    this.context = JavaSparkContext.fromSparkContext(spark);
    // With the number of shards of the full run, most buckets of a sample would be empty tasks.
    this.settings =
        new PrepareSettings(
            settings.input().within(limits.countingAll()),
            settings.tokenizer(),
            settings.blocks().inShardsAtMost(4 * context.defaultParallelism()),
            settings.curation(),
            settings.corpus());
    this.curation = curation;
    this.hadoop = context.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    this.encoder = context.broadcast(tokenizer);
    this.draws = new DrawTotals(settings.input().sources().size());
  }

  PrepareEstimate of(DocumentSet set, int filesKnown, long sampleBytes)
      throws IOException, InterruptedException {
    double rate = (double) sampleBytes / Math.max(1, set.bytes());
    int sources = Math.max(1, settings.input().sources().size());
    for (int i = 0; i < sources; i++) {
      int source = i;
      DocumentSet own = set.within(settings.input().limits()).only(file -> file.source() == source);
      measure(own, own.sample(Math.round(rate * own.bytes()), hadoop.value().value()));
    }
    List<PrepareEstimate.Source> mixed = mixed();
    long all =
        mixed.isEmpty()
            ? Math.round(tokens)
            : mixed.stream().mapToLong(PrepareEstimate.Source::usedTokens).sum();
    return new PrepareEstimate(
        new PrepareEstimate.Input(set.files().size(), filesKnown, set.bytes(), sampledBytes),
        documents,
        rejections(),
        new PrepareEstimate.Output(
            Math.round(textBytes),
            all,
            all / (settings.blocks().context() + 1),
            Math.round(outputBytes * all / Math.max(1, tokens))),
        new PrepareEstimate.Cost(cpuSeconds, context.defaultParallelism()),
        mixed);
  }

  private void measure(DocumentSet own, DocumentSample sample) throws InterruptedException {
    BlockPipeline pipeline = new BlockPipeline(settings, hadoop, encoder);
    CpuMeter meter = CpuMeter.start(context);
    CurationJob curating = new CurationJob(context, curation, hadoop);
    JavaRDD<Tuple2<byte[], byte[]>> tokenized =
        pipeline.tokenize(curating.curate(sample.parts(context)));
    context.setJobDescription("tokenizing a sample");
    ReadingTotals totals = pipeline.readingTotals(tokenized);
    JavaRDD<Tuple2<byte[], byte[]>> packed =
        pipeline.pack(tokenized, Cuts.once(settings.input().sources().size()));
    context.setJobDescription("packing and compressing a sample");
    long compressed =
        packed
            .mapPartitionsWithIndex(new CompressTask(pipeline.partitioner()), false)
            .reduce(Long::sum);
    long packedTokens =
        pipeline.bucketTotals(packed).stream().mapToLong(BucketTotals::tokens).sum();

    double factor = (double) own.bytes() / Math.max(1, sample.bytes());
    sampledBytes += sample.bytes();
    documents = documents.plus(totals.report().counts().times(factor));
    broken += totals.report().broken() * factor;
    textBytes += totals.texts().bytes() * factor;
    tokens += packedTokens * factor;
    outputBytes += compressed * factor;
    cpuSeconds += meter.seconds() * factor;
    draws.addScaled(totals.draws(), factor);
  }

  private List<PrepareEstimate.Source> mixed() {
    if (settings.input().sources().isEmpty()) {
      return List.of();
    }
    Mixture mixture = new Mixture(settings.input().sources(), draws);
    return IntStream.range(0, settings.input().sources().size())
        .mapToObj(
            i ->
                new PrepareEstimate.Source(
                    settings.input().sources().get(i).name(),
                    Mixture.share(settings.input().sources(), i),
                    draws.tokens(Split.TRAIN, i) + draws.tokens(Split.VALIDATION, i),
                    mixture.target(Split.TRAIN, i) + mixture.target(Split.VALIDATION, i)))
        .toList();
  }

  private PrepareEstimate.Rejections rejections() {
    long damaged = documents.skipped().getOrDefault(SkipReason.DAMAGED, 0L);
    return limits.exceeded(documents.read(), Math.round(broken), damaged)
        ? PrepareEstimate.Rejections.TOO_MANY
        : PrepareEstimate.Rejections.TOLERATED;
  }

  /** Computes the bytes that the sorted blocks of a partition would take in a file. */
  private static final class CompressTask
      implements Function2<Integer, Iterator<Tuple2<byte[], byte[]>>, Iterator<Long>> {
    private static final long serialVersionUID = 1L;

    private final int statistics;

    CompressTask(KeyPartitioner partitioner) {
      this.statistics = partitioner.statistics();
    }

    @Override
    public Iterator<Long> call(Integer partition, Iterator<Tuple2<byte[], byte[]>> blocks) {
      if (partition == statistics) {
        return List.of(0L).iterator();
      }
      ByteArrayOutputStream page = new ByteArrayOutputStream(ShardWriter.PAGE_BYTES);
      long bytes = 0;
      while (blocks.hasNext()) {
        byte[] block = blocks.next()._2();
        page.write(block, 0, block.length);
        if (page.size() + block.length > ShardWriter.PAGE_BYTES) {
          bytes += ShardWriter.compress(page.toByteArray()).length;
          page.reset();
        }
      }
      return List.of(bytes + ShardWriter.compress(page.toByteArray()).length).iterator();
    }
  }

  /** Sums the processor time of all tasks on all executors until it is read. */
  private static final class CpuMeter extends SparkListener {
    private static final String LAST = "larkspur.last-job";
    private static final int NONE = -1;
    private static final double NANOS = 1e9;

    private final JavaSparkContext context;
    private final CountDownLatch reported = new CountDownLatch(1);
    private long nanos;
    private int lastJob = NONE;

    private CpuMeter(JavaSparkContext context) {
      this.context = context;
    }

    static CpuMeter start(JavaSparkContext context) {
      CpuMeter meter = new CpuMeter(context);
      context.sc().addSparkListener(meter);
      return meter;
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
      if (task.taskMetrics() != null) {
        nanos +=
            task.taskMetrics().executorCpuTime() + task.taskMetrics().executorDeserializeCpuTime();
      }
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart job) {
      if (job.properties() != null
          && Objects.equals(job.properties().getProperty(LAST), toString())) {
        lastJob = job.jobId();
      }
    }

    @Override
    public synchronized void onJobEnd(SparkListenerJobEnd job) {
      if (job.jobId() == lastJob) {
        reported.countDown();
      }
    }

    /**
     * Ends the measurement. Events arrive in order, so those of a final, empty job mark the end.
     */
    double seconds() throws InterruptedException {
      context.setLocalProperty(LAST, toString());
      context.parallelize(List.of(0), 1).count();
      context.setLocalProperty(LAST, null);
      reported.await();
      context.sc().removeSparkListener(this);
      synchronized (this) {
        return nanos / NANOS;
      }
    }
  }
}
